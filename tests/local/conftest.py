"""One engine, and one deployment of each stack, for all tests that need them.

Tests of one deployment carry `@pytest.mark.xdist_group("dev")` (or `prod`), so that one worker
runs them all and deploys once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.aws.embedded_aws import EmbeddedAws
from local.engine.deployment import Deployment, open_deployment
from local.engine.finding import Engine, find_engine
from local.functions.functions import Functions
from local.gateway.gateway import take_port
from local.serving import serving
from local.session import Session
from tests.local.gateway.served_api import configuration, write_functions
from tests.local.served_platform import Api
from tests.pulumi_recorder import STACK_FILES

TINY_PROJECT = """\
name: aws-platform
description: A small program for tests of the driver
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what destroys last, and stop where groups are not kept together.

    The latter costs a deployment for each worker.
    """
    items.sort(key=lambda item: item.get_closest_marker("destroys") is not None)
    if config.getoption("loadgroup", default=False):
        for item in items:
            mark = item.get_closest_marker("xdist_group")
            if mark and not item.nodeid.endswith(f"@{mark.args[0]}"):
                raise pytest.UsageError(f"pytest-xdist does not see the group of {item.nodeid}.")


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as a user's run would find or make it."""
    return find_engine()


@pytest.fixture(scope="session")
def deployed_dev(engine: Engine) -> Iterator[Deployment]:
    """The dev stack, deployed; tests leave it as they found it."""
    with open_deployment("dev", stack_files=STACK_FILES) as deployment:
        deployment.up()
        yield deployment


@pytest.fixture(scope="session")
def deployed_prod(engine: Engine) -> Iterator[Deployment]:
    """The prod stack, deployed as an account's first; tests leave it as they found it."""
    first_stack = partial(EmbeddedAws, first_stack=True)
    with open_deployment("prod", stack_files=STACK_FILES, start_aws=first_stack) as deployment:
        deployment.up()
        yield deployment


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of session files, of which `session` has one."""
    return tmp_path_factory.mktemp("run") / "sessions"


@pytest.fixture(scope="session")
def session(deployed_dev: Deployment, sessions: Path) -> Iterator[Session]:
    """The deployed dev stack, served."""
    with take_port(0) as listener, serving(deployed_dev, listener, sessions=sessions) as it:
        yield it
    assert list(sessions.iterdir()) == []


@pytest.fixture(scope="session")
def session_file(session: Session, sessions: Path) -> Path:
    """The session file of `session`."""
    return sessions / f"{session.pages.port}.json"


@pytest.fixture(scope="session")
def api(session: Session) -> Api:
    """The served API."""
    return Api(session)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """Waits until a condition holds, and returns what it gives; the last value when it does not."""

    def wait(condition: Callable[[], Any], seconds: float = 15) -> Any:
        until = time.monotonic() + seconds
        while not (found := condition()) and time.monotonic() < until:
            time.sleep(0.02)
        return found

    return wait


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """Functions made for tests, for the gateway and its pages."""
    code = tmp_path_factory.mktemp("code")
    write_functions(code)
    with Functions(configuration, {}, code) as functions:
        yield functions


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a dev stack and no program yet."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(TINY_PROJECT)
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    return folder
