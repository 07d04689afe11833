import threading

import pytest

from local.aws.access import AwsAccess
from local.provider.connection import Connection


def test_without_an_embedded_aws_no_call_can_reach_a_real_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_PLATFORM_ENDPOINT", raising=False)
    with pytest.raises(ConnectionError, match="python -m local"):
        Connection().client("ec2")


def test_a_client_is_made_once_for_all_threads() -> None:
    session = Connection(region="eu-west-1", access=AwsAccess.new("http://127.0.0.1:1"))
    clients: list[object] = []
    threads = [
        threading.Thread(target=lambda: clients.append(session.client("ec2"))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in clients}) == 1
    assert session.client("ec2").meta.region_name == "eu-west-1"


def test_the_region_is_the_given_one_then_the_environments_then_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert Connection("ap-south-1").region == "ap-south-1"
    assert Connection().region == "eu-central-1"
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert Connection().region == "us-east-1"
