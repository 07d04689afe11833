"""ARNs that other services know a Lambda function by."""

from __future__ import annotations

from local.provider.resource_type import Aws


def function_arn(aws: Aws, name: str) -> str:
    """The ARN of a function of this account (Service Authorization Reference, AWS Lambda)."""
    return f"arn:{aws.partition}:lambda:{aws.region}:{aws.account_id}:function:{name}"


def invoke_arn(aws: Aws, function_arn: str, *, streaming: bool = False) -> str:
    """The ARN by which API Gateway calls a function."""
    version, call = (
        ("2021-11-15", "response-streaming-invocations")
        if streaming
        else ("2015-03-31", "invocations")
    )
    return (
        f"arn:{aws.partition}:apigateway:{aws.region}:lambda:path/{version}"
        f"/functions/{function_arn}/{call}"
    )
