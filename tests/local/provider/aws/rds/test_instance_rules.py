"""What RDS refuses of an instance."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.rds.instance import Instance
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures
from tests.local.provider.aws.rds.deployments import master, master_inputs


def test_a_disk_does_not_shrink(aws: Connection) -> None:
    deployed = master(aws)
    with pytest.raises(ClientError, match="cannot be less than the current storage size"):
        deployed.update(allocatedStorage=50)


def test_monitoring_without_a_role_is_refused(aws: Connection) -> None:
    inputs = master_inputs()
    del inputs["monitoringRoleArn"]
    with pytest.raises(ClientError, match="MonitoringRoleARN value is required"):
        deploy(aws, Instance(), **inputs)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"identifier": "Primary"}, "identifier"),
        ({"identifier": "a--b"}, "identifier"),
        ({"identifier": "a-"}, "identifier"),
        ({"identifier": "1a"}, "identifier"),
        ({"instanceClass": "t3.medium"}, "instanceClass"),
        ({"instanceClass": "db.m4.large"}, "instanceClass"),
        ({"instanceClass": "db.r3.large"}, "instanceClass"),
        ({"instanceClass": "db.t2.micro", "storageEncrypted": True}, "storageEncrypted"),
        ({"instanceClass": "db.m2.xlarge", "storageEncrypted": True}, "storageEncrypted"),
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
