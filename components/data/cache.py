"""Redis or Valkey on ElastiCache: one replication group."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.data.cache_settings import CacheSettings
from components.network.security_groups import REDIS_PORT
from components.shared.allowed_values import has_data_tiering
from components.shared.generated_secret import GeneratedSecret, GeneratedSecretArgs
from components.shared.policy import policy

AUTH_TOKEN_LENGTH = 64
SNAPSHOT_WINDOW_UTC = "03:00-05:00"
MAINTENANCE_WINDOW_UTC = "sun:05:00-sun:06:00"
IDLE_TIMEOUT_SECONDS = "300"
EVICTION_POLICY = "allkeys-lru"
LOG_TYPES = ("slow-log", "engine-log")
LOG_DELIVERY_SERVICE = "delivery.logs.amazonaws.com"
IDENTIFIER_SUFFIX_BYTES = 4
# ElastiCache API Reference, "CreateReplicationGroup": an id has 40 characters at the most.
LONGEST_IDENTIFIER = 40


@dataclass(frozen=True, kw_only=True)
class CacheArgs:
    """What a cache is made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of physical names.
        account_id: the AWS account.
        settings: the stack's `cache` settings.
        subnet_ids: the private subnets.
        security_group_id: who may reach it; a group of its own.
        kms_key_arn: the key that encrypts data at rest and the token.
        log_retention_days: retention of its logs in days.
        deletion_protection: take a final snapshot and keep the secret recoverable.
    """

    name_prefix: str
    account_id: str
    settings: CacheSettings
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_retention_days: int
    deletion_protection: bool


class Cache(pulumi.ComponentResource):
    """A replication group with both encryptions.

    Creates a generated auth token and the secret that holds it, the subnet group, the parameter
    group, log groups for the slow and the engine log with the resource policy that lets
    ElastiCache write them, and the replication group.
    """

    cluster_ids: Sequence[pulumi.Output[str]]
    primary_endpoint: pulumi.Output[str]
    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:data:Cache", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        settings = args.settings
        token = random.RandomPassword(
            f"{name}-token", length=AUTH_TOKEN_LENGTH, special=False, opts=self._child
        )
        subnet_group = aws.elasticache.SubnetGroup(
            f"{name}-subnets",
            description="Subnet group for ElastiCache",
            subnet_ids=args.subnet_ids,
            opts=self._child,
        )
        parameter_group = self._create_parameter_group()
        log_groups = {kind: self._log_group(kind) for kind in LOG_TYPES}
        log_policy = self._allow_log_delivery(list(log_groups.values()))
        identifier = self._identifier()
        group = aws.elasticache.ReplicationGroup(
            f"{name}-group",
            replication_group_id=identifier,
            description="Redis cluster for application caching",
            engine=settings.engine,
            engine_version=settings.engine_version,
            node_type=settings.node_type,
            data_tiering_enabled=True if has_data_tiering(settings.node_type) else None,
            num_cache_clusters=settings.node_count,
            port=REDIS_PORT,
            subnet_group_name=subnet_group.name,
            security_group_ids=[args.security_group_id],
            parameter_group_name=parameter_group.name,
            at_rest_encryption_enabled=True,
            kms_key_id=args.kms_key_arn,
            transit_encryption_enabled=True,
            # With the token from the beginning: one put on later leaves password-less access.
            auth_token=token.result,
            automatic_failover_enabled=settings.automatic_failover,
            multi_az_enabled=settings.automatic_failover,
            snapshot_retention_limit=settings.snapshot_retention_days,
            snapshot_window=SNAPSHOT_WINDOW_UTC,
            final_snapshot_identifier=pulumi.Output.concat(identifier, "-final")
            if args.deletion_protection
            else None,
            maintenance_window=MAINTENANCE_WINDOW_UTC,
            auto_minor_version_upgrade=True,
            notification_topic_arn=settings.notification_topic_arn or None,
            log_delivery_configurations=[
                {
                    "destination": log_group.name,
                    "destination_type": "cloudwatch-logs",
                    "log_format": "json",
                    "log_type": kind,
                }
                for kind, log_group in log_groups.items()
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_policy]),
        )
        secret = GeneratedSecret(
            f"{name}-credentials",
            GeneratedSecretArgs(
                secret_name=f"{args.name_prefix}/cache-credentials",
                description="Auth token of the cache",
                value={
                    "authToken": token.result,
                    "host": group.primary_endpoint_address,
                    "port": REDIS_PORT,
                },
                kms_key_arn=args.kms_key_arn,
                deletion_protection=args.deletion_protection,
            ),
            self._child,
        )
        # ElastiCache numbers the clusters of a group, one a node, in this way.
        self.cluster_ids = [
            pulumi.Output.format("{0}-{1:03d}", group.replication_group_id, number)
            for number in range(1, settings.node_count + 1)
        ]
        self.primary_endpoint = group.primary_endpoint_address
        self.secret_arn = secret.secret_arn
        self.register_outputs(
            {"primaryEndpoint": self.primary_endpoint, "secretArn": self.secret_arn}
        )

    def _identifier(self) -> pulumi.Output[str]:
        suffix = random.RandomId(
            f"{self._name}-id", byte_length=IDENTIFIER_SUFFIX_BYTES, opts=self._child
        )
        room = LONGEST_IDENTIFIER - 2 * IDENTIFIER_SUFFIX_BYTES - 1
        return pulumi.Output.concat(self._args.name_prefix[:room].rstrip("-"), "-", suffix.hex)

    def _create_parameter_group(self) -> aws.elasticache.ParameterGroup:
        settings = self._args.settings
        major = settings.engine_version.partition(".")[0]
        # ElastiCache API Reference, "CreateCacheParameterGroup", CacheParameterGroupFamily.
        family = f"{settings.engine}{major}" + (
            ".x" if (settings.engine, major) == ("redis", "6") else ""
        )
        return aws.elasticache.ParameterGroup(
            f"{self._name}-parameters-{settings.engine}{major}",
            family=family,
            description="Custom parameter group for Redis",
            parameters=[
                {"name": "maxmemory-policy", "value": EVICTION_POLICY},
                {"name": "timeout", "value": IDLE_TIMEOUT_SECONDS},
            ],
            opts=self._child,
        )

    def _log_group(self, kind: str) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{kind}",
            name=f"/aws/elasticache/{self._args.name_prefix}-{kind}",
            retention_in_days=self._args.log_retention_days,
            opts=self._child,
        )

    def _allow_log_delivery(
        self, log_groups: Sequence[aws.cloudwatch.LogGroup]
    ) -> aws.cloudwatch.LogResourcePolicy:
        """One policy for all the groups: an account has ten of them in a region."""
        return aws.cloudwatch.LogResourcePolicy(
            f"{self._name}-log-delivery",
            policy_name=f"{self._args.name_prefix}-log-delivery",
            policy_document=policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": LOG_DELIVERY_SERVICE},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": [pulumi.Output.concat(group.arn, ":*") for group in log_groups],
                    "Condition": {"StringEquals": {"aws:SourceAccount": self._args.account_id}},
                }
            ),
            opts=self._child,
        )
