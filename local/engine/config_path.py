"""Config keys in Pulumi's path syntax: `cache.nodeCount`, `alarmEmails[0]`, `tags["a.b"]`.

As `pulumi config set --path` does it (Pulumi docs, "Configuration", "Structured Configuration").
"""

from __future__ import annotations

import itertools
import re
from typing import Any, cast

from local.failures import UserError

_PART = re.compile(
    r"""
    \["(?P<quoted>(?:[^"\\]|\\.)*)"\]
    | \[(?P<index>\d+)\]
    | (?:^|\.)(?P<name>[^.\[\]"]+)
    """,
    re.VERBOSE,
)


def set_value(config: dict[str, Any], key: str, value: str) -> None:
    """Set a value in place, making the objects and lists on the way.

    Whole numbers and booleans within objects become such; a value at the top stays text, which
    the engine hands to the program either way.

    Args:
        config: values by key with namespace.
        key: with namespace, in path syntax.
        value: as typed.

    Raises:
        UserError: the key is no path, or leads through something that is no object or list.
    """
    path = parse_path(key)
    if len(path) == 1:
        config[str(path[0])] = value
        return
    holder: Any = config
    for part, following in itertools.pairwise(path):
        inner: Any = _get(holder, part, key)
        if inner is None:
            inner = [] if isinstance(following, int) else {}
            _put(holder, part, inner, key)
        holder = inner
    _put(holder, path[-1], _typed(value), key)


def parse_path(key: str) -> list[str | int]:
    """The parts of a path: names as text, list positions as numbers.

    Raises:
        UserError: it is no path.
    """
    parts: list[str | int] = []
    position = 0
    while position < len(key):
        match = _PART.match(key, position)
        if not match:
            raise UserError(
                f"{key!r} is no config key: write name=value, object.name=value, list[0]=value"
                ' or object["a name"]=value.'
            )
        if match["index"] is not None:
            parts.append(int(match["index"]))
        elif match["quoted"] is not None:
            parts.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        else:
            parts.append(match["name"])
        position = match.end()
    if not parts or not isinstance(parts[0], str):
        raise UserError(f"{key!r} is no config key: it must begin with a name.")
    return parts


def _typed(value: str) -> str | int | bool:
    if value in ("true", "false"):
        return value == "true"
    # A leading zero is kept, as account ids have them.
    if re.fullmatch(r"-?(0|[1-9]\d*)", value):
        return int(value)
    return value


def _get(holder: Any, part: str | int, key: str) -> Any:
    if isinstance(part, int):
        values = _list(holder, part, key)
        return values[part] if part < len(values) else None
    return _object(holder, part, key).get(part)


def _put(holder: Any, part: str | int, value: Any, key: str) -> None:
    if isinstance(part, int):
        values = _list(holder, part, key)
        values[part : part + 1] = [value]
    else:
        _object(holder, part, key)[part] = value


def _list(holder: Any, index: int, key: str) -> list[Any]:
    if not isinstance(holder, list):
        raise UserError(f"{key!r} asks for position {index} of something that is no list.")
    values = cast(list[Any], holder)
    if index > len(values):
        raise UserError(f"{key!r} leaves a gap: the list has {len(values)} values so far.")
    return values


def _object(holder: Any, name: str, key: str) -> dict[str, Any]:
    if not isinstance(holder, dict):
        raise UserError(f"{key!r} asks for {name!r} in something that is no object.")
    return cast(dict[str, Any], holder)
