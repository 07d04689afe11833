"""boto3 clients of an embedded AWS, whatever AWS a person's own settings name."""

from __future__ import annotations

from typing import Any

import boto3

from local.aws.access import AwsAccess


class AwsClients:
    """The clients of one embedded AWS, each made at its first use.

    Attributes:
        region: the region that they call.
    """

    def __init__(self, access: AwsAccess) -> None:
        """Make no client yet.

        Args:
            access: to the embedded AWS.
        """
        self.region = access.region
        self._endpoint = access.endpoint
        self._session: Any = boto3.Session(
            aws_access_key_id=access.access_key_id,
            aws_secret_access_key=access.secret_access_key,
            region_name=access.region,
        )
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service, such as `dynamodb`."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, endpoint_url=self._endpoint)
        return self._clients[service]
