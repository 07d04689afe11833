from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from handlers.common import aws_clients
from handlers.common.errors import Unavailable

GATEWAY_SECONDS = 29
BACKOFF_SECONDS = 1 + 2
"""The most that the standard mode waits before the second and third attempt."""

BUSY = [
    "InternalServerError",
    "InternalErrorException",
    "InternalServiceError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ThrottlingException",
    "ThrottlingError",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
]


@pytest.mark.parametrize("make", ["dynamodb", "cognito", "secrets_manager"])
def test_each_client_gives_up_before_the_gateway_does(
    monkeypatch: pytest.MonkeyPatch, make: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client: Any = getattr(aws_clients, make)()
    config = client.meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    attempt = config.connect_timeout + config.read_timeout
    longest = 3 * attempt + BACKOFF_SECONDS
    # An order's transaction, and what is read before and after it.
    assert 2 * longest < GATEWAY_SECONDS
    assert getattr(aws_clients, make)() is client


def raised(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "PutItem")


@pytest.mark.parametrize("code", BUSY)
def test_what_passes_is_answered_as_busy(code: str) -> None:
    with pytest.raises(Unavailable), aws_clients.unavailable_when_busy():
        raise raised(code)


def test_a_fault_of_ours_stays_one() -> None:
    assert set(BUSY) == aws_clients.BUSY_CODES
    with (
        pytest.raises(ClientError, match="AccessDeniedException"),
        aws_clients.unavailable_when_busy(),
    ):
        raise raised("AccessDeniedException")


def test_a_service_out_of_reach_is_answered_as_busy() -> None:
    with pytest.raises(Unavailable), aws_clients.unavailable_when_busy():
        raise ConnectTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")


def test_an_error_without_a_code_has_none() -> None:
    assert aws_clients.error_code(ClientError({}, "PutItem")) == ""
    assert aws_clients.condition_failed(raised("ConditionalCheckFailedException"))
    assert not aws_clients.condition_failed(raised("ValidationException"))
