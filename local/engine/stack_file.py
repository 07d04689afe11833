"""YAML files of a Pulumi project, read with a message that names file and line."""

from __future__ import annotations

import json
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
    text = _text(path)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(CONFLICT):
            raise UserError(f"{path}, line {number}: git left a conflict there; resolve it first.")
    try:
        content: object = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"{path}, line {line}: this is no YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{path}: this is no YAML: {_first_line(error)}.") from None
    return _mapping(content, str(path))


def config_of(path: Path) -> dict[str, Any]:
    """The `config` of a stack file.

    Raises:
        UserError: see `read_yaml`; or a key is no text.
    """
    config = _mapping(read_yaml(path).get("config"), f"{path}: config")
    for key in cast(dict[object, object], config):
        if not isinstance(key, str):
            raise UserError(f"{path}: config has the key {key!r}; write it as text, in quotes.")
    try:
        json.dumps(config, default=str)
    except ValueError:
        raise UserError(f"{path}: config has an alias within what it stands for.") from None
    return config


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}.") from None
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}, line {line}: this is no UTF-8; save the file as that.") from None


def _mapping(content: object, what: str) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        kinds: dict[type, str] = {list: "a list", str: "text"}
        kind = kinds.get(type(content), repr(content))
        raise UserError(f"{what} is {kind}; it takes names with values, one a line: name: value.")
    return cast(dict[str, Any], content)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
