"""What is particular to an RDS instance that replicates another."""

from __future__ import annotations

from collections.abc import Iterator

from local.provider.aws.described import refuse
from local.provider.aws.parameters import tag_list, to_request
from local.provider.aws.rds.instance_settings import COMMON, CREATE, MASTER, only
from local.provider.aws.rds.windows import with_apart_windows
from local.provider.aws.rules import not_together
from local.provider.resource_type import Aws, CheckFailure, Properties


def replica_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """What RDS refuses of a replica's inputs."""
    source = inputs.get("replicateSourceDb")
    if not source:
        return
    for name in ("dbName", "engine", "password", "username"):
        yield from not_together(inputs, "replicateSourceDb", name)
    if inputs.get("dbSubnetGroupName") and not source.startswith("arn:"):
        yield CheckFailure(
            "dbSubnetGroupName",
            "a replica in its source's region is in its source's subnet group; leave it out",
        )
    if not inputs.get("skipFinalSnapshot"):
        yield CheckFailure(
            "skipFinalSnapshot", "must be true: AWS takes no final snapshot of a replica"
        )
    if inputs.get("finalSnapshotIdentifier"):
        yield CheckFailure("finalSnapshotIdentifier", "AWS takes no final snapshot of a replica")


def create_replica(aws: Aws, source: str, inputs: Properties) -> None:
    """Create a replica with the settings that AWS, not moto, gives it."""
    rds = aws.client("rds")
    master = rds.describe_db_instances(DBInstanceIdentifier=source.rsplit(":", 1)[-1])[
        "DBInstances"
    ][0]
    if not master["BackupRetentionPeriod"]:
        refuse(
            "CreateDBInstanceReadReplica",
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable "
            "automated backups, use ModifyDBInstance to set the backup retention period to a "
            "non-zero value.",
        )
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier=inputs["identifier"],
        SourceDBInstanceIdentifier=source,
        **to_request({**COMMON, **CREATE}, inputs),
        Tags=tag_list(inputs),
    )
    # moto copies from the source what AWS sets to a default of its own.
    defaults = {
        "BackupRetentionPeriod": 0,
        "DeletionProtection": False,
        "MultiAZ": False,
        "MonitoringInterval": 0,
    }
    later = to_request(MASTER, with_apart_windows(inputs))
    rds.modify_db_instance(
        DBInstanceIdentifier=inputs["identifier"],
        ApplyImmediately=True,
        **{**defaults, **later, **to_request(only(COMMON, defaults), inputs)},
    )
