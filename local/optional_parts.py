"""Parts of JSON documents that may be missing, as empty ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def nested(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A nested block; an empty one where there is none."""
    return document.get(name) or {}


def elements(document: Mapping[str, Any], name: str) -> list[Any]:
    """A list; an empty one where there is none."""
    return document.get(name) or []
