"""Settings of the cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StrictBool, StrictInt, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from components.shared.allowed_values import is_cache_node_type
from components.shared.setting import Section, Text, matching, setting


class CacheSettings(Section):
    """The ElastiCache replication group."""

    engine: Annotated[str, Field(pattern="^(redis|valkey)$")] = setting(
        "redis", "cache engine", "redis or valkey"
    )
    engine_version: Text = setting(
        "7.1", "version of the engine", "redis: 6.2, 7.0 or 7.1; valkey: 7.2 or 8.0"
    )
    node_type: Annotated[str, matching(is_cache_node_type)] = setting(
        "cache.t3.micro", "node type", "an ElastiCache type such as cache.t4g.micro"
    )
    automatic_failover: StrictBool = setting(
        True, "promote a replica when the primary fails", "true or false"
    )
    node_count: Annotated[StrictInt, Field(ge=1, le=6)] = setting(
        2,
        "nodes: one primary, the others its replicas",
        "1 to 6; at least 2 with cache.automaticFailover",
    )
    snapshot_retention_days: Annotated[StrictInt, Field(ge=0, le=35)] = setting(
        5, "days that snapshots are kept; 0 turns them off", "0 to 35"
    )
    notification_topic_arn: Annotated[str, Field(pattern=r"^(arn:aws[\w-]*:sns:.+)?$")] = setting(
        "", "SNS topic for ElastiCache's own events", "an SNS topic ARN, or empty for none"
    )

    ENGINE_VERSIONS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "redis": ("6.2", "7.0", "7.1"),
        "valkey": ("7.2", "8.0"),
    }

    @field_validator("engine_version")
    @classmethod
    def _is_offered(cls, value: str, info: ValidationInfo) -> str:
        engine = info.data.get("engine")
        if engine and value not in cls.ENGINE_VERSIONS[engine]:
            raise ValueError
        return value

    @field_validator("node_count")
    @classmethod
    def _failover_needs_a_replica(cls, value: int, info: ValidationInfo) -> int:
        if value == 1 and info.data.get("automatic_failover"):
            raise PydanticCustomError("rule", "failover needs a second node to fail over to")
        return value
