"""Whether a deployed stack is what was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def not_as_asked(export: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Type and input of each resource of which AWS says something else than was asked for.

    What AWS adds is no difference, nor are the order of a list and the spelling of a document.

    Args:
        export: the deployment, in the form of `pulumi stack export --show-secrets`.
    """
    for resource in export["deployment"]["resources"]:
        if resource["type"].startswith("aws:"):
            for name, asked in resource["inputs"].items():
                if name != "__defaults" and not _says(resource["outputs"].get(name), asked):
                    yield resource["type"], name


def _says(answer: Any, asked: Any) -> bool:
    if answer == asked:
        return True
    if isinstance(asked, dict) and isinstance(answer, dict):
        return all(name in answer and _says(answer[name], asked[name]) for name in asked)
    if isinstance(asked, list) and isinstance(answer, list):
        return len(asked) == len(answer) and all(
            any(_says(one, item) for one in answer) for item in asked
        )
    if isinstance(asked, str) and isinstance(answer, str):
        try:
            return json.loads(asked) == json.loads(answer)
        except ValueError:
            return False
    return False
