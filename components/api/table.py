"""The API's single DynamoDB table."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from handlers.common.facts import (
    EXPIRY,
    INDEX,
    INDEX_PARTITION_KEY,
    INDEX_SORT_KEY,
    PARTITION_KEY,
    SORT_KEY,
)


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """What the table is made from.

    Attributes:
        table_name: physical name of a new table; one that is there keeps the name it has.
        kms_key_arn: the key that encrypts it.
        deletion_protection: refuse deletion.
    """

    table_name: str
    kms_key_arn: pulumi.Input[str]
    deletion_protection: bool


class Table(pulumi.ComponentResource):
    """The table of users, products and orders.

    Creates an on-demand table with the index GSI1, a stream of old and new images, point-in-time
    recovery, expiry of items and encryption with the platform's key.
    """

    table_name: pulumi.Output[str]
    table_arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]
    index_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:api:Table", name, None, opts)
        table = aws.dynamodb.Table(
            f"{name}-data",
            name=args.table_name,
            hash_key=PARTITION_KEY,
            range_key=SORT_KEY,
            attributes=[
                {"name": key, "type": "S"}
                for key in (PARTITION_KEY, SORT_KEY, INDEX_PARTITION_KEY, INDEX_SORT_KEY)
            ],
            billing_mode="PAY_PER_REQUEST",
            global_secondary_indexes=[
                {
                    "name": INDEX,
                    "hash_key": INDEX_PARTITION_KEY,
                    "range_key": INDEX_SORT_KEY,
                    "projection_type": "ALL",
                }
            ],
            stream_enabled=True,
            stream_view_type="NEW_AND_OLD_IMAGES",
            point_in_time_recovery={"enabled": True},
            ttl={"attribute_name": EXPIRY, "enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": args.kms_key_arn},
            deletion_protection_enabled=args.deletion_protection,
            # Another name is another table, and tables made before this hold data.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["name"]),
        )
        self.table_name = table.name
        self.table_arn = table.arn
        self.stream_arn = table.stream_arn
        self.index_arn = pulumi.Output.concat(table.arn, "/index/", INDEX)
        self.register_outputs({"tableName": self.table_name, "tableArn": self.table_arn})
