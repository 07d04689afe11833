"""Deployments to MiniStack, which `make second-aws` installs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.aws.ministack import MiniStack


@pytest.fixture(scope="session")
def ministack() -> Iterator[MiniStack]:
    """A MiniStack of its own, empty at first."""
    with MiniStack() as aws:
        yield aws
