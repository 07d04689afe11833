"""Mutants are run in copies; the checkout stays as it is, whatever happens."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.report import report, score
from tools.mutation.suites import Suite, copy_checkout, run_suites

ROOT = Path(__file__).resolve().parents[3]
MODULE = "def above(a, b):\n    while a > 90:\n        a = a - 1\n    return a > b\n"
TESTS = """\
from shop.prices import above

def test_more_is_above() -> None:
    assert above(3, 2)
    assert above(91, 2)
"""
pytestmark = pytest.mark.life


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "checkout"
    for name, text in (
        ("shop/prices.py", MODULE),
        ("tests/test_prices.py", TESTS),
        (".gitignore", "ignored.txt\n__pycache__\n"),
        ("ignored.txt", "a secret"),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n'),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    # What runs the trials is that of the copy.
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    before = contents(folder)
    yield folder
    assert contents(folder) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def chosen(checkout: Path, *changes: tuple[str, str]) -> tuple[Mutant, ...]:
    mutants = {one.differences: one for one in mutants_of(checkout, "shop/prices.py")}
    return tuple(mutants[change] for change in changes)


def test_a_mutant_is_killed_by_a_failure_and_by_taking_too_long_and_survives_otherwise(
    checkout: Path,
) -> None:
    mutants = chosen(
        checkout,
        ("-a = a - 1", "+a = None"),
        ("-a = a - 1", "+a = a + 1"),
        ("-return a > b", "+return a >= b"),
    )
    told: list[str] = []
    suite = Suite(("tests/test_prices.py",), mutants)
    tried, failing = run_suites(checkout, [suite], 1, told.append, seconds_at_least=3)
    assert failing == []
    assert [one.outcome for one in tried] == ["killed", "timed out", "survived"]
    survivor, line = told
    assert "+    return a >= b" in survivor
    assert re.fullmatch(r"3 mutants in \d+ s, tests alone \d+ s: shop/prices\.py", line)
    assert tried[0].noticed_by.startswith("FAILED tests/test_prices.py::test_more_is_above")
    assert score(tried) == pytest.approx(200 / 3)
    text = report(tried)
    assert text.splitlines()[-3].split() == ["shop/prices.py", "3", "2", "1", "67", "%"]
    assert text.splitlines()[-2].split() == ["all", "3", "2", "1", "67", "%"]
    assert text.splitlines()[-1] == "1 of the killed by taking too long"


def test_tests_that_fail_without_a_change_are_told_and_others_run(checkout: Path) -> None:
    (checkout / "tests" / "test_broken.py").write_text("def test_it() -> None:\n    assert 1 > 2\n")
    mutants = chosen(checkout, ("-a = a - 1", "+a = None"))
    broken = Suite(("tests/test_prices.py", "tests/test_broken.py"), mutants)
    tried, (failure,) = run_suites(
        checkout, [broken, Suite(("tests/test_prices.py",), mutants)], 1, lambda _: None
    )
    assert [one.outcome for one in tried] == ["killed"]
    assert "mend them first: tests/test_prices.py tests/test_broken.py" in str(failure)
    assert "assert 1 > 2" in str(failure)
    (checkout / "tests" / "test_broken.py").unlink()


def test_a_copy_has_what_git_would_commit(checkout: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy_checkout(checkout, copy)
    copied = contents(copy)
    assert copied == {
        name: content for name, content in contents(checkout).items() if name != "ignored.txt"
    }


def test_an_interrupted_run_leaves_nothing_behind(checkout: Path, tmp_path: Path) -> None:
    program = """\
import signal
import sys
from pathlib import Path
from tools.mutation.__main__ import _end
from tools.mutation.mutants import mutants_of
from tools.mutation.suites import Suite, run_suites
signal.signal(signal.SIGTERM, _end)
# Whoever runs the tests in the background may have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
checkout = Path(sys.argv[1])
suite = Suite(("tests/test_prices.py",), tuple(mutants_of(checkout, "shop/prices.py")))

def tell(text):
    print(text.splitlines()[-1], flush=True)

run_suites(checkout, [suite] * 50, 2, tell, seconds_at_least=1)
"""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(checkout)],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout
        assert process.stdout.readline()
        process.send_signal(number)
        assert process.wait(120) != 0
        process.stdout.close()
        assert list(temporary.iterdir()) == []
        assert _running_below(temporary) == []


def _running_below(folder: Path) -> list[str]:
    """The processes that work in a folder."""
    until = time.monotonic() + 5
    found: list[str] = []
    while time.monotonic() < until:
        found = [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/cwd")
            if str(folder) in _target(path)
        ]
        if not found:
            break
        time.sleep(0.05)
    return found


def _target(link: Path) -> str:
    """Empty for a process that is gone, or somebody else's."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


def test_no_mutants_are_all_noticed() -> None:
    assert score([]) == 100
