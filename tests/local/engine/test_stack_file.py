from pathlib import Path

import pytest

from local.engine.stack_file import config_of
from local.failures import UserError

DAMAGED = {
    "a conflict": (
        b"config:\n<<<<<<< HEAD\n  a: 1\n=======\n  a: 2\n>>>>>>> b\n",
        "line 2: git left a conflict there",
    ),
    "a tab": (b"config:\n\ta: 1\n", "line 2: this is no YAML: found character '\\t'"),
    "an open quote": (b'config:\n  a: "x\n', "line 3: this is no YAML"),
    "an unknown alias": (b"config:\n  a: *b\n", "line 2: this is no YAML: found undefined alias"),
    "another document": (b"config: {}\n---\nconfig: {}\n", "line 2: this is no YAML"),
    "an object of Python": (b"config: !!python/name:os.system\n", "line 1: this is no YAML"),
    "a key that is a list": (b"config:\n  ? [a]\n  : b\n", "line 2: this is no YAML"),
    "no such day": (b"config:\n  a: 2026-13-41\n", "line 2: this is no YAML: month must be in"),
    "a NUL": (b"config:\n  a: \x00\n", "line 2: this is no YAML"),
    "depth": (b"config: " + b"[" * 5000, "line 1: this is nested too deep"),
    "a key twice": (b"config:\n  a: 1\n  b: 2\n  a: 3\n", "line 4: a stands there twice"),
    "Latin-1": ("config:\n  a: caf\u00e9\n".encode("latin-1"), "line 2: this is no UTF-8"),
    "UTF-16": ("config: {}\n".encode("utf-16"), "line 1: this is no UTF-8"),
    "a list": (b"- a\n", "line 1: this is a list; it takes names with values"),
    "a number": (b"17\n", "line 1: this is 17; it takes names with values"),
    "text": (b"config\n", "line 1: this is text; it takes names with values"),
    "a list for config": (
        b"config:\n  - a\n",
        "line 2: config is a list; it takes names with values",
    ),
    "a number for config": (b"config: 17\n", "line 1: config is 17; it takes names with values"),
    "a number for a key": (
        b"config:\n  17: a\n",
        "line 2: the key 17 is no text; write it in quotes",
    ),
    "a circle": (b"config: &a\n  b: *a\n", "line 1: config has an alias within what it stands for"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_wrong_with_a_file_is_one_line_with_its_name(tmp_path: Path, name: str) -> None:
    content, reason = DAMAGED[name]
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        config_of(path)
    message = str(error.value)
    assert message.startswith(f"{path}, line ")
    assert reason in message
    assert "\n" not in message


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"can't be read: Is a directory"):
        config_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"config:\n", b"encryptionsalt: v1:x\n"])
def test_a_file_without_config_has_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(content)
    assert config_of(path) == {}


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    path.write_bytes(b"\xef\xbb\xbfconfig:\n  aws:region: eu-west-1\n")
    assert config_of(path) == {"aws:region": "eu-west-1"}
