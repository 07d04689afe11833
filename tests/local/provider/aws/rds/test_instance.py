"""RDS instances as they are deployed, changed, read and deleted."""

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.rds.instance import Instance
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import imported
from tests.local.provider.aws.rds.deployments import instance, master, parameter_group, subnet_group


def test_a_database_exists_with_every_setting_given(aws: Connection) -> None:
    group, parameters = subnet_group(aws), parameter_group(aws)
    deployed = master(
        aws,
        dbSubnetGroupName=group.id,
        parameterGroupName=parameters.id,
        deletionProtection=True,
        copyTagsToSnapshot=True,
        tagsAll={"Project": "p"},
    )
    found = instance(aws)
    assert found["MultiAZ"] is True
    assert found["StorageType"] == "gp3"
    assert (found["AllocatedStorage"], found["MaxAllocatedStorage"]) == (100, 1000)
    assert found["BackupRetentionPeriod"] == 7
    assert found["PreferredMaintenanceWindow"] == "sun:04:00-sun:05:00"
    # moto refuses windows that touch, so that it has one minute less.
    assert found["PreferredBackupWindow"] == "03:00-03:59"
    assert deployed.state["backupWindow"] == "03:00-04:00"
    assert found["MonitoringInterval"] == 60
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == "data"
    assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "pg"
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert found["DeletionProtection"] is True
    state = deployed.state
    assert state["endpoint"] == f"{state['address']}:5432"
    assert state["port"] == 5432
    assert state["arn"] == "arn:aws:rds:us-east-1:123456789012:db:primary"
    assert state["resourceId"] == deployed.id
    assert deployed.id.startswith("db-")
    assert state["engineVersion"] == "17"
    assert "password" in Instance.secret_outputs


def test_a_changed_database_is_changed_in_place(aws: Connection) -> None:
    deployed = master(aws, tagsAll={"a": "1"})
    deployed.update(
        instanceClass="db.t3.large",
        backupRetentionPeriod=14,
        allocatedStorage=200,
        deletionProtection=True,
        enabledCloudwatchLogsExports=["postgresql", "upgrade"],
        tagsAll={"b": "2"},
    )
    found = instance(aws)
    assert found["DBInstanceClass"] == "db.t3.large"
    assert found["BackupRetentionPeriod"] == 14
    assert found["AllocatedStorage"] == 200
    assert found["DeletionProtection"] is True
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert found["TagList"] == [{"Key": "b", "Value": "2"}]


def test_a_protected_database_refuses_to_go(aws: Connection) -> None:
    deployed = master(aws, deletionProtection=True)
    with pytest.raises(ClientError, match="disable deletion protection"):
        deployed.delete()
    assert deployed.read() is not None
    deployed.update(deletionProtection=False)
    deployed.delete()
    assert deployed.read() is None


def test_a_final_snapshot_is_taken_under_its_name(aws: Connection) -> None:
    deployed = master(aws, skipFinalSnapshot=False, finalSnapshotIdentifier="last-of-primary")
    deployed.delete()
    snapshots = aws.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert [item["DBSnapshotIdentifier"] for item in snapshots] == ["last-of-primary"]


def test_a_database_without_a_name_for_its_final_snapshot_is_not_deleted(aws: Connection) -> None:
    deployed = master(aws, skipFinalSnapshot=False)
    with pytest.raises(ClientError, match="finalSnapshotIdentifier is required"):
        deployed.delete()
    assert deployed.read() is not None


def test_a_setting_changed_by_someone_else_shows_at_a_refresh(aws: Connection) -> None:
    deployed = master(aws)
    aws.client("rds").modify_db_instance(
        DBInstanceIdentifier="primary", BackupRetentionPeriod=1, ApplyImmediately=True
    )
    read = deployed.read()
    assert read is not None
    assert read["backupRetentionPeriod"] == 1


def test_a_database_is_imported_by_its_identifier(aws: Connection) -> None:
    master(aws)
    read = imported(aws, Instance(), "primary")
    assert read is not None
    assert (read["dbName"], read["username"]) == ("appdb", "dbadmin")


def test_groups_in_use_are_not_deleted(aws: Connection) -> None:
    group, parameters = subnet_group(aws), parameter_group(aws)
    database = master(aws, dbSubnetGroupName=group.id, parameterGroupName=parameters.id)
    with pytest.raises(ClientError, match="primary is still using it"):
        group.delete()
    with pytest.raises(ClientError, match="still members of this parameter group"):
        parameters.delete()
    database.delete()
    group.delete()
    parameters.delete()
    assert group.read() is None
    assert parameters.read() is None
