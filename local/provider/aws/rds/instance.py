"""RDS database instances."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import changed, given, to_request
from local.provider.aws.rds.instance_outputs import instance_outputs, resource_id
from local.provider.aws.rds.instance_rules import (
    instance_rules,
    refuse_shrinking,
    require_monitoring_role,
)
from local.provider.aws.rds.instance_settings import (
    COMMON,
    CREATE,
    MASTER,
    MASTER_CREATE,
    changed_names,
    only,
)
from local.provider.aws.rds.parameter_group_family import require_family
from local.provider.aws.rds.replica import create_replica
from local.provider.aws.rds.tags import TAGGING
from local.provider.aws.rds.windows import with_apart_windows
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_INSTANCE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")


class Instance(DescribedType):
    """`aws.rds.Instance`, master or replica; the id is the resource id (`db-…`)."""

    token = "aws:rds/instance:Instance"
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
    tagging = TAGGING
    auto_name = AutoName(property="identifier", max_length=63, lower=True)
    secret_outputs = frozenset({"password"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return instance_rules(inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        identifier: str = inputs["identifier"]
        require_monitoring_role(inputs)
        require_family(aws, inputs)
        if source := inputs.get("replicateSourceDb"):
            create_replica(aws, source, inputs)
        else:
            aws.client("rds").create_db_instance(
                DBInstanceIdentifier=identifier,
                **to_request(
                    {**COMMON, **CREATE, **MASTER, **MASTER_CREATE}, with_apart_windows(inputs)
                ),
                **self.tagged(inputs),
            )
        return self.created(aws, resource_id(identifier), inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        identifier: str = properties.get("identifier") or id
        with ignoring(*NO_INSTANCE):
            instances: list[dict[str, Any]] = aws.client("rds").describe_db_instances(
                DBInstanceIdentifier=identifier
            )["DBInstances"]
            return instance_outputs(aws, id, instances[0], properties) if instances else None
        return None

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        if changed(old, new, "identifier"):
            return ("address", "arn", "endpoint")
        return ("endpoint",) if new.get("port") and changed(old, new, "port") else ()

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        rds = aws.client("rds")
        identifier: str = old.get("identifier") or new["identifier"]
        require_monitoring_role(new)
        if changed(old, new, "parameterGroupName", "engineVersion"):
            require_family(aws, {**old, **new})
        refuse_shrinking(old, new)
        if old.get("replicateSourceDb") and not new.get("replicateSourceDb"):
            rds.promote_read_replica(DBInstanceIdentifier=identifier)
        table = {**COMMON, **MASTER, "port": "DBPortNumber"}
        names = changed_names(table, old, new)
        if {"backupWindow", "maintenanceWindow"} & set(names):
            names += ["backupWindow", "maintenanceWindow"]
        request = to_request(only(table, names), with_apart_windows(new))
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
        return self.retagged(aws, id, old, new)

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
