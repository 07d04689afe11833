"""Postgres on RDS: a primary and its read replicas."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.data.database_settings import DatabaseSettings
from components.network.security_groups import POSTGRES_PORT
from components.shared.generated_secret import GeneratedSecret, GeneratedSecretArgs
from components.shared.policy import assume_role_policy

USERNAME = "dbadmin"
DATABASE_NAME = "appdb"
PASSWORD_LENGTH = 32
# Printable ASCII without the source's excluded characters / @ " ' \ ; and without spaces.
PASSWORD_SPECIALS = "!#$%&*()-_=+[]{}<>:?,.|~^"  # noqa: S105 - allowed characters
BACKUP_WINDOW_UTC = "03:00-04:00"
MAINTENANCE_WINDOW_UTC = "sun:04:00-sun:05:00"
MONITORING_INTERVAL_SECONDS = 60
# RDS User Guide, "Pricing and data retention for Performance Insights": the free tier.
PERFORMANCE_INSIGHTS_DAYS = 7
IDENTIFIER_SUFFIX_BYTES = 4
SLOW_STATEMENT_MILLISECONDS = "1000"


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What a database is made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of physical names.
        partition: the AWS partition.
        settings: the stack's `database` settings.
        subnet_ids: the isolated subnets, at least two zones.
        security_group_id: who may reach it.
        kms_key_arn: the key that encrypts storage, insights and the credentials.
        log_retention_days: retention of its logs in days.
        deletion_protection: refuse deletion and take a final snapshot.
    """

    name_prefix: str
    partition: str
    settings: DatabaseSettings
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_retention_days: int
    deletion_protection: bool


