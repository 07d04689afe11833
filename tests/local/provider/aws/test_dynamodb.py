from typing import Any

import pytest

from local.provider.aws.dynamodb import Table
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def inputs(**changes: Any) -> dict[str, Any]:
    names = ("PK", "SK", "GSI1PK", "GSI1SK")
    index = {
        "name": "GSI1",
        "hashKey": "GSI1PK",
        "rangeKey": "GSI1SK",
        "projectionType": "ALL",
    }
    return {
        "name": "api-data",
        "attributes": [{"name": name, "type": "S"} for name in names],
        "hashKey": "PK",
        "rangeKey": "SK",
        "billingMode": "PAY_PER_REQUEST",
        "globalSecondaryIndexes": [index],
        **changes,
    }


def table(aws: Connection) -> dict[str, Any]:
    return aws.client("dynamodb").describe_table(TableName="api-data")["Table"]


def test_a_table_exists_with_index_stream_recovery_expiry_and_key(aws: Connection) -> None:
    deployed = deploy(
        aws,
        Table(),
        **inputs(
            streamEnabled=True,
            streamViewType="NEW_AND_OLD_IMAGES",
            pointInTimeRecovery={"enabled": True},
            ttl={"attributeName": "expiresAt", "enabled": True},
            serverSideEncryption={"enabled": True, "kmsKeyArn": KEY},
            deletionProtectionEnabled=True,
            tagsAll={"Project": "p"},
        ),
    )
    found = table(aws)
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [index["IndexName"] for index in found["GlobalSecondaryIndexes"]] == ["GSI1"]
    assert found["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert found["SSEDescription"]["KMSMasterKeyArn"] == KEY
    assert found["DeletionProtectionEnabled"] is True
    dynamodb = aws.client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName="api-data")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = dynamodb.describe_time_to_live(TableName="api-data")["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiresAt"}
    assert deployed.state["streamArn"] == found["LatestStreamArn"]
    assert deployed.state["arn"] == found["TableArn"]


def test_a_changed_table_is_changed_in_aws(aws: Connection) -> None:
    deployed = deploy(
        aws,
        Table(),
        **inputs(deletionProtectionEnabled=True, ttl={"attributeName": "a", "enabled": True}),
    )
    deployed.update(
        deletionProtectionEnabled=None,
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
        pointInTimeRecovery={"enabled": True},
        ttl={"attributeName": "a", "enabled": False},
        tagsAll={"b": "2"},
    )
    found = table(aws)
    assert found["DeletionProtectionEnabled"] is False
    assert found["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    tags = aws.client("dynamodb").list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]
    assert tags == [{"Key": "b", "Value": "2"}]


def test_an_index_is_added_and_taken_away_in_place(aws: Connection) -> None:
    deployed = deploy(aws, Table(), **inputs())
    second = {"name": "GSI2", "hashKey": "GSI2PK", "projectionType": "KEYS_ONLY"}
    attributes = [*inputs()["attributes"], {"name": "GSI2PK", "type": "S"}]
    first = inputs()["globalSecondaryIndexes"]
    deployed.update(attributes=attributes, globalSecondaryIndexes=[*first, second])
    names = {index["IndexName"] for index in table(aws)["GlobalSecondaryIndexes"]}
    assert names == {"GSI1", "GSI2"}
    deployed.update(attributes=inputs()["attributes"], globalSecondaryIndexes=first)
    assert [index["IndexName"] for index in table(aws)["GlobalSecondaryIndexes"]] == ["GSI1"]


def test_a_protected_table_refuses_to_go_until_the_protection_is_off(aws: Connection) -> None:
    deployed = deploy(aws, Table(), **inputs(deletionProtectionEnabled=True))
    with pytest.raises(Exception, match="DeletionProtectionEnabled is set to True"):
        deployed.delete()
    assert deployed.read() is not None
    deployed.update(deletionProtectionEnabled=False)
    deployed.delete()
    assert deployed.read() is None


def test_a_table_is_imported_by_its_name(aws: Connection) -> None:
    deploy(aws, Table(), **inputs())
    read = imported(aws, Table(), "api-data")
    assert read is not None
    assert read["attributes"] == inputs()["attributes"]
    assert read["globalSecondaryIndexes"][0]["hashKey"] == "GSI1PK"


@pytest.mark.parametrize(
    ("changes", "refused", "reason"),
    [
        (
            {"attributes": [*inputs()["attributes"], {"name": "email", "type": "S"}]},
            "attributes",
            "email: defined, but a key of neither",
        ),
        ({"attributes": inputs()["attributes"][:3]}, "attributes", "GSI1SK: used as a key"),
        ({"readCapacity": 5}, "readCapacity", "PAY_PER_REQUEST"),
        ({"name": "ab"}, "name", "3 to 255"),
        ({"streamViewType": "ALL"}, "streamViewType", "NEW_IMAGE"),
        ({"replicas": [{"regionName": "eu-west-1"}]}, "replicas", "does not support"),
        ({"ttl": {"enabled": True, "days": 3}}, "ttl.days", "does not support"),
    ],
)
def test_what_dynamodb_refuses_is_refused(
    changes: dict[str, Any], refused: str, reason: str
) -> None:
    assert reason in failures(Table(), inputs(**changes))[refused]


def test_keys_and_local_indexes_replace_the_table() -> None:
    assert {"hashKey", "rangeKey", "name", "localSecondaryIndexes"} == Table.replace_on
