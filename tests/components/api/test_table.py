import pulumi
import pytest

from components.api.table import Table, TableArgs
from tests.pulumi_recorder import record

TABLE = "aws:dynamodb/table:Table"


@pytest.mark.parametrize("protected", [True, False])
def test_the_table_has_every_setting_of_the_source(protected: bool) -> None:
    recorded = record(
        lambda: Table(
            "table",
            TableArgs(
                table_name="platform-dev-table",
                kms_key_arn="arn:key",
                deletion_protection=protected,
            ),
        )
    )

    assert recorded.one(TABLE).inputs == {
        "name": "platform-dev-table",
        "hashKey": "PK",
        "rangeKey": "SK",
        "attributes": [{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
        "billingMode": "PAY_PER_REQUEST",
        "globalSecondaryIndexes": [
            {"name": "GSI1", "hashKey": "GSI1PK", "rangeKey": "GSI1SK", "projectionType": "ALL"}
        ],
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "pointInTimeRecovery": {"enabled": True},
        "ttl": {"attributeName": "expiresAt", "enabled": True},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:key"},
        "deletionProtectionEnabled": protected,
    }


def test_it_says_where_its_index_and_its_stream_are() -> None:
    def program() -> None:
        table = Table(
            "table",
            TableArgs(
                table_name="platform-dev-table",
                kms_key_arn="arn:key",
                deletion_protection=False,
            ),
        )
        pulumi.export("index", table.index_arn)
        pulumi.export("stream", table.stream_arn)

    assert record(program).outputs == {
        "index": "arn:aws:::table-data/index/GSI1",
        "stream": "arn:aws:dynamodb:::table-data/stream",
    }
