"""Settings of the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from components.shared.allowed_values import (
    POSTGRES_MAJORS,
    is_database_instance_class,
    is_postgres_version,
)
from components.shared.setting import Section, setting
from components.shared.setting_kinds import Choice, Switch, Text, WholeNumber, refused

MOST_STORAGE_GB = 65536
# RDS User Guide, "Managing capacity automatically with Amazon RDS storage autoscaling".
LEAST_GROWTH_PERCENT = 10
InstanceClass = Annotated[
    str, Text(is_database_instance_class, "an RDS class such as db.t4g.micro")
]
Version = Text(
    is_postgres_version,
    f"a major version from {POSTGRES_MAJORS[0]} to {POSTGRES_MAJORS[-1]},"
    " with or without a minor one",
)


class DatabaseSettings(Section):
    """The Postgres primary and its replicas."""

    engine_version: Annotated[str, Version] = setting(
        "17", "Postgres version; a major version alone takes minor upgrades automatically"
    )
    instance_class: InstanceClass = setting("db.t3.medium", "instance class of the primary")
    replica_instance_class: InstanceClass = setting("db.t3.small", "instance class of each replica")
    allocated_storage: Annotated[int, WholeNumber(20, MOST_STORAGE_GB)] = setting(
        100, "storage in GB to begin with"
    )
    max_allocated_storage: Annotated[int, WholeNumber(0, MOST_STORAGE_GB)] = setting(
        1000,
        "storage in GB that autoscaling may grow to; 0 turns autoscaling off",
        rule=f"above 0 at least {LEAST_GROWTH_PERCENT} % more than database.allocatedStorage",
    )
    storage_type: Annotated[str, Choice(("gp2", "gp3"))] = setting("gp3", "storage type")
    multi_az: Switch = setting(True, "a standby in a second zone")
    backup_retention_days: Annotated[int, WholeNumber(0, 35)] = setting(
        7, "days that automated backups are kept; 0 turns them off"
    )
    replica_count: Annotated[int, WholeNumber(0, 5)] = setting(
        1,
        "read replicas of the primary",
        rule="above 0 only with database.backupRetentionDays of at least 1",
    )
    log_statement: Annotated[str, Choice(("none", "ddl", "mod", "all"))] = setting(
        "all", "which SQL statements go to the log; `all` writes their data there too"
    )

    @field_validator("max_allocated_storage")
    @classmethod
    def _leaves_room_to_grow(cls, value: int, info: ValidationInfo) -> int:
        allocated = info.data.get("allocated_storage", 0)
        if value and value * 100 < allocated * (100 + LEAST_GROWTH_PERCENT):
            raise refused(f"{allocated} GB could not grow by {LEAST_GROWTH_PERCENT} %")
        return value

    @field_validator("replica_count")
    @classmethod
    def _replicas_need_backups(cls, value: int, info: ValidationInfo) -> int:
        if value and info.data.get("backup_retention_days") == 0:
            raise refused("a replica needs backups of its source")
        return value
