"""IAM policy documents as JSON, with Outputs anywhere inside."""

from collections.abc import Mapping
from typing import Any

import pulumi

Statement = Mapping[str, Any]
"""An IAM policy statement in IAM's own JSON (`Effect`, `Action`, `Resource`, …)."""

POLICY_VERSION = "2012-10-17"


def policy(*statements: Statement) -> pulumi.Output[str]:
    """A policy document of the given statements.

    Source: IAM User Guide, "IAM JSON policy elements: Version".
    """
    return pulumi.Output.json_dumps({"Version": POLICY_VERSION, "Statement": list(statements)})


def assume_role_policy(
    service: str, conditions: Mapping[str, Any] | None = None
) -> pulumi.Output[str]:
    """The trust policy that lets one AWS service assume a role.

    Args:
        service: the service principal, for example `lambda.amazonaws.com`.
        conditions: an IAM `Condition` block against the confused deputy, where the service
            sends the keys for it.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if conditions:
        statement["Condition"] = conditions
    return policy(statement)
