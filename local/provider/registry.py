"""Where each resource type and each function of the providers is implemented.

Modules are imported at the first use of one of their types, so that a small preview does not wait
for all of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from inspect import isabstract, isclass
from typing import Any

from local.provider.resource_type import Aws, Properties, ResourceType

Invoke = Callable[[Aws, Properties], Properties]

TYPES: dict[str, tuple[str, ...]] = {
    "aws:apigateway/": (
        "aws.apigateway.rest_api",
        "aws.apigateway.deployment",
        "aws.apigateway.stage",
        "aws.apigateway.method_settings",
        "aws.apigateway.usage_plan",
        "aws.apigateway.api_key",
        "aws.apigateway.account",
    ),
    "aws:budgets/": ("aws.budgets",),
    "aws:cloudwatch/": ("aws.cloudwatch", "aws.logs"),
    "aws:cognito/": (
        "aws.cognito.user_pool",
        "aws.cognito.user_pool_client",
        "aws.cognito.user_group",
    ),
    "aws:dynamodb/": ("aws.dynamodb",),
    "aws:ec2/": ("aws.vpc", "aws.routing", "aws.security_groups", "aws.endpoints"),
    "aws:elasticache/": ("aws.elasticache",),
    "aws:iam/": ("aws.iam",),
    "aws:kms/": ("aws.kms",),
    "aws:lambda/": (
        "aws.lambda_.function",
        "aws.lambda_.layer_version",
        "aws.lambda_.alias",
        "aws.lambda_.permission",
        "aws.lambda_.event_source_mapping",
        "aws.lambda_.event_invoke_config",
    ),
    "aws:pipes/": ("aws.pipes",),
    "aws:rds/": ("aws.rds.instance", "aws.rds.subnet_group", "aws.rds.parameter_group"),
    "aws:secretsmanager/": ("aws.secretsmanager",),
    "aws:sns/": ("aws.sns",),
    "aws:sqs/": ("aws.sqs",),
    "aws:vpc/": ("aws.security_groups",),
    "aws:wafv2/": ("aws.wafv2",),
    "random:index/": ("random",),
}
"""Modules below `local/provider/` that hold the types of a Pulumi module."""

INVOKES: dict[str, str] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": "get_availability_zones",
    "aws:index/getCallerIdentity:getCallerIdentity": "get_caller_identity",
    "aws:index/getPartition:getPartition": "get_partition",
    "aws:index/getRegion:getRegion": "get_region",
}
"""Functions of `local/provider/aws/account.py`."""


class UnknownTokenError(LookupError):
    """The program uses a resource type or function that the embedded AWS does not have."""


@cache
def resource_type(token: str) -> ResourceType:
    """The implementation of a resource type.

    Raises:
        UnknownTokenError: there is none; the message says where it would be added.
    """
    prefix = token[: token.find("/") + 1]
    modules = TYPES.get(prefix, ())
    for module in modules:
        for implementation in _implementations(module):
            if implementation.token == token:
                return implementation()
    place = _place(modules)
    raise UnknownTokenError(
        f"the embedded AWS has no resource type {token}; add a class for it to {place} (and to "
        "local/provider/registry.py), or deploy to an account"
    )


def invoke(token: str) -> Invoke:
    """The implementation of a function (`aws.get_region` and the like).

    Raises:
        UnknownTokenError: there is none; the message says where it would be added.
    """
    name = INVOKES.get(token)
    if name is None:
        raise UnknownTokenError(
            f"the embedded AWS has no function {token}; add it to local/provider/aws/account.py "
            "(and to local/provider/registry.py), or deploy to an account"
        )
    return getattr(importlib.import_module("local.provider.aws.account"), name)


def resource_types() -> Iterator[type[ResourceType]]:
    """All resource types, in the order of their tokens; imports every module."""
    modules = sorted({module for modules in TYPES.values() for module in modules})
    found = [implementation for module in modules for implementation in _implementations(module)]
    yield from sorted(found, key=lambda implementation: implementation.token)


def recorded_only(export: Mapping[str, Any]) -> list[str]:
    """The deployed resources that only the Pulumi state holds, as `type (name)`.

    Args:
        export: the deployment, in the form of `pulumi stack export`.
    """
    tokens = recorded_only_tokens()
    resources: list[dict[str, Any]] = export["deployment"].get("resources", [])
    return [
        f"{resource['type']} ({resource['urn'].rsplit('::', 1)[1]})"
        for resource in resources
        if resource["type"] in tokens
    ]


def recorded_only_tokens() -> frozenset[str]:
    """The types that only the Pulumi state holds, since moto has no API for them.

    For the closing words of a run, which names the deployed resources of these types.
    """
    return frozenset(found.token for found in resource_types() if found.recorded_only)


def _place(modules: tuple[str, ...]) -> str:
    """The module, or the folder of modules, for one more type beside those of the modules."""
    if not modules:
        return "local/provider/aws/"
    path = modules[0].split(".")
    if len(path) > 2:
        return f"local/provider/{'/'.join(path[:-1])}/"
    return f"local/provider/{'/'.join(path)}.py"


def _implementations(module: str) -> list[type[ResourceType]]:
    name = f"local.provider.{module}"
    return [
        item
        for item in vars(importlib.import_module(name)).values()
        if isclass(item)
        and issubclass(item, ResourceType)
        and item.__module__ == name
        and not isabstract(item)
        and hasattr(item, "token")
    ]
