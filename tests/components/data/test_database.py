import json
import string
from typing import Any

import pytest

from components.data.database import Database, DatabaseArgs
from components.data.database_settings import DatabaseSettings
from tests.pulumi_recorder import Recorder, Registered, record

PREFIX = "aws-platform-test"
PRIMARY_ID = f"{PREFIX}-primary-abc123"
REPLICA_ID = f"{PREFIX}-replica-1-abc123"


def database(*, deletion_protection: bool = False, **settings: Any) -> Recorder:
    return record(
        lambda: Database(
            "db",
            DatabaseArgs(
                name_prefix=PREFIX,
                partition="aws",
                settings=DatabaseSettings.model_validate(settings),
                subnet_ids=["subnet-a", "subnet-b"],
                security_group_id="sg-database",
                kms_key_arn="arn:key",
                log_retention_days=30,
                deletion_protection=deletion_protection,
            ),
        )
    )


@pytest.fixture(scope="module")
def default() -> Recorder:
    return database()


def primary(recorded: Recorder) -> Registered:
    return recorded.one("aws:rds/instance:Instance", "db-primary")


def test_the_primary_has_every_setting_of_the_source(default: Recorder) -> None:
    assert primary(default).inputs == {
        "identifier": PRIMARY_ID,
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t3.medium",
        "username": "dbadmin",
        "password": "generated",
        "dbName": "appdb",
        "port": 5432,
        "dbSubnetGroupName": "db-subnets",
        "vpcSecurityGroupIds": ["sg-database"],
        "publiclyAccessible": False,
        "parameterGroupName": "db-parameters-17",
        "allocatedStorage": 100,
        "maxAllocatedStorage": 1000,
        "storageType": "gp3",
        "storageEncrypted": True,
        "kmsKeyId": "arn:key",
        "backupRetentionPeriod": 7,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "autoMinorVersionUpgrade": True,
        "allowMajorVersionUpgrade": True,
        "copyTagsToSnapshot": True,
        "multiAz": True,
        "monitoringInterval": 60,
        "monitoringRoleArn": "arn:aws:::db-monitoring",
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "performanceInsightsKmsKeyId": "arn:key",
        "enabledCloudwatchLogsExports": ["postgresql"],
        "deletionProtection": False,
        "deleteAutomatedBackups": True,
        "skipFinalSnapshot": True,
        "finalSnapshotIdentifier": f"{PRIMARY_ID}-final",
    }


def test_a_replica_is_told_nothing_that_it_inherits_from_its_source(default: Recorder) -> None:
    assert default.one("aws:rds/instance:Instance", "db-replica-1").inputs == {
        "identifier": REPLICA_ID,
        "replicateSourceDb": PRIMARY_ID,
        "instanceClass": "db.t3.small",
        "vpcSecurityGroupIds": ["sg-database"],
        "publiclyAccessible": False,
        "parameterGroupName": "db-parameters-17",
        "maxAllocatedStorage": 1000,
        "storageType": "gp3",
        "storageEncrypted": True,
        "backupRetentionPeriod": 0,
        "maintenanceWindow": "sun:04:00-sun:05:00",
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": True,
        "monitoringInterval": 60,
        "monitoringRoleArn": "arn:aws:::db-monitoring",
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "performanceInsightsKmsKeyId": "arn:key",
        "enabledCloudwatchLogsExports": ["postgresql"],
        "deletionProtection": False,
        "skipFinalSnapshot": True,
    }


@pytest.mark.parametrize("count", [0, 1, 3])
def test_there_are_as_many_replicas_as_asked_for_each_with_its_logs(count: int) -> None:
    recorded = database(replicaCount=count)

    names = [f"db-replica-{number}" for number in range(1, count + 1)]
    instances = recorded.of("aws:rds/instance:Instance")
    assert {one.name for one in instances} == {"db-primary", *names}
    assert len(recorded.of("LogGroup")) == count + 1


@pytest.mark.parametrize(
    ("instance", "identifier"), [("db-primary", PRIMARY_ID), ("db-replica-1", REPLICA_ID)]
)
def test_an_instances_log_group_is_there_first_with_its_retention(
    default: Recorder, instance: str, identifier: str
) -> None:
    (log_group,) = default.one("aws:rds/instance:Instance", instance).depends_on

    assert default.one("LogGroup", log_group).inputs == {
        "name": f"/aws/rds/instance/{identifier}/postgresql",
        "retentionInDays": 30,
    }


