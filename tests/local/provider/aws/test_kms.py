import json

import pytest

from local.provider.aws.kms import Alias, Key
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures


@pytest.fixture
def key(aws: Connection) -> Deployed:
    return deploy(
        aws,
        Key(),
        description="data",
        enableKeyRotation=True,
        deletionWindowInDays=7,
        tagsAll={"a": "1"},
    )


def test_a_key_rotates_and_is_changed_in_place(aws: Connection, key: Deployed):
    kms = aws.client("kms")
    assert kms.get_key_rotation_status(KeyId=key.id)["KeyRotationEnabled"] is True
    state = key.update(description="other", enableKeyRotation=False, tagsAll={"b": "2"})
    assert (state["description"], state["enableKeyRotation"]) == ("other", False)
    assert kms.list_resource_tags(KeyId=key.id)["Tags"] == [{"TagKey": "b", "TagValue": "2"}]


def test_a_policy_in_another_spelling_is_no_drift(aws: Connection):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=3)
    assert deploy(aws, Key(), policy=policy).state["policy"] == policy


def test_a_deleted_key_is_pending_deletion_and_reads_as_gone(aws: Connection, key: Deployed):
    key.delete()
    found = aws.client("kms").describe_key(KeyId=key.id)["KeyMetadata"]
    assert found["KeyState"] == "PendingDeletion"
    assert key.read() is None


def test_an_alias_points_at_its_key(aws: Connection, key: Deployed):
    other = deploy(aws, Key())
    alias = deploy(aws, Alias(), name="alias/data", targetKeyId=key.id)
    assert alias.state["targetKeyArn"] == key.state["arn"]
    alias.update(targetKeyId=other.state["arn"])
    found = aws.client("kms").describe_key(KeyId="alias/data")["KeyMetadata"]
    assert found["KeyId"] == other.id
    alias.delete()
    assert alias.read() is None


def test_what_kms_refuses_is_refused():
    assert failures(Key(), {"deletionWindowInDays": 6}).keys() == {"deletionWindowInDays"}
    assert failures(Key(), {"rotationPeriodInDays": 30}).keys() == {"rotationPeriodInDays"}
    assert failures(Alias(), {"name": "data"}).keys() == {"name"}
    assert failures(Alias(), {"name": "alias/aws/s3"}).keys() == {"name"}
