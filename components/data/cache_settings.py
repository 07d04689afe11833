"""Settings of the cache."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from components.shared.allowed_values import (
    CACHE_VERSIONS,
    is_cache_node_type,
    is_topic_arn,
    region_of_topic,
)
from components.shared.setting import Section, region_of_stack, setting
from components.shared.setting_kinds import Choice, Switch, Text, WholeNumber, one_of, refused

Engine = Choice(tuple(CACHE_VERSIONS))
Version = Text(
    lambda version: any(version in versions for versions in CACHE_VERSIONS.values()),
    "; ".join(f"{engine}: {one_of(versions)}" for engine, versions in CACHE_VERSIONS.items()),
)


class CacheSettings(Section):
    """The ElastiCache replication group."""

    engine: Annotated[str, Engine] = setting("redis", "cache engine")
    engine_version: Annotated[str, Version] = setting("7.1", "version of the engine")
    node_type: Annotated[
        str, Text(is_cache_node_type, "an ElastiCache type such as cache.t4g.micro")
    ] = setting("cache.t3.micro", "node type")
    automatic_failover: Switch = setting(True, "promote a replica when the primary fails")
    # ElastiCache API Reference, "CreateReplicationGroup", NumCacheClusters.
    node_count: Annotated[int, WholeNumber(1, 6)] = setting(
        2,
        "nodes: one primary, the others its replicas",
        rule="at least 2 with cache.automaticFailover",
    )
    snapshot_retention_days: Annotated[int, WholeNumber(0, 35)] = setting(
        5, "days that snapshots are kept; 0 turns them off"
    )
    notification_topic_arn: Annotated[
        str, Text(is_topic_arn, "an SNS topic ARN, or empty for none")
    ] = setting("", "SNS topic for ElastiCache's own events", rule="of the stack's region")

    @field_validator("engine_version")
    @classmethod
    def _is_offered(cls, value: str, info: ValidationInfo) -> str:
        engine = info.data.get("engine")
        if engine and value not in CACHE_VERSIONS[engine]:
            raise refused(f"{engine} has no such version")
        return value

    @field_validator("node_count")
    @classmethod
    def _failover_needs_a_replica(cls, value: int, info: ValidationInfo) -> int:
        if value == 1 and info.data.get("automatic_failover"):
            raise refused("failover needs a second node to fail over to")
        return value

    @field_validator("notification_topic_arn")
    @classmethod
    def _is_in_the_region(cls, value: str, info: ValidationInfo) -> str:
        region = region_of_stack(info)
        if value and region and region_of_topic(value) != region:
            raise refused(f"the stack's region is {region}")
        return value