def test_protection_keeps_the_backups_and_takes_a_final_snapshot() -> None:
    recorded = database(deletion_protection=True)
    inputs = primary(recorded).inputs

    assert inputs["deletionProtection"] is True
    assert inputs["skipFinalSnapshot"] is False
    assert inputs["finalSnapshotIdentifier"] == f"{PRIMARY_ID}-final"
    assert inputs["deleteAutomatedBackups"] is False
    assert recorded.one("Secret").inputs["recoveryWindowInDays"] == 30


def test_protection_of_a_replica_asks_for_no_snapshot_of_it() -> None:
    replica = database(deletion_protection=True).one("aws:rds/instance:Instance", "db-replica-1")

    assert replica.inputs["deletionProtection"] is True
    assert replica.inputs["skipFinalSnapshot"] is True


def test_the_parameter_group_has_the_five_parameters_of_the_source_and_asks_for_tls(
    default: Recorder,
) -> None:
    group = default.one("ParameterGroup").inputs

    assert group["family"] == "postgres17"
    assert group["description"] == "Custom parameter group for PostgreSQL"
    assert {one["name"]: (one["value"], one["applyMethod"]) for one in group["parameters"]} == {
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
        "log_statement": ("all", "immediate"),
        "log_min_duration_statement": ("1000", "immediate"),
        "log_checkpoints": ("1", "immediate"),
        "log_lock_waits": ("1", "immediate"),
        "rds.force_ssl": ("1", "immediate"),
    }


def test_another_major_version_has_a_parameter_group_of_its_own() -> None:
    recorded = database(engineVersion="16.4", logStatement="ddl")
    group = recorded.one("ParameterGroup")

    assert group.name == "db-parameters-16"
    assert group.inputs["family"] == "postgres16"
    assert {"name": "log_statement", "value": "ddl", "applyMethod": "immediate"} in group.inputs[
        "parameters"
    ]
    assert primary(recorded).inputs["engineVersion"] == "16.4"
    assert primary(recorded).inputs["parameterGroupName"] == "db-parameters-16"


def test_it_lives_in_the_isolated_subnets(default: Recorder) -> None:
    assert default.one("SubnetGroup").inputs == {
        "description": "Subnet group for RDS database",
        "subnetIds": ["subnet-a", "subnet-b"],
    }


def test_the_credentials_hold_all_that_a_client_needs(default: Recorder) -> None:
    secret = default.one("Secret").inputs
    version = default.one("SecretVersion")

    assert secret["name"] == f"{PREFIX}/rds-credentials-abc123"
    assert secret["kmsKeyId"] == "arn:key"
    assert json.loads(version.inputs["secretString"]) == {
        "username": "dbadmin",
        "password": "generated",
        "host": "db-primary.db.example.com",
        "port": 5432,
        "dbname": "appdb",
        "engine": "postgres",
    }


def test_the_password_is_long_and_has_none_of_the_excluded_characters(default: Recorder) -> None:
    inputs = default.one("RandomPassword").inputs

    assert inputs["length"] == 32
    specials = set(inputs["overrideSpecial"])
    assert specials
    assert specials < set(string.punctuation)
    assert not specials & set("/@\"'\\; ")


def test_the_password_is_nowhere_in_plain_text(default: Recorder) -> None:
    assert primary(default).secret == {"password"}
    assert default.one("SecretVersion").secret == {"secretString"}
    for one in default.resources:
        plain = {key: value for key, value in one.inputs.items() if key not in one.secret}
        assert "generated" not in json.dumps(plain)


def test_enhanced_monitoring_has_the_role_that_aws_made_for_it(default: Recorder) -> None:
    (statement,) = json.loads(default.one("Role").inputs["assumeRolePolicy"])["Statement"]

    assert statement["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert default.one("RolePolicyAttachment").inputs == {
        "role": "db-monitoring",
        "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
    }


def test_every_database_setting_reaches_the_instances() -> None:
    recorded = database(
        instanceClass="db.r6g.large",
        replicaInstanceClass="db.r6g.xlarge",
        allocatedStorage=50,
        maxAllocatedStorage=0,
        storageType="gp2",
        multiAz=False,
        backupRetentionDays=14,
    )
    inputs = primary(recorded).inputs
    replica = recorded.one("aws:rds/instance:Instance", "db-replica-1").inputs

    assert inputs["instanceClass"] == "db.r6g.large"
    assert inputs["allocatedStorage"] == 50
    assert inputs["maxAllocatedStorage"] == 0
    assert inputs["storageType"] == "gp2"
    assert inputs["multiAz"] is False
    assert inputs["backupRetentionPeriod"] == 14
    assert replica["instanceClass"] == "db.r6g.xlarge"
