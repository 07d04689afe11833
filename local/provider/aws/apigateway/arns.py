"""ARNs of API Gateway."""

from __future__ import annotations

from local.provider.resource_type import Aws


def arn(aws: Aws, resource: str) -> str:
    """The ARN of a resource of API Gateway, given its path: `/restapis/<id>`."""
    return f"arn:{aws.partition}:apigateway:{aws.region}::{resource}"


def execution_arn(aws: Aws, api_id: str) -> str:
    """The ARN by which policies and Lambda permissions name the calls of an API."""
    return f"arn:{aws.partition}:execute-api:{aws.region}:{aws.account_id}:{api_id}"
