"""The properties of each resource type, as the providers' SDKs declare them.

An output that is absent from the state reads as unknown at the next preview, so the plugin server
answers with every output of a type. The names stand in `outputs.json`, since importing the SDKs
takes seconds; `python -m local.provider.outputs` writes that file anew.
"""

from __future__ import annotations

import importlib
import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from local.provider.resource_type import Properties

TABLE = Path(__file__).with_name("outputs.json")

EMPTY: dict[str, Any] = {
    "text": "",
    "number": 0,
    "flag": False,
    "list": [],
    "map": {},
    "block": None,
}


def outputs_of(token: str) -> dict[str, str]:
    """Every output of the type, with the kind of its value (a key of `EMPTY`)."""
    return _table()[token]["outputs"] if token in _table() else {}


def inputs_of(token: str) -> frozenset[str]:
    """The outputs of the type that are inputs too."""
    return frozenset(_table()[token]["inputs"]) if token in _table() else frozenset()


def complete(token: str, outputs: Properties) -> Properties:
    """The outputs with an empty value for each one that is not there."""
    empty = {name: EMPTY[kind] for name, kind in outputs_of(token).items()}
    return {**empty, **{name: value for name, value in outputs.items() if value is not None}}


def declared(tokens: list[str]) -> dict[str, Any]:
    """The table for the given types, taken from the classes of the SDKs."""
    return {token: _declared(token) for token in sorted(tokens)}


def main() -> None:
    """Write the table of all types that the embedded AWS has."""
    from local.provider.registry import resource_types

    table = declared([implementation.token for implementation in resource_types()])
    TABLE.write_text(json.dumps(table, indent=1) + "\n")


@cache
def _table() -> dict[str, Any]:
    return json.loads(TABLE.read_text())


def _declared(token: str) -> dict[str, Any]:
    package, module, name = token.split(":")
    module = module.partition("/")[0]
    sdk = f"pulumi_{package}" + ("" if module == "index" else f".{_python_name(module)}")
    cls = getattr(importlib.import_module(sdk), name)
    outputs: dict[str, str] = {}
    inputs: list[str] = []
    parameters = inspect.signature(cls._internal_init).parameters
    for attribute, member in cast("dict[str, Any]", vars(cls)).items():
        if not isinstance(member, property) or member.fget is None:
            continue
        pulumi_name = getattr(member.fget, "_pulumi_name", attribute)
        outputs[pulumi_name] = _kind(inspect.get_annotations(member.fget)["return"])
        if attribute in parameters:
            inputs.append(pulumi_name)
    return {"outputs": outputs, "inputs": inputs}


def _python_name(module: str) -> str:
    return "lambda_" if module == "lambda" else module


def _kind(annotation: Any) -> str:
    text = str(annotation).replace("typing.", "").replace("pulumi.output.Output[", "")
    text = text.removeprefix("Optional[")
    starts = {
        "Sequence[": "list",
        "Mapping[": "map",
        "bool": "flag",
        "int": "number",
        "float": "number",
        "str": "text",
        "Union[": "text",
    }
    return next((kind for start, kind in starts.items() if text.startswith(start)), "block")


if __name__ == "__main__":
    main()
