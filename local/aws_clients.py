"""boto3 clients of an embedded AWS, whatever AWS a person's own settings name."""

from __future__ import annotations

from typing import Any

import boto3

from local.embedded_aws import REGION


class AwsClients:
    """The clients of one embedded AWS, each made at its first use."""

    def __init__(self, endpoint: str) -> None:
        """Make no client yet.

        Args:
            endpoint: URL of the embedded AWS.
        """
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service, such as `dynamodb`."""
        if service not in self._clients:
            self._clients[service] = boto3.client(  # pyright: ignore[reportUnknownMemberType, reportCallIssue, reportArgumentType]
                service,  # pyright: ignore[reportArgumentType]
                endpoint_url=self._endpoint,
                region_name=REGION,
                aws_access_key_id="embedded",
                aws_secret_access_key="embedded",  # noqa: S106 - the embedded AWS takes any
            )
        return self._clients[service]
