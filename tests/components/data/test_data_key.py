import json
from typing import Any

import pytest

from components.data.data_key import DataKey, DataKeyArgs
from tests.pulumi_recorder import ACCOUNT_ID, Recorder, record


@pytest.fixture(scope="module")
def key() -> Recorder:
    return record(
        lambda: DataKey(
            "key",
            DataKeyArgs(
                alias="aws-platform-test-data",
                account_id=ACCOUNT_ID,
                partition="aws",
                region="eu-west-1",
            ),
        )
    )


@pytest.fixture
def statements(key: Recorder) -> dict[str, Any]:
    document = json.loads(key.one("aws:kms/key:Key").inputs["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_the_key_rotates_and_can_be_rescued_for_a_month(key: Recorder) -> None:
    inputs = key.one("aws:kms/key:Key").inputs

    assert inputs["description"] == "KMS key for database encryption"
    assert inputs["enableKeyRotation"] is True
    assert inputs["deletionWindowInDays"] == 30


def test_the_key_is_found_by_its_alias(key: Recorder) -> None:
    assert key.one("Alias").inputs == {
        "name": "alias/aws-platform-test-data",
        "targetKeyId": "key-key-key-id",
    }


def test_the_account_administers_the_key(statements: dict[str, Any]) -> None:
    administration = statements.pop("AccountAdministration")

    assert administration["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
    assert administration["Action"] == "kms:*"
    assert list(statements) == ["UseThroughDataServices"]


def test_others_of_the_account_use_it_through_the_data_services_only(
    statements: dict[str, Any],
) -> None:
    use = statements["UseThroughDataServices"]

    assert use["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT_ID,
            "kms:ViaService": [
                f"{service}.eu-west-1.amazonaws.com"
                for service in ("rds", "elasticache", "secretsmanager", "dynamodb")
            ],
        }
    }
    assert set(use["Action"]) == {
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:CreateGrant",
        "kms:DescribeKey",
    }
