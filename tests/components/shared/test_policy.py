import json
from typing import Any

import pulumi

from components.shared.policy import assume_role_policy, policy
from tests.pulumi_recorder import record


def resolved(make: Any) -> Any:
    return json.loads(record(lambda: pulumi.export("document", make())).outputs["document"])


def test_a_policy_holds_its_statements_with_their_outputs_resolved() -> None:
    arn = "arn:aws:s3:::bucket"

    def make() -> pulumi.Output[str]:
        resource = pulumi.Output.from_input(arn)
        return policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": [resource]})

    assert resolved(make) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [arn]}],
    }


def test_a_trust_policy_names_one_service() -> None:
    assert resolved(lambda: assume_role_policy("lambda.amazonaws.com"))["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ]


def test_a_trust_policy_carries_its_conditions() -> None:
    conditions = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    (statement,) = resolved(lambda: assume_role_policy("pipes.amazonaws.com", conditions))[
        "Statement"
    ]

    assert statement["Condition"] == conditions