class Database(pulumi.ComponentResource):
    """A Postgres primary with its replicas.

    Creates a generated password and the secret that holds the credentials, the subnet group, the
    parameter group, the enhanced monitoring role, the log groups, the primary and the replicas.
    """

    identifier: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    secret_arn: pulumi.Output[str]
    allocated_storage_gb: int
    replica_identifiers: Sequence[pulumi.Output[str]]
    replica_endpoints: Sequence[pulumi.Output[str]]

    def __init__(
        self, name: str, args: DatabaseArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:data:Database", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._monitoring_role = self._create_monitoring_role()
        self._parameter_group = self._create_parameter_group()
        subnet_group = aws.rds.SubnetGroup(
            f"{name}-subnets",
            description="Subnet group for RDS database",
            subnet_ids=args.subnet_ids,
            opts=self._child,
        )
        password = random.RandomPassword(
            f"{name}-password",
            length=PASSWORD_LENGTH,
            override_special=PASSWORD_SPECIALS,
            opts=self._child,
        )
        primary = self._create_primary(subnet_group, password)
        replicas = [
            self._create_replica(f"replica-{number}", primary)
            for number in range(1, args.settings.replica_count + 1)
        ]
        secret = GeneratedSecret(
            f"{name}-credentials",
            GeneratedSecretArgs(
                secret_name=f"{args.name_prefix}/rds-credentials",
                description="Credentials of the Postgres primary",
                value={
                    "username": USERNAME,
                    "password": password.result,
                    "host": primary.address,
                    "port": POSTGRES_PORT,
                    "dbname": DATABASE_NAME,
                    "engine": "postgres",
                },
                kms_key_arn=args.kms_key_arn,
                deletion_protection=args.deletion_protection,
            ),
            self._child,
        )
        self.identifier = primary.identifier
        self.endpoint = primary.address
        self.secret_arn = secret.secret_arn
        self.allocated_storage_gb = args.settings.allocated_storage
        self.replica_identifiers = [replica.identifier for replica in replicas]
        self.replica_endpoints = [replica.address for replica in replicas]
        self.register_outputs({"endpoint": self.endpoint, "secretArn": self.secret_arn})

    def _create_monitoring_role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._name}-monitoring",
            description="Lets RDS publish enhanced monitoring",
            assume_role_policy=assume_role_policy("monitoring.rds.amazonaws.com"),
            opts=self._child,
        )
        aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring",
            role=role.name,
            policy_arn=(
                f"arn:{self._args.partition}:iam::aws:policy/service-role"
                "/AmazonRDSEnhancedMonitoringRole"
            ),
            opts=self._child,
        )
        return role

    def _create_parameter_group(self) -> aws.rds.ParameterGroup:
        settings = self._args.settings
        parameters = {
            "log_statement": settings.log_statement,
            "log_min_duration_statement": SLOW_STATEMENT_MILLISECONDS,
            "log_checkpoints": "1",
            "log_lock_waits": "1",
            "rds.force_ssl": "1",
        }
        major = settings.engine_version.partition(".")[0]
        return aws.rds.ParameterGroup(
            # Another major version is another group, made before the upgrade uses it.
            f"{self._name}-parameters-{major}",
            family=f"postgres{major}",
            description="Custom parameter group for PostgreSQL",
            parameters=[
                # A static parameter: it takes effect at the next reboot.
                {
                    "name": "shared_preload_libraries",
                    "value": "pg_stat_statements",
                    "apply_method": "pending-reboot",
                },
                *(
                    {"name": key, "value": value, "apply_method": "immediate"}
                    for key, value in parameters.items()
                ),
            ],
            opts=self._child,
        )

    def _identifier(self, role: str) -> pulumi.Output[str]:
        """A name known before the instance is, since its log group comes first."""
        suffix = random.RandomId(
            f"{self._name}-{role}-id", byte_length=IDENTIFIER_SUFFIX_BYTES, opts=self._child
        )
        return pulumi.Output.concat(self._args.name_prefix, "-", role, "-", suffix.hex)

    def _log_group(self, role: str, identifier: pulumi.Output[str]) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            f"{self._name}-{role}-logs",
            name=pulumi.Output.concat("/aws/rds/instance/", identifier, "/postgresql"),
            retention_in_days=self._args.log_retention_days,
            opts=self._child,
        )

    def _create_primary(
        self, subnet_group: aws.rds.SubnetGroup, password: random.RandomPassword
    ) -> aws.rds.Instance:
        args, settings = self._args, self._args.settings
        identifier = self._identifier("primary")
        log_group = self._log_group("primary", identifier)
        return aws.rds.Instance(
            f"{self._name}-primary",
            identifier=identifier,
            engine="postgres",
            engine_version=settings.engine_version,
            instance_class=settings.instance_class,
            username=USERNAME,
            password=password.result,
            db_name=DATABASE_NAME,
            port=POSTGRES_PORT,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            parameter_group_name=self._parameter_group.name,
            allocated_storage=settings.allocated_storage,
            max_allocated_storage=settings.max_allocated_storage,
            storage_type=settings.storage_type,
            storage_encrypted=True,
            kms_key_id=args.kms_key_arn,
            backup_retention_period=settings.backup_retention_days,
            backup_window=BACKUP_WINDOW_UTC,
            maintenance_window=MAINTENANCE_WINDOW_UTC,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=True,
            copy_tags_to_snapshot=True,
            multi_az=settings.multi_az,
            monitoring_interval=MONITORING_INTERVAL_SECONDS,
            monitoring_role_arn=self._monitoring_role.arn,
            performance_insights_enabled=True,
            performance_insights_retention_period=PERFORMANCE_INSIGHTS_DAYS,
            performance_insights_kms_key_id=args.kms_key_arn,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=args.deletion_protection,
            delete_automated_backups=not args.deletion_protection,
            skip_final_snapshot=not args.deletion_protection,
            # Destroy reads this from the state, so it has to stand there from the beginning.
            final_snapshot_identifier=pulumi.Output.concat(identifier, "-final"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_group]),
        )

    def _create_replica(self, role: str, primary: aws.rds.Instance) -> aws.rds.Instance:
        args = self._args
        identifier = self._identifier(role)
        log_group = self._log_group(role, identifier)
        # Credentials, database name, subnet group and key are the source's own.
        return aws.rds.Instance(
            f"{self._name}-{role}",
            identifier=identifier,
            replicate_source_db=primary.identifier,
            instance_class=args.settings.replica_instance_class,
            vpc_security_group_ids=[args.security_group_id],
            publicly_accessible=False,
            parameter_group_name=self._parameter_group.name,
            max_allocated_storage=args.settings.max_allocated_storage,
            storage_type=args.settings.storage_type,
            storage_encrypted=True,
            backup_retention_period=0,
            maintenance_window=MAINTENANCE_WINDOW_UTC,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            monitoring_interval=MONITORING_INTERVAL_SECONDS,
            monitoring_role_arn=self._monitoring_role.arn,
            performance_insights_enabled=True,
            performance_insights_retention_period=PERFORMANCE_INSIGHTS_DAYS,
            performance_insights_kms_key_id=args.kms_key_arn,
            enabled_cloudwatch_logs_exports=["postgresql"],
            deletion_protection=args.deletion_protection,
            # A replica's data is its source's: no snapshot of it is taken.
            skip_final_snapshot=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_group]),
        )
