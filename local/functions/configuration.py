"""How a function was deployed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws.clients import AwsClients

_ARN_IN_URI = re.compile(r"functions/(arn:[^/]+)/invocations$")


@dataclass(frozen=True, kw_only=True)
class FunctionConfiguration:
    """What Lambda needs to run a function.

    Attributes:
        name: physical name.
        arn: its ARN, without version or alias.
        handler: dotted path of the entry point.
        environment: its environment variables as deployed.
        timeout_seconds: longest run of one invocation.
        memory_mb: memory.
        version: the version that is invoked.
        log_group: its log group.
    """

    name: str
    arn: str = ""
    handler: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_seconds: float = 3
    memory_mb: int = 128
    version: str = "$LATEST"
    log_group: str = ""


def function_arn_in_uri(uri: str) -> str:
    """The function, with its alias, that an integration or authorizer URI invokes.

    Raises:
        ValueError: the URI is not one that invokes a function.
    """
    found = _ARN_IN_URI.search(uri)
    if not found:
        raise ValueError(f"{uri} invokes no function.")
    return found[1]


def split_arn(arn: str) -> tuple[str, str | None]:
    """Name and qualifier (version or alias) of a function's ARN; a bare name has none."""
    parts = arn.split(":")
    if len(parts) < 7:
        return arn, None
    return parts[6], parts[7] if len(parts) > 7 else None


class DeployedFunctions:
    """The functions of an embedded AWS."""

    def __init__(self, clients: AwsClients) -> None:
        """Look at an embedded AWS.

        Args:
            clients: its clients.
        """
        self._client = clients("lambda")

    def __call__(self, arn: str) -> FunctionConfiguration:
        """How a function is deployed.

        Args:
            arn: its ARN with or without alias, or its name.

        Raises:
            botocore.exceptions.ClientError: there is no such function.
        """
        name, qualifier = split_arn(arn)
        request = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
        answer: dict[str, Any] = self._client.get_function_configuration(**request)
        environment: dict[str, Any] = answer.get("Environment") or {}
        logging: dict[str, Any] = answer.get("LoggingConfig") or {}
        return FunctionConfiguration(
            name=name,
            arn=":".join(answer["FunctionArn"].split(":")[:7]),
            handler=answer["Handler"],
            environment=environment.get("Variables") or {},
            timeout_seconds=answer.get("Timeout", 3),
            memory_mb=answer.get("MemorySize", 128),
            version=answer.get("Version", "$LATEST"),
            log_group=logging.get("LogGroup") or f"/aws/lambda/{name}",
        )
