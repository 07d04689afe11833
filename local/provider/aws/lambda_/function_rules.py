"""What Lambda refuses of a function."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from local.optional_parts import nested
from local.provider.aws.lambda_.runtimes import runtime_rules
from local.provider.aws.rules import matching, one_of
from local.provider.resource_type import CheckFailure, Properties

# "Lambda quotas" of the AWS Lambda developer guide.
MOST_ENVIRONMENT_BYTES = 4096
RESERVED_VARIABLES = frozenset(
    [
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    ]
)


def function_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """The rules on a function's inputs that moto does not enforce."""
    yield from one_of(inputs, "packageType", {"Zip"})
    yield from runtime_rules("runtime", [inputs.get("runtime")])
    yield from _logging_rules(nested(inputs, "loggingConfig"))
    yield from _environment_rules(nested(nested(inputs, "environment"), "variables"))


def _logging_rules(logging: Properties) -> Iterator[CheckFailure]:
    if logging.get("logFormat") == "Text" and (
        logging.get("applicationLogLevel") or logging.get("systemLogLevel")
    ):
        yield CheckFailure("loggingConfig", "log levels need the log format JSON")


def _environment_rules(variables: dict[str, Any]) -> Iterator[CheckFailure]:
    for name in variables:
        if name in RESERVED_VARIABLES:
            yield CheckFailure("environment", f"{name} is reserved by Lambda")
        yield from matching(
            {"environment": name},
            "environment",
            r"[A-Za-z][A-Za-z0-9_]+",
            "a variable of letters, digits and _, beginning with a letter",
        )
    size = len(json.dumps({k: v for k, v in variables.items() if isinstance(v, str)}).encode())
    if size > MOST_ENVIRONMENT_BYTES:
        yield CheckFailure(
            "environment", f"{size} bytes of variables: Lambda takes {MOST_ENVIRONMENT_BYTES}"
        )
