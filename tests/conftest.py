"""What all tests share: an environment without AWS, and the program's runs under mocks."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pulumi_recorder import Recorder

# The functions make their AWS clients when they are imported, by whichever test is first. Neither
# they nor a test may ever see the credentials of whoever runs the tests.
os.environ.pop("AWS_PROFILE", None)
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_REGION="us-east-1",
)


SLOW_FIXTURES = frozenset({"each_run", "prod"})
"""What takes seconds to make: runs of the whole program."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs one of those."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def program() -> Callable[[str, bool], Recorder]:
    """Runs the program of one of the tests' stacks once: `program("prod", preview)`."""
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
