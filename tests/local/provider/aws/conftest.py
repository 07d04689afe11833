"""A moto server for the tests of resource types, emptied before each test."""

from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from local.aws.access import AwsAccess
from local.aws.cache_subnet_groups import complete_cache_subnet_groups
from local.provider.connection import Connection

REGION = "us-east-1"


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    complete_cache_subnet_groups()
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    _post(f"{endpoint}/moto-api/config", b'{"lambda": {"use_docker": false}}')
    yield endpoint
    server.stop()


@pytest.fixture(scope="session")
def moto_session(moto_endpoint: str) -> Connection:
    return Connection(region=REGION, access=AwsAccess.new(moto_endpoint))


@pytest.fixture
def aws(moto_endpoint: str, moto_session: Connection) -> Connection:
    """The embedded AWS, with nothing in it."""
    _post(f"{moto_endpoint}/moto-api/reset", b"")
    return moto_session


def _post(url: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(url, data=body, headers=headers, method="POST")):
        pass
