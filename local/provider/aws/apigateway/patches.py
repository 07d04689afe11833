"""Patch operations, by which API Gateway takes changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def replacements(pairs: dict[str, tuple[Any, Any]]) -> Iterator[dict[str, str]]:
    """The operations for the values (old and new, by path) that are set and differ."""
    for path, (old, new) in pairs.items():
        if new is not None and old != new:
            yield replace(f"/{path}", new)


def replace(path: str, value: Any) -> dict[str, str]:
    """One operation that replaces what is at the path."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float):
        text = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    else:
        text = str(value)
    return {"op": "replace", "path": path, "value": text}
