"""What the tests of several RDS types deploy."""

from typing import Any

from local.provider.aws.rds.instance import Instance
from local.provider.aws.rds.parameter_group import ParameterGroup
from local.provider.aws.rds.subnet_group import SubnetGroup
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy

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
