"""The environment variables of the API's functions, read once per process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

from handlers.common.facts import Variable


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the deployment tells a function of the API.

    Attributes:
        service: what logs and metrics are of; the functions of the API share `api-service`.
        table_name: the single DynamoDB table.
        user_pool_id: the Cognito user pool that callers sign in to.
        cors_origins: origins that browsers may call from; `*` for any.
        cursor_secret_arn: the secret whose keys sign cursors.
    """

    service: str
    table_name: str
    user_pool_id: str
    cors_origins: tuple[str, ...]
    cursor_secret_arn: str


@cache
def environment() -> Environment:
    """The environment of this process.

    Raises:
        KeyError: a variable is missing, which is a fault of the deployment.
    """
    return Environment(
        service=os.environ[Variable.SERVICE_NAME],
        table_name=os.environ[Variable.TABLE_NAME],
        user_pool_id=os.environ[Variable.USER_POOL_ID],
        cors_origins=tuple(
            origin.strip() for origin in os.environ[Variable.CORS_ORIGINS].split(",")
        ),
        cursor_secret_arn=os.environ[Variable.CURSOR_SECRET_ARN],
    )
