"""The data tier: encryption key, database and cache."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.cache import Cache, CacheArgs
from components.cache_settings import CacheSettings
from components.data_key import DataKey
from components.database import Database, DatabaseArgs
from components.database_settings import DatabaseSettings
from components.tagging import component_tag


@dataclass(frozen=True, kw_only=True)
class DataArgs:
    """What the data tier is made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of physical names.
        region: the AWS region.
        account_id: the AWS account.
        partition: the AWS partition.
        database: the stack's `database` settings.
        cache: the stack's `cache` settings.
        database_subnet_ids: the isolated subnets.
        private_subnet_ids: the private subnets, where the cache lives.
        database_security_group_id: who may reach the database.
        cache_security_group_id: who may reach the cache.
        log_retention_days: retention of all logs in days.
        deletion_protection: refuse deletion and keep the data.
    """

    name_prefix: str
    region: str
    account_id: str
    partition: str
    database: DatabaseSettings
    cache: CacheSettings
    database_subnet_ids: pulumi.Input[Sequence[str]]
    private_subnet_ids: pulumi.Input[Sequence[str]]
    database_security_group_id: pulumi.Input[str]
    cache_security_group_id: pulumi.Input[str]
    log_retention_days: int
    deletion_protection: bool


class Data(pulumi.ComponentResource):
    """The data tier of one environment.

    Creates the KMS key, the Postgres database with its replicas, and the cache.
    """

    key_arn: pulumi.Output[str]
    database: Database
    cache: Cache

    def __init__(
        self, name: str, args: DataArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(
            "aws-platform:data:Data",
            name,
            None,
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(transforms=[component_tag("data")]), opts
            ),
        )
        child = pulumi.ResourceOptions(parent=self)
        key = DataKey(
            f"{name}-key",
            alias=f"{args.name_prefix}-data",
            account_id=args.account_id,
            partition=args.partition,
            region=args.region,
            opts=child,
        )
        self.key_arn = key.key_arn
        self.database = Database(
            f"{name}-database",
            DatabaseArgs(
                name_prefix=args.name_prefix,
                partition=args.partition,
                settings=args.database,
                subnet_ids=args.database_subnet_ids,
                security_group_id=args.database_security_group_id,
                kms_key_arn=self.key_arn,
                log_retention_days=args.log_retention_days,
                deletion_protection=args.deletion_protection,
            ),
            child,
        )
        self.cache = Cache(
            f"{name}-cache",
            CacheArgs(
                name_prefix=args.name_prefix,
                account_id=args.account_id,
                settings=args.cache,
                subnet_ids=args.private_subnet_ids,
                security_group_id=args.cache_security_group_id,
                kms_key_arn=self.key_arn,
                log_retention_days=args.log_retention_days,
                deletion_protection=args.deletion_protection,
            ),
            child,
        )
        self.register_outputs({"keyArn": self.key_arn})
