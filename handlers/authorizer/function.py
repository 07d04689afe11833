"""The request authorizer of the REST API.

API Gateway answers 401 to the exception "Unauthorized" and 500 to every other: an outage of the key
endpoint must neither let callers in nor tell them that their token is bad.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger

from handlers.authorizer.domain import InvalidToken, TokenVerifier, policy
from handlers.authorizer.key_set import KeySet, KeySetUnavailable
from handlers.common.facts import Variable

logger = Logger()


def token_verifier(environment: Mapping[str, str]) -> TokenVerifier:
    """The verifier of this deployment.

    Args:
        environment: USER_POOL_ID and USER_POOL_CLIENT_ID; AWS_ENDPOINT_URL_COGNITO_IDP or
            AWS_ENDPOINT_URL where Cognito is not at AWS. The issuer is AWS's even then.
    """
    pool = environment[Variable.USER_POOL_ID]
    aws = f"https://cognito-idp.{pool.split('_')[0]}.amazonaws.com"
    endpoint = (
        environment.get("AWS_ENDPOINT_URL_COGNITO_IDP")
        or environment.get("AWS_ENDPOINT_URL")
        or aws
    )
    return TokenVerifier(
        issuer=f"{aws}/{pool}",
        client_id=environment[Variable.USER_POOL_CLIENT_ID],
        keys=KeySet(f"{endpoint.rstrip('/')}/{pool}/.well-known/jwks.json"),
    )


verifier = token_verifier(os.environ)


def lambda_handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """The policy of a caller.

    Raises:
        Exception: "Unauthorized" for anything but a valid token.
        KeySetUnavailable: the pool's keys can't be had.
    """
    context: Mapping[str, Any] = event.get("requestContext") or {}
    logger.set_correlation_id(context.get("requestId"))
    try:
        identity = verifier.identity(_authorization(event))
    except InvalidToken as refused:
        logger.info("refused", reason=str(refused))
        raise Exception("Unauthorized") from None  # noqa: TRY002 - API Gateway reads the text
    except KeySetUnavailable:
        logger.error("key set unavailable")  # noqa: TRY400 - the trace says nothing more
        raise
    return policy(identity, event["methodArn"])


def _authorization(event: Mapping[str, Any]) -> str:
    headers: Mapping[str, Any] = event.get("headers") or {}
    found = [value for name, value in headers.items() if name.lower() == "authorization"]
    return str(found[-1]) if found else ""
