"""The configuration of a Lambda function, the part that UpdateFunctionConfiguration changes."""

from __future__ import annotations

from typing import Any

from local.optional_parts import nested
from local.provider.aws.parameters import Table, capitalised, to_request
from local.provider.resource_type import Properties

CONFIGURATION: Table = {
    **capitalised("description", "handler", "layers", "memorySize", "role", "runtime", "timeout"),
    "environment": ("Environment", {"variables": "Variables"}),
    "ephemeralStorage": ("EphemeralStorage", {"size": "Size"}),
    "deadLetterConfig": ("DeadLetterConfig", {"targetArn": "TargetArn"}),
    "kmsKeyArn": "KMSKeyArn",
    "loggingConfig": (
        "LoggingConfig",
        capitalised("applicationLogLevel", "logFormat", "logGroup", "systemLogLevel"),
    ),
    "tracingConfig": ("TracingConfig", {"mode": "Mode"}),
    "vpcConfig": ("VpcConfig", capitalised("securityGroupIds", "subnetIds")),
}

CONFIGURATION_DEFAULTS: dict[str, Any] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
"""AWS Lambda API reference, CreateFunction."""


def configuration_request(inputs: Properties) -> dict[str, Any]:
    """The API parameters of a function's configuration."""
    configuration = to_request(CONFIGURATION, inputs)
    variables = nested(inputs, "environment").get("variables")
    configuration["Environment"] = {"Variables": variables or {}}
    return configuration


def configuration_differs(old: Properties, new: Properties) -> bool:
    """Whether the configuration differs, outputs and defaults of AWS in `old` left aside."""

    def effective(properties: Properties) -> dict[str, Any]:
        given_ones = to_request(CONFIGURATION, properties)
        return {
            **CONFIGURATION_DEFAULTS,
            **{name: value for name, value in given_ones.items() if value not in ("", [], {})},
        }

    return effective(old) != effective(new)
