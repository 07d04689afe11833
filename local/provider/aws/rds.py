"""RDS database instances, their subnet groups and parameter groups."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import (
    Table,
    changed,
    elements,
    from_answer,
    given,
    nested,
    removed_tags,
    tag_list,
    tags_from,
    to_request,
)
from local.provider.aws.rules import between, matching, not_together, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_INSTANCE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
NO_SUBNET_GROUP = ("DBSubnetGroupNotFoundFault", "DBSubnetGroupNotFound")
NO_PARAMETER_GROUP = ("DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")

# Amazon RDS user guide: "Amazon RDS DB instance storage", "Quotas and constraints", "Turning
# Enhanced Monitoring on and off", "Settings for DB instances".
GP3_STRIPED_FROM_GB = 400
LEAST_STORAGE_GB = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
MOST_STORAGE_GB = 65_536
LEAST_AUTOSCALING_HEADROOM = 1.1
MONITORING_INTERVALS_SECONDS = frozenset({0, 1, 5, 10, 15, 30, 60})
PERFORMANCE_INSIGHTS_DAYS = frozenset({7, 731, *(31 * months for months in range(1, 24))})
POSTGRES_LOGS = frozenset({"iam-db-auth-error", "postgresql", "upgrade"})
RESERVED_POSTGRES_NAMES = frozenset({"admin", "postgres_admin", "rds_superuser", "rdsadmin"})
MOST_PARAMETERS_PER_CALL = 20
DAY = "(mon|tue|wed|thu|fri|sat|sun)"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
HOSTED_ZONES = {
    "eu-central-1": "Z1RLNUO7B9Q6NB",
    "eu-west-1": "Z29XKXDKYMONMX",
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-2": "Z1PVIF0B656C1W",
}


class SubnetGroup(DescribedType):
    """`aws.rds.SubnetGroup`; the id is the name."""

    token = "aws:rds/subnetGroup:SubnetGroup"  # noqa: S105
    table = {
        "description": "DBSubnetGroupDescription",
        "name": "DBSubnetGroupName",
        "subnetIds": "SubnetIds",
    }
    replace_on = frozenset({"name"})
    auto_name = AutoName(max_length=255, lower=True)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"(?!default$)[a-z0-9 ._-]{1,255}", "lower-case, and not `default`"
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        _require_two_zones(aws, inputs["subnetIds"])
        aws.client("rds").create_db_subnet_group(
            **_with_description(to_request(self.table, inputs), "DBSubnetGroupDescription"),
            Tags=tag_list(inputs),
        )
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:  # noqa: ARG002
        with ignoring(*NO_SUBNET_GROUP):
            group: dict[str, Any] = aws.client("rds").describe_db_subnet_groups(
                DBSubnetGroupName=id
            )["DBSubnetGroups"][0]
            return {
                "arn": group.get("DBSubnetGroupArn") or _arn(aws, "subgrp", id),
                "name": group["DBSubnetGroupName"],
                "description": group["DBSubnetGroupDescription"],
                "subnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
                "vpcId": group["VpcId"],
                "supportedNetworkTypes": group.get("SupportedNetworkTypes") or ["IPV4"],
            }
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return _tags(aws, described["arn"])

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        rds = aws.client("rds")
        if changed(old, new, "subnetIds", "description"):
            _require_two_zones(aws, new["subnetIds"])
            rds.modify_db_subnet_group(
                **_with_description(
                    {**to_request(self.table, new), "DBSubnetGroupName": id},
                    "DBSubnetGroupDescription",
                )
            )
            if self.describe(aws, id, new) is None:
                # moto drops the group from its list when it is modified.
                self.create(aws, {**new, "name": id})
        described = self.outputs(aws, id, new)
        _put_tags(aws, described["arn"], old, new)
        return described

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        rds = aws.client("rds")
        for instance in rds.describe_db_instances()["DBInstances"]:
            if nested(instance, "DBSubnetGroup").get("DBSubnetGroupName") == id:
                refuse(
                    "DeleteDBSubnetGroup",
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{id}' because at least one database "
                    f"instance: {instance['DBInstanceIdentifier']} is still using it.",
                )
        with ignoring(*NO_SUBNET_GROUP):
            rds.delete_db_subnet_group(DBSubnetGroupName=id)


PARAMETER: Table = {
    "name": "ParameterName",
    "value": "ParameterValue",
    "applyMethod": "ApplyMethod",
}


class ParameterGroup(DescribedType):
    """`aws.rds.ParameterGroup`; the id is the name."""

    token = "aws:rds/parameterGroup:ParameterGroup"  # noqa: S105
    table = {
        "description": "Description",
        "family": "DBParameterGroupFamily",
        "name": "DBParameterGroupName",
        "parameters": ("Parameters", PARAMETER),
    }
    handled = frozenset({"skipDestroy"})
    replace_on = frozenset({"name", "family", "description"})
    auto_name = AutoName(max_length=255, lower=True)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs,
            "name",
            r"[a-z](?!.*--)[a-z0-9.-]{0,253}[a-z0-9]",
            "lower-case letters, digits, . and -, beginning with a letter",
        )
        yield from matching(inputs, "family", r"[a-z][a-z0-9.-]*\d", "a family such as postgres17")
        parameters: list[Properties] = elements(inputs, "parameters")
        names = [parameter["name"] for parameter in parameters if "name" in parameter]
        if len(set(names)) != len(names):
            yield CheckFailure("parameters", "one parameter is given twice")
        for parameter in parameters:
            method = {"parameters": parameter.get("applyMethod")}
            yield from one_of(method, "parameters", {"immediate", "pending-reboot"})
            if (
                parameter.get("name") in STATIC_PARAMETERS
                and parameter.get("applyMethod", "immediate") == "immediate"
            ):
                yield CheckFailure(
                    "parameters",
                    f"{parameter['name']} is static: its applyMethod is pending-reboot",
                )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        group = {name: value for name, value in inputs.items() if name != "parameters"}
        aws.client("rds").create_db_parameter_group(
            **_with_description(to_request(self.table, group), "Description"),
            Tags=tag_list(inputs),
        )
        self._put_parameters(aws, inputs["name"], elements(inputs, "parameters"))
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        rds = aws.client("rds")
        with ignoring(*NO_PARAMETER_GROUP):
            groups = rds.describe_db_parameter_groups(DBParameterGroupName=id)
            if not groups["DBParameterGroups"]:
                return None
            group: dict[str, Any] = groups["DBParameterGroups"][0]
            answer = rds.describe_db_parameters(DBParameterGroupName=id, Source="user")
            parameters = [
                from_answer(PARAMETER, parameter)
                for parameter in answer["Parameters"]
                if parameter.get("ParameterValue")
            ]
            # A set: AWS answers in an order of its own.
            order = [item["name"] for item in elements(properties, "parameters")]
            parameters.sort(
                key=lambda item: (
                    order.index(item["name"]) if item["name"] in order else len(order),
                    item["name"],
                )
            )
            return {
                "arn": group.get("DBParameterGroupArn") or _arn(aws, "pg", id),
                "name": group["DBParameterGroupName"],
                "family": group["DBParameterGroupFamily"],
                "description": group["Description"],
                "parameters": parameters,
            }
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return _tags(aws, described["arn"])

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        wanted: list[Properties] = elements(new, "parameters")
        names = {parameter["name"] for parameter in wanted}
        removed = [
            parameter for parameter in elements(old, "parameters") if parameter["name"] not in names
        ]
        if removed:
            # moto has no ResetDBParameterGroup: a parameter without value is its default.
            self._put_parameters(aws, id, [{**item, "value": ""} for item in removed])
        self._put_parameters(aws, id, wanted)
        described = self.outputs(aws, id, new)
        _put_tags(aws, described["arn"], old, new)
        return described

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("skipDestroy"):
            return
        rds = aws.client("rds")
        for instance in rds.describe_db_instances()["DBInstances"]:
            used = {group["DBParameterGroupName"] for group in instance["DBParameterGroups"]}
            if id in used:
                refuse(
                    "DeleteDBParameterGroup",
                    "InvalidDBParameterGroupState",
                    "One or more database instances are still members of this parameter group "
                    f"{id}, so the group cannot be deleted",
                )
        with ignoring(*NO_PARAMETER_GROUP):
            rds.delete_db_parameter_group(DBParameterGroupName=id)

    def _put_parameters(self, aws: Aws, name: str, parameters: list[Properties]) -> None:
        for start in range(0, len(parameters), MOST_PARAMETERS_PER_CALL):
            aws.client("rds").modify_db_parameter_group(
                DBParameterGroupName=name,
                Parameters=[
                    {"ApplyMethod": "immediate", **to_request(PARAMETER, parameter)}
                    for parameter in parameters[start : start + MOST_PARAMETERS_PER_CALL]
                ],
            )


STATIC_PARAMETERS = frozenset(
    [
        "max_connections",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
        "wal_buffers",
        "huge_pages",
        "autovacuum_max_workers",
        "max_locks_per_transaction",
    ]
)

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


class Instance(DescribedType):
    """`aws.rds.Instance`, master or replica; the id is the resource id (`db-…`)."""

    token = "aws:rds/instance:Instance"  # noqa: S105
    table = {
        **COMMON,
        **CREATE,
        **MASTER,
        **MASTER_CREATE,
        "identifier": "DBInstanceIdentifier",
        "replicateSourceDb": "SourceDBInstanceIdentifier",
    }
    handled = frozenset(
        {
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "deleteAutomatedBackups",
            "finalSnapshotIdentifier",
            "skipFinalSnapshot",
        }
    )
    replace_on = frozenset(
        {
            "availabilityZone",
            "characterSetName",
            "dbName",
            "engine",
            "kmsKeyId",
            "storageEncrypted",
            "username",
        }
    )
    auto_name = AutoName(property="identifier", max_length=63, lower=True)
    secret_outputs = frozenset({"password"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs,
            "identifier",
            r"[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]|[a-z]",
            "1 to 63 lower-case letters, digits and -, beginning with a letter, no -- and no - "
            "at the end",
        )
        yield from matching(
            inputs, "instanceClass", r"db\.[a-z0-9-]+\.[a-z0-9]+", "a class such as db.t4g.micro"
        )
        yield from _storage_rules(inputs)
        yield from _backup_rules(inputs)
        yield from _credential_rules(inputs)
        yield from _replica_rules(inputs)
        yield from one_of(inputs, "monitoringInterval", MONITORING_INTERVALS_SECONDS)
        if inputs.get("monitoringRoleArn") and inputs.get("monitoringInterval") == 0:
            yield CheckFailure("monitoringRoleArn", "needs a monitoringInterval other than 0")
        yield from one_of(inputs, "performanceInsightsRetentionPeriod", PERFORMANCE_INSIGHTS_DAYS)
        if inputs.get("engine") == "postgres":
            for log in elements(inputs, "enabledCloudwatchLogsExports"):
                yield from one_of(
                    {"enabledCloudwatchLogsExports": log},
                    "enabledCloudwatchLogsExports",
                    POSTGRES_LOGS,
                )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        identifier: str = inputs["identifier"]
        _require_monitoring_role(inputs)
        _require_family(aws, inputs)
        if source := inputs.get("replicateSourceDb"):
            self._create_replica(aws, source, inputs)
        else:
            aws.client("rds").create_db_instance(
                DBInstanceIdentifier=identifier,
                **to_request(
                    {**COMMON, **CREATE, **MASTER, **MASTER_CREATE}, _with_apart_windows(inputs)
                ),
                Tags=tag_list(inputs),
            )
        return self.created(aws, _resource_id(identifier), inputs)

    def _create_replica(self, aws: Aws, source: str, inputs: Properties) -> None:
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
        later = to_request(MASTER, _with_apart_windows(inputs))
        rds.modify_db_instance(
            DBInstanceIdentifier=inputs["identifier"],
            ApplyImmediately=True,
            **{**defaults, **later, **to_request(_only(COMMON, defaults), inputs)},
        )

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        identifier: str = properties.get("identifier") or id
        with ignoring(*NO_INSTANCE):
            instance: dict[str, Any] = aws.client("rds").describe_db_instances(
                DBInstanceIdentifier=identifier
            )["DBInstances"][0]
            name: str = instance["DBInstanceIdentifier"]
            endpoint: dict[str, Any] = instance["Endpoint"]
            version: str = instance["EngineVersion"]
            asked = str(properties.get("engineVersion") or "")
            described: Properties = {
                **from_answer(DESCRIBED, instance),
                "identifier": name,
                "arn": instance["DBInstanceArn"],
                "address": endpoint["Address"],
                "port": endpoint["Port"],
                "endpoint": f"{endpoint['Address']}:{endpoint['Port']}",
                "hostedZoneId": HOSTED_ZONES.get(aws.region, HOSTED_ZONES["us-east-1"]),
                # moto gives every instance the same resource id.
                "resourceId": id if id.startswith("db-") else _resource_id(name),
                "status": instance["DBInstanceStatus"],
                "engineVersionActual": version,
                # A version without its minor number stays as it was asked for.
                "engineVersion": asked
                if asked and (version == asked or version.startswith(f"{asked}."))
                else version,
                "parameterGroupName": _parameter_group_name(instance),
                "vpcSecurityGroupIds": _in_order(
                    [group["VpcSecurityGroupId"] for group in instance["VpcSecurityGroups"]],
                    properties.get("vpcSecurityGroupIds"),
                ),
                "backupWindow": _kept_window(instance, properties),
                "iamDatabaseAuthenticationEnabled": instance.get(
                    "IAMDatabaseAuthenticationEnabled", False
                ),
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
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        return _tags(aws, described["arn"])

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        if changed(old, new, "identifier"):
            return ("address", "arn", "endpoint")
        return ("endpoint",) if new.get("port") and changed(old, new, "port") else ()

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        rds = aws.client("rds")
        identifier: str = old.get("identifier") or new["identifier"]
        _require_monitoring_role(new)
        if changed(old, new, "parameterGroupName", "engineVersion"):
            _require_family(aws, {**old, **new})
        _refuse_shrinking(old, new)
        if old.get("replicateSourceDb") and not new.get("replicateSourceDb"):
            rds.promote_read_replica(DBInstanceIdentifier=identifier)
        table = {**COMMON, **MASTER, "port": "DBPortNumber"}
        names = _changed_names(table, old, new)
        if {"backupWindow", "maintenanceWindow"} & set(names):
            names += ["backupWindow", "maintenanceWindow"]
        request = to_request(_only(table, names), _with_apart_windows(new))
        if changed(old, new, "enabledCloudwatchLogsExports"):
            before = set(elements(old, "enabledCloudwatchLogsExports"))
            after = set(elements(new, "enabledCloudwatchLogsExports"))
            request["CloudwatchLogsExportConfiguration"] = {
                "EnableLogTypes": sorted(after - before),
                "DisableLogTypes": sorted(before - after),
            }
        if new["identifier"] != identifier:
            request["NewDBInstanceIdentifier"] = new["identifier"]
        for name, cleared in (("deletionProtection", False), ("monitoringInterval", 0)):
            if old.get(name) and name not in new:
                request[COMMON[name]] = cleared  # type: ignore[index]
        if request:
            rds.modify_db_instance(
                DBInstanceIdentifier=identifier,
                ApplyImmediately=True,
                **given(AllowMajorVersionUpgrade=new.get("allowMajorVersionUpgrade")),
                **request,
            )
        described = self.outputs(aws, id, new)
        _put_tags(aws, described["arn"], old, new)
        return described

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        replica = bool(state.get("replicateSourceDb"))
        parameters: dict[str, Any] = {"SkipFinalSnapshot": bool(state.get("skipFinalSnapshot"))}
        if not parameters["SkipFinalSnapshot"]:
            if not state.get("finalSnapshotIdentifier"):
                refuse(
                    "DeleteDBInstance",
                    "InvalidParameterCombination",
                    "finalSnapshotIdentifier is required when skipFinalSnapshot is false",
                )
            parameters["FinalDBSnapshotIdentifier"] = state["finalSnapshotIdentifier"]
        if replica:
            parameters = {"SkipFinalSnapshot": True}
        else:
            parameters["DeleteAutomatedBackups"] = state.get("deleteAutomatedBackups", True)
        with ignoring(*NO_INSTANCE):
            aws.client("rds").delete_db_instance(
                DBInstanceIdentifier=state.get("identifier") or id, **parameters
            )


def _storage_rules(inputs: Properties) -> Iterator[CheckFailure]:
    kind: str | None = inputs.get("storageType")
    yield from one_of(inputs, "storageType", LEAST_STORAGE_GB)
    allocated = inputs.get("allocatedStorage")
    if isinstance(allocated, int):
        least = LEAST_STORAGE_GB.get(kind or "gp2", 20)
        yield from between(inputs, "allocatedStorage", least, MOST_STORAGE_GB, f"GB for {kind}")
        limit = inputs.get("maxAllocatedStorage")
        if isinstance(limit, int) and limit and limit < allocated * LEAST_AUTOSCALING_HEADROOM:
            yield CheckFailure(
                "maxAllocatedStorage",
                f"{limit} GB is less than 10 % above allocatedStorage ({allocated} GB)",
            )
        # For PostgreSQL and MySQL the volume is striped from 400 GB on; below it the baseline of
        # 3,000 IOPS and 125 MB/s is fixed.
        if kind == "gp3" and allocated < GP3_STRIPED_FROM_GB:
            for name in ("iops", "storageThroughput"):
                if inputs.get(name):
                    yield CheckFailure(
                        name, f"gp3 takes it from {GP3_STRIPED_FROM_GB} GB on, not {allocated} GB"
                    )


def _backup_rules(inputs: Properties) -> Iterator[CheckFailure]:
    yield from between(inputs, "backupRetentionPeriod", 0, 35, "days")
    yield from matching(inputs, "backupWindow", rf"{CLOCK}-{CLOCK}", "hh:mm-hh:mm in UTC")
    yield from matching(
        inputs,
        "maintenanceWindow",
        rf"(?i:{DAY}):{CLOCK}-(?i:{DAY}):{CLOCK}",
        "ddd:hh:mm-ddd:hh:mm in UTC",
    )
    yield from matching(
        inputs,
        "finalSnapshotIdentifier",
        r"[A-Za-z](?!.*--)[A-Za-z0-9-]{0,253}[A-Za-z0-9]",
        "letters, digits and single -, beginning with a letter",
    )


def _credential_rules(inputs: Properties) -> Iterator[CheckFailure]:
    engine = inputs.get("engine")
    if engine == "postgres":
        yield from matching(
            inputs, "username", r"[A-Za-z]\w{0,62}", "1 to 63 letters, digits and _"
        )
        if str(inputs.get("username")).lower() in RESERVED_POSTGRES_NAMES:
            yield CheckFailure(
                "username", f"{inputs['username']} is a reserved word used by the engine"
            )
        yield from matching(inputs, "dbName", r"[A-Za-z_]\w{0,62}", "1 to 63 letters, digits and _")
    password = inputs.get("password")
    if isinstance(password, str) and not re.fullmatch(
        r'(?:(?![/@" ])[\x20-\x7e]){8,128}', password
    ):
        yield CheckFailure(
            "password", 'must be 8 to 128 printable ASCII characters besides /, @, " and space'
        )


def _replica_rules(inputs: Properties) -> Iterator[CheckFailure]:
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


def _require_monitoring_role(inputs: Properties) -> None:
    if inputs.get("monitoringInterval") and not inputs.get("monitoringRoleArn"):
        refuse(
            "CreateDBInstance",
            "InvalidParameterCombination",
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value "
            "other than 0.",
        )


def _require_family(aws: Aws, inputs: Properties) -> None:
    """A parameter group fits the major version of its engine only; moto takes any."""
    group, version = inputs.get("parameterGroupName"), inputs.get("engineVersion")
    engine = inputs.get("engine")
    if not group or not version or engine not in {"postgres", "mysql", "mariadb"}:
        return
    if group.startswith("default."):
        return
    needed = _family(engine, str(version))
    groups = aws.client("rds").describe_db_parameter_groups(DBParameterGroupName=group)
    for found in groups["DBParameterGroups"]:
        family = found["DBParameterGroupFamily"]
        if family != needed:
            refuse(
                "CreateDBInstance",
                "InvalidParameterCombination",
                f"The parameter group {group} with DBParameterGroupFamily {family} can't be used "
                "for this instance. Please use a parameter group with DBParameterGroupFamily "
                f"{needed}.",
            )


def _family(engine: str, version: str) -> str:
    parts = version.split(".")
    return f"{engine}{parts[0] if engine == 'postgres' else '.'.join(parts[:2])}"


def _parameter_group_name(instance: dict[str, Any]) -> str:
    name: str = instance["DBParameterGroups"][0]["DBParameterGroupName"]
    if name.startswith("default."):
        # moto cuts the version from the name where it is a major one alone.
        return f"default.{_family(instance['Engine'], instance['EngineVersion'])}"
    return name


def _require_two_zones(aws: Aws, subnet_ids: list[str]) -> None:
    subnets = aws.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    zones = sorted({subnet["AvailabilityZone"] for subnet in subnets})
    if len(zones) < 2:
        refuse(
            "CreateDBSubnetGroup",
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
        )


def _with_apart_windows(inputs: Properties) -> Properties:
    """The inputs with a backup window that ends a minute before the maintenance begins.

    moto takes windows that touch (03:00-04:00 and sun:04:00-sun:05:00) for overlapping; AWS does
    not.
    """
    window = _apart_window(inputs.get("backupWindow"), inputs.get("maintenanceWindow"))
    return {**inputs, "backupWindow": window} if window else inputs


def _apart_window(backup: str | None, maintenance: str | None) -> str | None:
    if not backup or not maintenance:
        return backup
    start, end = backup.split("-")
    begins, ends = (side[4:] for side in maintenance.split("-"))
    if end == begins:
        end = _minutes_later(end, -1)
    if start == ends:
        start = _minutes_later(start, 1)
    return f"{start}-{end}"


def _minutes_later(clock: str, minutes: int) -> str:
    hours, minute = map(int, clock.split(":"))
    total = (hours * 60 + minute + minutes) % (24 * 60)
    return f"{total // 60:02}:{total % 60:02}"


def _kept_window(instance: dict[str, Any], properties: Properties) -> str:
    answer: str = instance["PreferredBackupWindow"]
    asked: str | None = properties.get("backupWindow")
    apart = _apart_window(asked, instance.get("PreferredMaintenanceWindow"))
    return asked if asked and answer == apart else answer


def _refuse_shrinking(old: Properties, new: Properties) -> None:
    before, after = old.get("allocatedStorage"), new.get("allocatedStorage")
    if before and after and after < before:
        refuse(
            "ModifyDBInstance",
            "InvalidParameterCombination",
            f"Requested storage size ({after}) cannot be less than the current storage size "
            f"({before})",
        )


def _with_description(request: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: "Managed by Pulumi", **request}


def _only(table: Table, names: Iterable[str]) -> Table:
    """The rows of a table whose Pulumi or API name is one of `names`."""
    wanted = set(names)
    return {name: target for name, target in table.items() if name in wanted or target in wanted}


def _changed_names(table: Table, old: Properties, new: Properties) -> list[str]:
    return [name for name in table if name in new and old.get(name) != new[name]]


def _in_order(answer: list[str], kept: list[str] | None) -> list[str]:
    """A set's answer in the order that is known already, where it is the same set."""
    return kept if kept is not None and sorted(kept) == sorted(answer) else answer


def _resource_id(identifier: str) -> str:
    digest = hashlib.sha256(identifier.encode()).digest()
    return f"db-{base64.b32encode(digest).decode()[:26]}"


def _arn(aws: Aws, kind: str, name: str) -> str:
    return f"arn:{aws.partition}:rds:{aws.region}:{aws.account_id}:{kind}:{name}"


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    return tags_from(aws.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def _put_tags(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    rds = aws.client("rds")
    if removed := removed_tags(old, new):
        rds.remove_tags_from_resource(ResourceName=arn, TagKeys=removed)
    if tags := tag_list(new):
        rds.add_tags_to_resource(ResourceName=arn, Tags=tags)
