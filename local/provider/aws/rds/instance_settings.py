"""The settings of an RDS instance, by the API calls that take them."""

from __future__ import annotations

from collections.abc import Iterable

from local.provider.aws.parameters import Table
from local.provider.resource_type import Properties

COMMON: Table = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "caCertIdentifier": "CACertificateIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "databaseInsightsMode": "DatabaseInsightsMode",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "deletionProtection": "DeletionProtection",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "instanceClass": "DBInstanceClass",
    "iops": "Iops",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "multiAz": "MultiAZ",
    "networkType": "NetworkType",
    "optionGroupName": "OptionGroupName",
    "parameterGroupName": "DBParameterGroupName",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "publiclyAccessible": "PubliclyAccessible",
    "storageThroughput": "StorageThroughput",
    "storageType": "StorageType",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
}
"""Settings that CreateDBInstance, CreateDBInstanceReadReplica and ModifyDBInstance take alike."""

CREATE: Table = {
    "availabilityZone": "AvailabilityZone",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "kmsKeyId": "KmsKeyId",
    "port": "Port",
}
MASTER: Table = {
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "engineVersion": "EngineVersion",
    "licenseModel": "LicenseModel",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "password": "MasterUserPassword",
}
"""Settings that a replica takes only by ModifyDBInstance."""

MASTER_CREATE: Table = {
    "characterSetName": "CharacterSetName",
    "dbName": "DBName",
    "engine": "Engine",
    "storageEncrypted": "StorageEncrypted",
    "username": "MasterUsername",
}


def only(table: Table, names: Iterable[str]) -> Table:
    """The rows of a table whose Pulumi or API name is one of `names`."""
    wanted = set(names)
    return {name: target for name, target in table.items() if name in wanted or target in wanted}


def changed_names(table: Table, old: Properties, new: Properties) -> list[str]:
    """The given settings of a table whose value is not the old one."""
    return [name for name in table if name in new and old.get(name) != new[name]]
