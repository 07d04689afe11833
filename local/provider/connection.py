"""The embedded AWS as resource types reach it: boto3 clients on its endpoint."""

from __future__ import annotations

import os
import threading
from functools import cached_property
from typing import Any

from local.aws.access import DEFAULT_REGION, ENDPOINT_VARIABLE, AwsAccess

CONNECTIONS = 32
"""As many as the plugin server has threads, so that no request waits for a connection."""


class Connection:
    """Clients of one region, each made at its first use and shared by all threads.

    Args:
        region: the AWS region; the environment's (`AWS_REGION`), or us-east-1, where none is given.
        access: to the embedded AWS; the environment's where none is given.
    """

    def __init__(self, region: str | None = None, access: AwsAccess | None = None) -> None:
        environment = os.environ
        self._region = (
            region
            or environment.get("AWS_REGION")
            or environment.get("AWS_DEFAULT_REGION")
            or DEFAULT_REGION
        )
        self._access = access or AwsAccess.of_environment(environment)
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    @property
    def region(self) -> str:
        """The AWS region."""
        return self._region

    @property
    def account_id(self) -> str:
        """The account's twelve digits, asked of STS once."""
        return self._account_id

    @cached_property
    def _account_id(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    @property
    def partition(self) -> str:
        """`aws`, or the partition of China and GovCloud regions."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def client(self, service: str) -> Any:
        """The boto3 client of a service.

        Raises:
            ConnectionError: no embedded AWS is given, so that the call would reach a real account.
        """
        client = self._clients.get(service)
        if client is not None:
            return client
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service, endpoint_url=self._given.endpoint, config=self._config
                )
            return self._clients[service]

    @cached_property
    def _session(self) -> Any:
        import boto3

        from local.aws.answers import leave_fields_out

        session = boto3.Session(
            region_name=self.region,
            aws_access_key_id=self._given.access_key_id,
            aws_secret_access_key=self._given.secret_access_key,
        )
        leave_fields_out(session)
        return session

    @cached_property
    def _config(self) -> Any:
        from botocore.config import Config

        return Config(
            max_pool_connections=CONNECTIONS,
            retries={"mode": "standard", "total_max_attempts": 2},
            connect_timeout=5,
            read_timeout=60,
        )

    @property
    def _given(self) -> AwsAccess:
        if not self._access:
            raise ConnectionError(
                f"no embedded AWS to talk to: start the deployment with `python -m local`, "
                f"which sets {ENDPOINT_VARIABLE}"
            )
        return self._access
