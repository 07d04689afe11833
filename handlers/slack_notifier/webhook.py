"""The Slack webhook: its address comes from Secrets Manager and never reaches a log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, cast
from urllib.parse import urlsplit

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)

from handlers.common.aws_clients import secrets_manager
from handlers.common.facts import WEBHOOK_URL

TIMEOUT_SECONDS = 3
SECRET_MAX_AGE_SECONDS = 300
LONGEST_ANSWER_BYTES = 200


class SlackRefused(Exception):
    """Slack did not take a message; the text does not name the webhook.

    Attributes:
        retry_after_seconds: how long Slack asks to wait; None where it does not say.
    """

    def __init__(self, reason: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class SlackWebhook:
    """A Slack incoming webhook.

    Args:
        secret_arn: the secret `{"url": "https://..."}` that holds its address.
    """

    def __init__(self, secret_arn: str) -> None:
        self._secret_arn = secret_arn

    def post(self, message: Mapping[str, Any]) -> None:
        """Sends one message.

        Raises:
            SlackRefused: the address can't be read, Slack can't be reached in 3 seconds, or
                answers with anything but success.
        """
        url = urlsplit(self._url())
        connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
        try:
            connection = connect(url.netloc, timeout=TIMEOUT_SECONDS)
            try:
                connection.request(
                    "POST",
                    url.path + (f"?{url.query}" if url.query else ""),
                    body=json.dumps(message).encode(),
                    headers={"Content-Type": "application/json"},
                )
                answer = connection.getresponse()
                answered = answer.read(LONGEST_ANSWER_BYTES)
            finally:
                connection.close()
        except (OSError, HTTPException, ValueError) as error:
            # Some of these errors quote the address.
            raise SlackRefused(f"no answer from Slack: {type(error).__name__}") from None
        if answer.status != 200:
            # Slack says in a word what is wrong, such as `no_service` for a removed webhook.
            word = answered.decode("ascii", "replace").strip()
            raise SlackRefused(
                f"Slack answered {answer.status}"
                + (f" ({word})" if word.replace("_", "").isalnum() else ""),
                _retry_after(answer),
            )

    def _url(self) -> str:
        try:
            secret = cast("Any", _secrets()).get(
                self._secret_arn, max_age=SECRET_MAX_AGE_SECONDS, transform="json"
            )
            return str(secret[WEBHOOK_URL])
        except (GetParameterError, TransformParameterError, KeyError, TypeError) as error:
            raise SlackRefused(
                f"the webhook's secret is not readable: {type(error).__name__}"
            ) from None


@cache
def _secrets() -> SecretsProvider:
    return SecretsProvider(boto3_client=secrets_manager())


def _retry_after(answer: HTTPResponse) -> int | None:
    text = answer.headers.get("Retry-After", "")
    return int(text) if text.isdecimal() else None
