"""YAML files of a Pulumi project, read with a message that names file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from local.failures import UserError

CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")
"""What git leaves at the beginning of lines that it could not merge."""


def read_yaml(path: Path) -> dict[str, Any]:
    """What a YAML file holds; an empty one holds nothing.

    Raises:
        UserError: it can't be read, is no YAML in UTF-8, or is no mapping of names to values.
    """
    return _mapping(path, *_parsed(path))


def config_of(path: Path) -> dict[str, Any]:
    """The `config` of a stack file.

    Raises:
        UserError: see `read_yaml`; or a key is no text.
    """
    content, root = _parsed(path)
    given = _mapping(path, content, root).get("config")
    node = _value(root, "config")
    config = _mapping(path, given, node, "config ")
    for key, line in zip(cast(dict[object, object], config), _key_lines(node), strict=False):
        if not isinstance(key, str):
            raise _refused(path, line, f"the key {key!r} is no text; write it in quotes")
    try:
        json.dumps(config, default=str)
    except ValueError:
        raise _refused(path, _line(node), "config has an alias within what it stands for") from None
    return config


def is_encrypted(value: object) -> bool:
    """Whether a config value is one that only its owner can decrypt: `{secure: …}`."""
    return isinstance(value, dict) and set(cast(dict[object, object], value)) == {"secure"}


def _parsed(path: Path) -> tuple[object, yaml.Node | None]:
    text = _text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(CONFLICT):
            raise _refused(path, number, "git left a conflict there; resolve it first")
    root: yaml.Node | None = None
    try:
        # The stubs of PyYAML say nothing of what a loader gives.
        loader: Any = yaml.SafeLoader(text)
        root = loader.get_single_node()
        content: object = loader.construct_document(root) if root else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refused(path, line, f"this is no YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _refused(path, line, f"this is no YAML: {_first_line(error)}") from None
    except RecursionError:
        raise _refused(path, 1, "this is nested too deep") from None
    except ValueError as error:
        # Of a day or time that does not exist.
        line = next((line for line, value in _scalars(root) if not _exists(value)), 1)
        raise _refused(path, line, f"this is no YAML: {_first_line(error)}") from None
    for key in _repeated(root):
        raise _refused(path, _line(key), f"{key.value} stands there twice; keep one")
    return content, root


def _repeated(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Keys that their mapping has already: YAML forbids them, but PyYAML takes the last."""
    for node in (root, _value(root, "config")):
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}.") from None
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(path, line, "this is no UTF-8; save the file as that") from None


def _mapping(
    path: Path, content: object, node: yaml.Node | None, what: str = "this "
) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        kinds: dict[type, str] = {list: "a list", str: "text"}
        kind = kinds.get(type(content), repr(content))
        raise _refused(
            path,
            _line(node),
            f"{what}is {kind}; it takes names with values, one a line: name: value",
        )
    return cast(dict[str, Any], content)


def _refused(path: Path, line: int, reason: str) -> UserError:
    return UserError(f"{path}, line {line}: {reason}.")


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _key_lines(node: yaml.Node | None) -> list[int]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return [_line(key) for key, _ in pairs]


def _scalars(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.ScalarNode):
        yield _line(node), str(node.value)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _scalars(part)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _scalars(part)


def _exists(value: str) -> bool:
    try:
        yaml.safe_load(value)
    except ValueError:
        return False
    except yaml.YAMLError:
        # Quoted where it stands.
        return True
    return True


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node else 1


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
