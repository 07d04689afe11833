"""What differs between two sets of inputs, by path, as the engine shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, cast

from local.provider.resource_type import Properties
from local.provider.values import Archive, Asset, Secret

Kind = Literal["ADD", "DELETE", "UPDATE"]

SIMPLE_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def changes(old: Properties, new: Properties) -> Iterator[tuple[str, str, Kind]]:
    """The changed inputs: top-level name, full path (`tags.Team`, `subnets[1]`) and kind."""
    for name in sorted({*old, *new}):
        for path, kind in _changes(_key("", name), old.get(name), new.get(name)):
            yield name, path, kind


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether `ignore_changes` names the path or something that it is part of."""
    return any(
        path == pattern or path.startswith((f"{pattern}.", f"{pattern}[")) for pattern in patterns
    )


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    old = old.value if isinstance(old, Secret) else old
    new = new.value if isinstance(new, Secret) else new
    if old is None and new is None:
        return
    if old is None or new is None:
        yield path, "ADD" if old is None else "DELETE"
    elif isinstance(old, dict) and isinstance(new, dict):
        before, after = cast(Properties, old), cast(Properties, new)
        for key in sorted({*before, *after}):
            yield from _changes(_key(path, key), before.get(key), after.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        left, right = cast("list[Any]", old), cast("list[Any]", new)
        for index in range(max(len(left), len(right))):
            before = left[index] if index < len(left) else None
            after = right[index] if index < len(right) else None
            yield from _changes(f"{path}[{index}]", before, after)
    elif isinstance(old, (Asset, Archive)) and isinstance(new, (Asset, Archive)):
        if old.hash != new.hash:
            yield path, "UPDATE"
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, "UPDATE"


def _key(path: str, key: str) -> str:
    if not SIMPLE_KEY.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
