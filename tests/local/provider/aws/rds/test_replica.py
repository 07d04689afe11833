"""RDS instances that replicate another."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.rds.instance import Instance
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import failures
from tests.local.provider.aws.rds.deployments import PASSWORD, ROLE, instance, master, replica


def test_a_replica_has_its_own_settings_and_is_no_drift_of_its_source(aws: Connection) -> None:
    source = master(aws, deletionProtection=True)
    deployed = replica(aws, monitoringInterval=60, monitoringRoleArn=ROLE)
    found = instance(aws, "replica")
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == "primary"
    assert found["DBInstanceClass"] == "db.t3.small"
    assert found["BackupRetentionPeriod"] == 0
    assert found["MultiAZ"] is False
    assert found["DeletionProtection"] is False
    assert found["MonitoringInterval"] == 60
    assert deployed.state["username"] == "dbadmin"
    assert deployed.state["address"] != source.state["address"]
    assert deployed.id != source.id
    source.assert_no_drift()
    deployed.delete()
    assert deployed.read() is None
    assert instance(aws)["DBInstanceIdentifier"] == "primary"


def test_a_source_without_backups_has_no_replica(aws: Connection) -> None:
    master(aws, backupRetentionPeriod=0)
    with pytest.raises(ClientError, match="Automated backups are not enabled"):
        replica(aws)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"username": "dbadmin"}, "username"),
        ({"password": PASSWORD}, "password"),
        ({"dbName": "appdb"}, "dbName"),
        ({"skipFinalSnapshot": False}, "skipFinalSnapshot"),
        ({"finalSnapshotIdentifier": "last"}, "finalSnapshotIdentifier"),
        ({"dbSubnetGroupName": "data"}, "dbSubnetGroupName"),
    ],
)
def test_what_a_replica_has_from_its_source_is_refused(
    changes: dict[str, Any], refused: str
) -> None:
    inputs = {"instanceClass": "db.t3.small", "skipFinalSnapshot": True, **changes}
    assert refused in failures(Instance(), {"replicateSourceDb": "primary", **inputs})
