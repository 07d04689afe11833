"""The outputs of an RDS instance from what RDS says of it."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from local.provider.aws.parameters import Table, from_answer
from local.provider.aws.rds.parameter_group_family import parameter_group_name
from local.provider.aws.rds.windows import kept_window
from local.provider.resource_type import Aws, Properties

DESCRIBED: Table = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "availabilityZone": "AvailabilityZone",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "dbName": "DBName",
    "deletionProtection": "DeletionProtection",
    "engine": "Engine",
    "instanceClass": "DBInstanceClass",
    "iops": "Iops",
    "kmsKeyId": "KmsKeyId",
    "licenseModel": "LicenseModel",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "multiAz": "MultiAZ",
    "publiclyAccessible": "PubliclyAccessible",
    "storageEncrypted": "StorageEncrypted",
    "storageThroughput": "StorageThroughput",
    "storageType": "StorageType",
    "username": "MasterUsername",
}
HOSTED_ZONES = {
    "eu-central-1": "Z1RLNUO7B9Q6NB",
    "eu-west-1": "Z29XKXDKYMONMX",
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-2": "Z1PVIF0B656C1W",
}


def instance_outputs(
    aws: Aws, id: str, instance: dict[str, Any], properties: Properties
) -> Properties:
    """The outputs of an instance.

    Args:
        aws: the account and region.
        id: provider id of the resource.
        instance: the answer of DescribeDBInstances.
        properties: its inputs or state; empty on import.
    """
    name: str = instance["DBInstanceIdentifier"]
    endpoint: dict[str, Any] = instance["Endpoint"]
    version: str = instance["EngineVersion"] or ""
    asked = str(properties.get("engineVersion") or "")
    described: Properties = {
        **from_answer(DESCRIBED, instance),
        "identifier": name,
        "arn": instance["DBInstanceArn"],
        "address": endpoint["Address"],
        "port": endpoint["Port"],
        "endpoint": _endpoint(endpoint["Address"], endpoint["Port"]),
        "hostedZoneId": HOSTED_ZONES.get(aws.region, HOSTED_ZONES["us-east-1"]),
        # moto gives every instance the same resource id.
        "resourceId": id if id.startswith("db-") else resource_id(name),
        "status": instance["DBInstanceStatus"],
        "engineVersionActual": version,
        # A version without its minor number stays as it was asked for.
        "engineVersion": asked
        if asked and (version == asked or version.startswith(f"{asked}."))
        else version,
        "parameterGroupName": parameter_group_name(instance),
        "vpcSecurityGroupIds": _in_order(
            [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]],
            properties.get("vpcSecurityGroupIds"),
        ),
        "backupWindow": kept_window(instance, properties),
        "iamDatabaseAuthenticationEnabled": instance.get("IAMDatabaseAuthenticationEnabled", False),
        "caCertIdentifier": properties.get("caCertIdentifier") or "rds-ca-rsa2048-g1",
    }
    described.setdefault("maxAllocatedStorage", 0)
    described.setdefault("monitoringInterval", 0)
    if instance.get("DBSubnetGroup"):
        described["dbSubnetGroupName"] = instance["DBSubnetGroup"]["DBSubnetGroupName"]
    if source := instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        described["replicateSourceDb"] = properties.get("replicateSourceDb") or source
        # AWS has no database name of its own for a replica.
        described.pop("dbName", None)
    # Not here: `replicas` (set by the replicas' own resources) and
    # `latestRestorableTime` (moves on its own), so that a refresh shows real drift only.
    return described


def _endpoint(address: str | None, port: int | None) -> str | None:
    """None until there is one: an instance that is being created has none."""
    return f"{address}:{port}" if address and port else None


def resource_id(identifier: str) -> str:
    """The resource id (`db-…`) of the instance with this identifier."""
    digest = hashlib.sha256(identifier.encode()).digest()
    return f"db-{base64.b32encode(digest).decode()[:26]}"


def _in_order(answer: list[str], kept: list[str] | None) -> list[str]:
    """A set's answer in the order that is known already, where it is the same set."""
    return kept if kept is not None and sorted(kept) == sorted(answer) else answer
