"""Settings of alarms, error budgets and costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from components.shared.setting import Section, setting

POSITIVE = "1 or more"


def _number(value: object) -> object:
    """Take the text `99.9`: config values with a point arrive as text."""
    return float(value) if isinstance(value, str) else value


Percent = Annotated[float, BeforeValidator(_number), Field(gt=0, le=100, strict=True)]
Target = Annotated[float, BeforeValidator(_number), Field(ge=95, lt=100, strict=True)]
Positive = Annotated[StrictInt, Field(ge=1)]


class AlarmThresholds(Section):
    """When each alarm goes off."""

    api_latency_milliseconds: Positive = setting(
        5000, "average latency of the API in milliseconds", POSITIVE
    )
    api_p99_latency_milliseconds: Positive = setting(
        3000, "latency that one of 100 requests exceeds, in milliseconds", POSITIVE
    )
    api_error_percent: Percent = setting(
        5.0, "share of requests answered 5XX, in percent", "above 0, up to 100"
    )
    api_least_requests: Positive = setting(
        20, "requests in a period below which shares of them raise no alarm", POSITIVE
    )
    function_errors: Positive = setting(5, "failed invocations in five minutes", POSITIVE)
    function_throttles: Positive = setting(1, "throttled invocations in five minutes", POSITIVE)
    queue_age_seconds: Positive = setting(
        900, "age of the oldest unprocessed message or stream record, in seconds", POSITIVE
    )
    blocked_requests: Positive = setting(
        1000, "requests that WAF refuses in five minutes", POSITIVE
    )
    database_cpu_percent: Percent = setting(
        80.0, "CPU of a database instance in percent", "above 0, up to 100"
    )
    database_connections: Positive = setting(
        340,
        "connections to the primary; the default is about 80 % of what a db.t3.medium takes",
        POSITIVE,
    )
    replica_connections: Positive = setting(
        150,
        "connections to a replica; the default is about 80 % of what a db.t3.small takes",
        POSITIVE,
    )
    database_free_memory_megabytes: Positive = setting(
        256, "memory left on a database instance, in MB", POSITIVE
    )
    database_free_storage_percent: Percent = setting(
        15.0, "storage left of database.allocatedStorage, in percent", "above 0, up to 100"
    )
    replica_lag_seconds: Positive = setting(
        60, "how far a read replica is behind, in seconds", POSITIVE
    )
    cache_memory_percent: Percent = setting(
        90.0, "memory used on a cache node in percent", "above 0, up to 100"
    )
    cache_evictions: Positive = setting(
        1000, "keys that a cache node evicts in five minutes", POSITIVE
    )


class MonitoringSettings(Section):
    """Alarms, error budgets and costs."""

    thresholds: AlarmThresholds = setting(
        AlarmThresholds(), "when each alarm goes off", "an object"
    )
    runbook_url: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s#]+$")] = (
        setting(
            "docs/runbook.md",
            "where the runbook is read, as alarms link to it",
            "an address of at most 200 characters, without a #fragment",
        )
    )
    burn_rate_alarms: StrictBool = setting(
        False, "alarms on how fast the API uses up its error budgets", "true or false"
    )
    availability_target_percent: Target = setting(
        99.9, "share of requests that must not fail, over 30 days", "95 to below 100"
    )
    latency_target_percent: Target = setting(
        99.0, "share of requests that must be fast, over 30 days", "95 to below 100"
    )
    latency_target_milliseconds: Positive = setting(1000, "what is fast, in milliseconds", POSITIVE)
    monthly_budget_usd: Annotated[StrictInt, Field(ge=0)] = setting(
        0, "monthly costs in US dollars that mail a warning; 0 for none", "0 or more"
    )
