"""CloudFormation's schemas of resource types, read from the files that `cfn-lint` ships.

Only the files are used: importing cfn-lint takes a second. Its folder has an index for each region,
from a type's name to the hash that its schema's file is named by.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

REGION = "us-east-1"
"""The region that has every type; where others have a type, limits are the same."""

Node = dict[str, Any]
"""A schema, or a part of one: what JSON Schema says of a value."""


@cache
def schema(type_name: str) -> Node:
    """The schema of a CloudFormation type, such as `AWS::SQS::Queue`."""
    return _read(f"schemas/resources/{_index()[type_name]}.json")


@cache
def type_names() -> dict[str, str]:
    """The names of all CloudFormation types, by their names in lower case."""
    return {name.lower(): name for name in _index()}


@cache
def runtimes() -> dict[str, Node]:
    """The runtimes of Lambda, each with its `successor`, and with the dates of its end."""
    return _read("AdditionalSpecs/LmbdRuntimeLifecycle.json")


@cache
def _index() -> dict[str, str]:
    return _read(f"schemas/providers/{REGION}.json")


def _read(path: str) -> Node:
    return json.loads((_data() / path).read_text())


@cache
def _data() -> Path:
    package = find_spec("cfnlint")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(
            "cfn-lint is not installed; `make local` installs it", name="cfnlint"
        )
    return Path(package.submodule_search_locations[0]) / "data"
