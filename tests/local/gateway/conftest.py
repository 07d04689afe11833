"""A gateway before the real deployed body, with functions made for tests behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from local.functions.functions import Functions
from local.gateway.deployed_api import DeployedApi
from local.gateway.gateway import Gateway
from local.gateway.http_server import Limits
from tests.local.gateway.served_api import Client, api_of


@pytest.fixture
def serve(functions: Functions) -> Iterator[Callable[..., Client]]:
    """Serves an API, the contract's body unless told otherwise, changed as told."""
    with ExitStack() as stack:

        def start(
            api: DeployedApi | None = None, limits: Limits | None = None, **changes: Any
        ) -> Client:
            gateway = Gateway(replace(api or api_of(), **changes), functions, limits=limits)
            stack.callback(gateway.close)
            gateway.start()
            return Client(gateway.url)

        yield start


@pytest.fixture
def client(serve: Callable[..., Client]) -> Client:
    return serve()
