"""What somebody is told whose `python3` is too old, or has none of the packages."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pulumi_recorder import ROOT

ENTRIES = ("__main__.py", "settings.py", "components/__init__.py", "local/__main__.py")
"""What is read before the first look at the version."""

AS_OLD = "import sys; sys.version_info = (3, 8, 10); sys.version = '3.8.10 (default)'; "
OLD_PYTHON = "#!/bin/sh\nexit 1\n"
"""Fails `sys.version_info < (3, 11)`, which is all that is asked of it."""


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    # A make that runs these tests would have its child say where it is.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        command, cwd=folder, env=inherited, capture_output=True, text=True, check=False
    )


def lines(result: subprocess.CompletedProcess[str]) -> Sequence[str]:
    assert result.returncode != 0
    assert result.stdout == ""
    return result.stderr.splitlines()


@pytest.mark.parametrize("file", ENTRIES)
def test_an_old_python_can_read_what_tells_it_that_it_is_old(file: str) -> None:
    ast.parse((ROOT / file).read_text(), feature_version=(3, 8))


def test_a_local_run_names_the_version_that_is_there_and_the_one_that_is_needed() -> None:
    start = AS_OLD + "import runpy; runpy.run_module('local', run_name='__main__')"

    assert lines(run(sys.executable, "-c", start)) == [
        "Python 3.11 or newer is needed, and this is 3.8.10. `make local` sets one up, for"
        " `.venv/bin/python -m local` too."
    ]


def test_a_local_run_without_packages_says_what_installs_them() -> None:
    assert lines(run(sys.executable, "-S", "-m", "local", "preview", "dev")) == [
        "This Python has not the packages that a local run needs. `make local` installs them into"
        " .venv, for `.venv/bin/python -m local` too."
    ]


def test_pulumi_up_is_told_before_a_component_is_imported() -> None:
    told = lines(run(sys.executable, "-c", f"import pulumi; {AS_OLD}import settings"))

    # Pulumi shows a `RunError` without what led to it.
    assert told[-1].startswith("pulumi.errors.RunError: Python 3.11 or newer is needed, and this")
    assert "3.8.10. Make .venv anew: rm -rf .venv; make PYTHON=python3.13 .venv/.setup" in told[-1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for file in ("Makefile", "requirements-dev.txt"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def old_python(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(OLD_PYTHON)
    path.chmod(0o755)
    return str(path)


def test_make_says_how_to_name_another_python(project: Path) -> None:
    python = old_python(project / "python3")

    told, ended = lines(run("make", f"PYTHON={python}", "test-fast", folder=project))

    assert told == "Python 3.11 or newer is needed; name one: make PYTHON=python3.13 …"
    assert ".setup] Error 1" in ended
    assert not (project / ".venv").exists()


def test_make_does_not_install_into_an_environment_of_an_old_python(project: Path) -> None:
    old_python(project / ".venv" / "bin" / "python")

    told, ended = lines(run("make", f"PYTHON={sys.executable}", "test-fast", folder=project))

    assert told == ".venv is of an older Python than 3.11; begin anew: rm -rf .venv"
    assert ".setup] Error 1" in ended
