"""What contributors run selects the tests that it says it does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def command(*arguments: str) -> str:
    """What make would run."""
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line for line in done.stdout.splitlines() if "-m pytest" in line)


def test_the_whole_is_both_halves_without_the_long_walks() -> None:
    first, second = command("test").splitlines()
    assert first.endswith('--ignore tests/local --ignore tests/second_aws -m "not life"')
    # `.ci/run` tells the second half by this.
    assert second.endswith('-m "not life" tests/local')


def test_a_folder_is_tested_alone() -> None:
    only = command("test", "T=tests/handlers/orders")
    assert only.endswith('-m "not life" tests/handlers/orders')


@pytest.mark.parametrize("target", ["test-fast", "test-program", "coverage"])
def test_what_needs_no_engine_starts_none(target: str) -> None:
    assert "--ignore tests/local --ignore tests/second_aws" in command(target)


def test_every_target_is_phony_and_told_or_part_of_one_that_is() -> None:
    text = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    phony = set(re.sub(r"\\\n", " ", text).partition(".PHONY:")[2].partition("\n")[0].split())
    assert targets == phony
