from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.rds import Instance, ParameterGroup, SubnetGroup
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

PASSWORD = "correct-horse-battery"
ROLE = "arn:aws:iam::123456789012:role/monitoring"


def subnets(aws: Connection, *zones: str) -> list[str]:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{20 + index}.0/24", AvailabilityZone=zone)[
            "Subnet"
        ]["SubnetId"]
        for index, zone in enumerate(zones)
    ]


def subnet_group(aws: Connection) -> Deployed:
    subnet_ids = subnets(aws, "us-east-1a", "us-east-1b")
    return deploy(aws, SubnetGroup(), name="data", subnetIds=subnet_ids, description="Isolated")


def parameter_group(aws: Connection, family: str = "postgres17") -> Deployed:
    return deploy(
        aws,
        ParameterGroup(),
        name="pg",
        family=family,
        description="Slow queries are logged",
        parameters=[
            {"name": "log_min_duration_statement", "value": "1000"},
            {
                "name": "shared_preload_libraries",
                "value": "pg_stat_statements",
                "applyMethod": "pending-reboot",
            },
        ],
    )


def master_inputs(**changes: Any) -> dict[str, Any]:
    return {
        "identifier": "primary",
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t3.medium",
        "allocatedStorage": 100,
        "maxAllocatedStorage": 1000,
        "storageType": "gp3",
        "storageEncrypted": True,
        "dbName": "appdb",
        "username": "dbadmin",
        "password": PASSWORD,
        "multiAz": True,
        "backupRetentionPeriod": 7,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "monitoringInterval": 60,
        "monitoringRoleArn": ROLE,
        "performanceInsightsEnabled": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "skipFinalSnapshot": True,
        **changes,
    }


def master(aws: Connection, **changes: Any) -> Deployed:
    return deploy(aws, Instance(), **master_inputs(**changes))


def replica(aws: Connection, **changes: Any) -> Deployed:
    inputs = {
        "identifier": "replica",
        "replicateSourceDb": "primary",
        "instanceClass": "db.t3.small",
        "skipFinalSnapshot": True,
        **changes,
    }
    return deploy(aws, Instance(), **inputs)


def instance(aws: Connection, identifier: str = "primary") -> dict[str, Any]:
    answer = aws.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
    return answer["DBInstances"][0]


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


def test_a_disk_does_not_shrink(aws: Connection) -> None:
    deployed = master(aws)
    with pytest.raises(ClientError, match="cannot be less than the current storage size"):
        deployed.update(allocatedStorage=50)


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


def test_a_parameter_group_of_another_major_version_is_refused(aws: Connection) -> None:
    parameter_group(aws, family="postgres16")
    with pytest.raises(ClientError, match=r"use a parameter group with .* postgres17"):
        master(aws, parameterGroupName="pg")


def test_monitoring_without_a_role_is_refused(aws: Connection) -> None:
    inputs = master_inputs()
    del inputs["monitoringRoleArn"]
    with pytest.raises(ClientError, match="MonitoringRoleARN value is required"):
        deploy(aws, Instance(), **inputs)


def test_a_subnet_group_covers_two_zones(aws: Connection) -> None:
    with pytest.raises(ClientError, match="cover at least 2 AZs"):
        deploy(
            aws,
            SubnetGroup(),
            name="data",
            subnetIds=subnets(aws, "us-east-1a", "us-east-1a"),
        )


def test_a_changed_subnet_group_still_exists_with_its_new_subnets(aws: Connection) -> None:
    group = subnet_group(aws)
    more = subnets(aws, "us-east-1a", "us-east-1b", "us-east-1c")
    group.update(subnetIds=more)
    found = aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName="data")
    listed = found["DBSubnetGroups"][0]["Subnets"]
    assert {subnet["SubnetIdentifier"] for subnet in listed} == set(more)


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


def test_parameters_are_set_changed_and_dropped(aws: Connection) -> None:
    group = parameter_group(aws)

    def values() -> dict[str, str]:
        answer = aws.client("rds").describe_db_parameters(DBParameterGroupName="pg")
        return {item["ParameterName"]: item["ParameterValue"] for item in answer["Parameters"]}

    assert values()["shared_preload_libraries"] == "pg_stat_statements"
    group.update(parameters=[{"name": "log_min_duration_statement", "value": "500"}])
    assert values()["log_min_duration_statement"] == "500"
    assert not values()["shared_preload_libraries"]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"identifier": "Primary"}, "identifier"),
        ({"identifier": "a--b"}, "identifier"),
        ({"identifier": "1a"}, "identifier"),
        ({"instanceClass": "t3.medium"}, "instanceClass"),
        ({"allocatedStorage": 19}, "allocatedStorage"),
        ({"storageType": "io1", "allocatedStorage": 99}, "allocatedStorage"),
        ({"maxAllocatedStorage": 100}, "maxAllocatedStorage"),
        ({"iops": 12_000}, "iops"),
        ({"storageThroughput": 500}, "storageThroughput"),
        ({"backupRetentionPeriod": 36}, "backupRetentionPeriod"),
        ({"backupWindow": "3:00-4:00"}, "backupWindow"),
        ({"maintenanceWindow": "Sunday"}, "maintenanceWindow"),
        ({"monitoringInterval": 45}, "monitoringInterval"),
        ({"monitoringInterval": 0}, "monitoringRoleArn"),
        ({"performanceInsightsRetentionPeriod": 8}, "performanceInsightsRetentionPeriod"),
        ({"username": "rdsadmin"}, "username"),
        ({"password": "short"}, "password"),
        ({"password": "with a space in it"}, "password"),
        ({"password": "slash/slash/slash"}, "password"),
        ({"enabledCloudwatchLogsExports": ["audit"]}, "enabledCloudwatchLogsExports"),
        ({"snapshotIdentifier": "s"}, "snapshotIdentifier"),
    ],
)
def test_what_rds_refuses_of_a_database_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(Instance(), master_inputs(**changes))


def test_a_large_gp3_disk_takes_iops_and_throughput() -> None:
    assert (
        failures(
            Instance(), master_inputs(allocatedStorage=400, iops=12_000, storageThroughput=500)
        )
        == {}
    )


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


def test_a_static_parameter_waits_for_a_reboot() -> None:
    parameters = [{"name": "shared_preload_libraries", "value": "x"}]
    found = failures(ParameterGroup(), {"family": "postgres17", "parameters": parameters})
    assert "pending-reboot" in found["parameters"]
