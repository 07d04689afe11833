"""One client per AWS service and process, with time limits that fit in API Gateway's 29 s."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from handlers.common.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

CLIENT_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=1,
    read_timeout=2,
)

BUSY_CODES = frozenset(
    {
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
    }
)
"""Codes of errors that pass: "Error handling with DynamoDB", and each service's Common Errors."""


@cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()


@cache
def dynamodb() -> DynamoDBClient:
    """The low-level client: unlike the resource, threads may share it."""
    return _session().client("dynamodb", config=CLIENT_CONFIG)  # pyright: ignore[reportUnknownMemberType]


@cache
def cognito() -> CognitoIdentityProviderClient:
    return _session().client("cognito-idp", config=CLIENT_CONFIG)  # pyright: ignore[reportUnknownMemberType]


@cache
def secrets_manager() -> SecretsManagerClient:
    return _session().client("secretsmanager", config=CLIENT_CONFIG)  # pyright: ignore[reportUnknownMemberType]


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def condition_failed(error: ClientError) -> bool:
    """Whether a write did not happen because its condition does not hold."""
    return error_code(error) == "ConditionalCheckFailedException"


@contextmanager
def unavailable_when_busy() -> Generator[None]:
    """Turns throttling, outage and time limits of AWS into `Unavailable`."""
    try:
        yield
    except ClientError as error:
        if error_code(error) in BUSY_CODES:
            raise Unavailable from error
        raise
    except BotoCoreError as error:
        # Connection, time limit, credentials endpoint: none is the caller's fault.
        raise Unavailable from error
