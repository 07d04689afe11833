"""What counts as packaged by a program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from local.functions.code import FUNCTION, packages


def export(code: Any) -> dict[str, Any]:
    resource = {"type": FUNCTION, "inputs": {"code": code}, "outputs": {"name": "f"}}
    return {"deployment": {"resources": [resource, {"type": "aws:sqs/queue:Queue"}]}}


@pytest.mark.parametrize(
    "wrap", [lambda path: {"path": path}, lambda path: {"assets": {".": {"path": path}}}]
)
def test_a_folder_of_the_checkout_is_a_package(tmp_path: Path, wrap: Any) -> None:
    assert packages(export(wrap(str(tmp_path / "jobs"))), tmp_path) == {"f": tmp_path / "jobs"}


@pytest.mark.parametrize(
    "code",
    [
        None,
        {"path": "/usr/lib/python3"},
        {"path": "{checkout}/../elsewhere"},
        {"path": "jobs"},
        {"uri": "https://example.com/code.zip"},
        {"assets": {"index.py": {"text": "import os"}}},
        {"assets": {"a": {"path": "{checkout}/jobs"}}},
        "unknown",
    ],
)
def test_nothing_else_is(tmp_path: Path, code: Any) -> None:
    if isinstance(code, dict) and "path" in code:
        code = {"path": code["path"].format(checkout=tmp_path)}
    assert packages(export(code), tmp_path) == {}


def test_the_virtual_environment_of_the_checkout_is_no_package() -> None:
    checkout = Path(sys.prefix).resolve().parent
    assert packages(export({"path": f"{sys.prefix}/lib"}), checkout) == {}
