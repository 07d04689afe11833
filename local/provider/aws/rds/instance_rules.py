"""What RDS refuses of an instance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from local.optional_parts import elements
from local.provider.aws.described import refuse
from local.provider.aws.rds.replica import replica_rules
from local.provider.aws.rds.windows import window_rules
from local.provider.aws.rules import between, matching, one_of
from local.provider.resource_type import CheckFailure, Properties

# Amazon RDS user guide: "Amazon RDS DB instance storage", "Quotas and constraints", "Turning
# Enhanced Monitoring on and off", "Settings for DB instances".
GP3_STRIPED_FROM_GB = 400
LEAST_STORAGE_GB = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100, "standard": 5}
MOST_STORAGE_GB = 65_536
LEAST_AUTOSCALING_HEADROOM = 1.1
# "Availability of Amazon RDS encryption"; and what has no version of Postgres that is supported
# (rds:DescribeOrderableDBInstanceOptions).
FAMILIES_WITHOUT_ENCRYPTION = frozenset({"m1", "m2"})
CLASSES_WITHOUT_ENCRYPTION = frozenset({"db.t2.micro"})
FAMILIES_WITHOUT_POSTGRES = frozenset({"t1", "m1", "m2", "m3", "m4", "r3"})
MONITORING_INTERVALS_SECONDS = frozenset({0, 1, 5, 10, 15, 30, 60})
POSTGRES_LOGS = frozenset({"iam-db-auth-error", "postgresql", "upgrade"})
RESERVED_POSTGRES_NAMES = frozenset({"admin", "postgres_admin", "rds_superuser", "rdsadmin"})


def instance_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """The rules on an instance's inputs that moto does not enforce."""
    yield from matching(
        inputs, "instanceClass", r"db\.[a-z0-9-]+\.[a-z0-9]+", "a class such as db.t4g.micro"
    )
    yield from _class_rules(inputs)
    yield from _storage_rules(inputs)
    yield from _backup_rules(inputs)
    yield from _credential_rules(inputs)
    yield from replica_rules(inputs)
    yield from one_of(inputs, "monitoringInterval", MONITORING_INTERVALS_SECONDS)
    if inputs.get("monitoringRoleArn") and inputs.get("monitoringInterval") == 0:
        yield CheckFailure("monitoringRoleArn", "needs a monitoringInterval other than 0")
    if inputs.get("engine") == "postgres":
        for log in elements(inputs, "enabledCloudwatchLogsExports"):
            yield from one_of(
                {"enabledCloudwatchLogsExports": log},
                "enabledCloudwatchLogsExports",
                POSTGRES_LOGS,
            )


def _class_rules(inputs: Properties) -> Iterator[CheckFailure]:
    instance_class = str(inputs.get("instanceClass") or "")
    family = instance_class.removeprefix("db.").partition(".")[0]
    unencrypted = (
        family in FAMILIES_WITHOUT_ENCRYPTION or instance_class in CLASSES_WITHOUT_ENCRYPTION
    )
    if inputs.get("storageEncrypted") and unencrypted:
        yield CheckFailure("storageEncrypted", f"{instance_class} does not support encryption")
    if inputs.get("engine") == "postgres" and family in FAMILIES_WITHOUT_POSTGRES:
        yield CheckFailure("instanceClass", f"RDS does not offer postgres on {instance_class}")


def require_monitoring_role(inputs: Properties) -> None:
    """RDS refuses enhanced monitoring without a role for it; moto takes it."""
    if inputs.get("monitoringInterval") and not inputs.get("monitoringRoleArn"):
        refuse(
            "CreateDBInstance",
            "InvalidParameterCombination",
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value "
            "other than 0.",
        )


def refuse_shrinking(old: Properties, new: Properties) -> None:
    """RDS refuses storage that is smaller than before."""
    before, after = old.get("allocatedStorage"), new.get("allocatedStorage")
    if before and after and after < before:
        refuse(
            "ModifyDBInstance",
            "InvalidParameterCombination",
            f"Requested storage size ({after}) cannot be less than the current storage size "
            f"({before})",
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
    yield from window_rules(inputs)
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
