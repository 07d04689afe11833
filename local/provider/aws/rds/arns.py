"""ARNs of RDS resources."""

from __future__ import annotations

from local.provider.resource_type import Aws


def arn(aws: Aws, kind: str, name: str) -> str:
    """The ARN of an RDS resource; `kind` is RDS's short word for it, for example `pg`."""
    return f"arn:{aws.partition}:rds:{aws.region}:{aws.account_id}:{kind}:{name}"
