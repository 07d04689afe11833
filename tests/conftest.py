"""What the tests of the program and its components share: the program's runs under mocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pulumi_recorder import Recorder


@pytest.fixture(scope="session")
def program() -> Callable[[str, bool], Recorder]:
    """Runs the program of a committed stack once: `program("prod", preview)`."""
    from tests.pulumi_recorder import run_program

    @cache
    def run(stack: str, preview: bool) -> Recorder:
        return run_program(stack, preview=preview)

    return run


@pytest.fixture(scope="session")
def dev(program: Callable[[str, bool], Recorder]) -> Recorder:
    return program("dev", False)


@pytest.fixture(scope="session")
def prod(program: Callable[[str, bool], Recorder]) -> Recorder:
    return program("prod", False)


@pytest.fixture(
    params=[("dev", False), ("dev", True), ("prod", False), ("prod", True)],
    ids=["dev", "dev at preview", "prod", "prod at preview"],
)
def each_run(request: pytest.FixtureRequest, program: Callable[[str, bool], Recorder]) -> Recorder:
    """The program as dev and prod, at preview and at up."""
    return program(*request.param)
