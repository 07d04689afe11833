"""One engine, and one deployment of each stack, for all tests that need them.

Tests of one deployment carry `@pytest.mark.xdist_group("dev")` (or `prod`), so that one worker
runs them all and deploys once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.deployment import Deployment, open_deployment
from local.engine import Engine, find_engine

TINY_PROJECT = """\
name: aws-platform
description: A small program for tests of the driver
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
"""


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as a user's run would find or make it."""
    return find_engine()


@pytest.fixture(scope="session")
def deployed_dev(engine: Engine) -> Iterator[Deployment]:
    """The dev stack, deployed; tests leave it as they found it."""
    with open_deployment("dev") as deployment:
        deployment.up()
        yield deployment


@pytest.fixture(scope="session")
def deployed_prod(engine: Engine) -> Iterator[Deployment]:
    """The prod stack, deployed; tests leave it as they found it."""
    with open_deployment("prod") as deployment:
        deployment.up()
        yield deployment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a dev stack and no program yet."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(TINY_PROJECT)
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    return folder
