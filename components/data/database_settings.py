"""Settings of the database."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from components.shared.allowed_values import is_database_instance_class
from components.shared.setting import Section, Text, matching, setting

InstanceClass = Annotated[str, matching(is_database_instance_class)]


class DatabaseSettings(Section):
    """The Postgres primary and its replicas."""

    engine_version: Annotated[Text, Field(pattern=r"^1[4-8](\.\d{1,2})?$")] = setting(
        "17",
        "Postgres version; a major version alone takes minor upgrades automatically",
        "a major version from 14 to 18, with or without a minor one",
    )
    instance_class: InstanceClass = setting(
        "db.t3.medium", "instance class of the primary", "an RDS class such as db.t4g.micro"
    )
    replica_instance_class: InstanceClass = setting(
        "db.t3.small", "instance class of each replica", "an RDS class such as db.t4g.micro"
    )
    allocated_storage: Annotated[StrictInt, Field(ge=20, le=65536)] = setting(
        100, "storage in GB to begin with", "20 to 65536"
    )
    max_allocated_storage: StrictInt = setting(
        1000,
        "storage in GB that autoscaling may grow to; 0 turns autoscaling off",
        "0, or at least 10 % above database.allocatedStorage and at most 65536",
    )
    storage_type: Annotated[str, Field(pattern="^(gp2|gp3)$")] = setting(
        "gp3", "storage type", "gp2 or gp3"
    )
    multi_az: StrictBool = setting(True, "a standby in a second zone", "true or false")
    backup_retention_days: Annotated[StrictInt, Field(ge=0, le=35)] = setting(
        7, "days that automated backups are kept; 0 turns them off", "0 to 35"
    )
    replica_count: Annotated[StrictInt, Field(ge=0, le=5)] = setting(
        1,
        "read replicas of the primary",
        "0 to 5; more than 0 needs database.backupRetentionDays of at least 1",
    )
    log_statement: Annotated[str, Field(pattern="^(none|ddl|mod|all)$")] = setting(
        "all",
        "which SQL statements go to the log; `all` writes their data there too",
        "none, ddl, mod or all",
    )

    @field_validator("max_allocated_storage")
    @classmethod
    def _leaves_room_to_grow(cls, value: int, info: ValidationInfo) -> int:
        allocated = info.data.get("allocated_storage", 0)
        # RDS User Guide, "Managing capacity automatically with Amazon RDS storage autoscaling".
        if value and not allocated * 1.1 <= value <= 65536:
            raise ValueError
        return value

    @field_validator("replica_count")
    @classmethod
    def _replicas_need_backups(cls, value: int, info: ValidationInfo) -> int:
        if value and info.data.get("backup_retention_days") == 0:
            raise PydanticCustomError("rule", "a replica needs backups of its source")
        return value
