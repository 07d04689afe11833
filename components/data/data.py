"""The data tier: encryption key, database and cache."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.data.cache import Cache, CacheArgs
from components.data.cache_settings import CacheSettings
from components.data.data_key import DataKey, DataKeyArgs
from components.data.database import Database, DatabaseArgs
from components.data.database_settings import DatabaseSettings
from components.network.network import Network
from components.shared.environment import Environment
from components.shared.tagging import component_tag


@dataclass(frozen=True, kw_only=True)
class DataArgs:
    """What the data tier is made from.

    Attributes:
        environment: the environment it belongs to.
        database: the stack's `database` settings.
        cache: the stack's `cache` settings.
        network: the network; the database lives in its isolated, the cache in its private subnets.
    """

    environment: Environment
    database: DatabaseSettings
    cache: CacheSettings
    network: Network


class Data(pulumi.ComponentResource):
    """The data tier of one environment.

    Creates the KMS key, the Postgres database with its replicas, and the cache.
    """

    key_arn: pulumi.Output[str]
    database: Database
    cache: Cache
    outputs: Mapping[str, pulumi.Input[object]]

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
            DataKeyArgs(
                alias=f"{args.environment.prefix}-data",
                account_id=args.environment.account_id,
                partition=args.environment.partition,
                region=args.environment.region,
            ),
            child,
        )
        self.key_arn = key.key_arn
        self.database = Database(
            f"{name}-database",
            DatabaseArgs(
                name_prefix=args.environment.prefix,
                partition=args.environment.partition,
                settings=args.database,
                subnet_ids=args.network.database_subnet_ids,
                security_group_id=args.network.security_groups.database_id,
                kms_key_arn=self.key_arn,
                log_retention_days=args.environment.log_retention_days,
                deletion_protection=args.environment.deletion_protection,
            ),
            child,
        )
        self.cache = Cache(
            f"{name}-cache",
            CacheArgs(
                name_prefix=args.environment.prefix,
                account_id=args.environment.account_id,
                settings=args.cache,
                subnet_ids=args.network.private_subnet_ids,
                security_group_id=args.network.security_groups.cache_id,
                kms_key_arn=self.key_arn,
                log_retention_days=args.environment.log_retention_days,
                deletion_protection=args.environment.deletion_protection,
            ),
            child,
        )
        replica_endpoints = self.database.replica_endpoints
        self.outputs = {
            "databaseEndpoint": self.database.endpoint,
            "databaseSecretArn": self.database.secret_arn,
            "readReplicaEndpoint": replica_endpoints[0] if replica_endpoints else None,
            "redisEndpoint": self.cache.primary_endpoint,
            "redisSecretArn": self.cache.secret_arn,
        }
        self.register_outputs(dict(self.outputs))
