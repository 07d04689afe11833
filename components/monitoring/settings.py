"""Settings of alarms, error budgets and costs."""

from __future__ import annotations

from typing import Annotated

from components.shared.allowed_values import LONGEST_RUNBOOK_URL, is_runbook_url
from components.shared.setting import Section, setting
from components.shared.setting_kinds import Number, Switch, Text, WholeNumber

Percent = Annotated[float, Number(0, 100, without_least=True)]
Target = Annotated[float, Number(95, 100, without_most=True)]
Positive = Annotated[int, WholeNumber(1)]
RunbookUrl = Text(
    is_runbook_url,
    f"an address of at most {LONGEST_RUNBOOK_URL} characters,"
    " without spaces and without a #fragment",
)


class AlarmThresholds(Section):
    """When each alarm goes off."""

    api_latency_milliseconds: Positive = setting(5000, "average latency of the API in milliseconds")
    api_p99_latency_milliseconds: Positive = setting(
        3000, "latency that one of 100 requests exceeds, in milliseconds"
    )
    api_error_percent: Percent = setting(5.0, "share of requests answered 5XX, in percent")
    api_least_requests: Positive = setting(
        20, "requests in a period below which shares of them raise no alarm"
    )
    function_errors: Positive = setting(5, "failed invocations in five minutes")
    function_throttles: Positive = setting(1, "throttled invocations in five minutes")
    queue_age_seconds: Positive = setting(
        900, "age of the oldest unprocessed message or stream record, in seconds"
    )
    blocked_requests: Positive = setting(1000, "requests that WAF refuses in five minutes")
    database_cpu_percent: Percent = setting(80.0, "CPU of a database instance in percent")
    database_connections: Positive = setting(
        340, "connections to the primary; the default is about 80 % of what a db.t3.medium takes"
    )
    replica_connections: Positive = setting(
        150, "connections to a replica; the default is about 80 % of what a db.t3.small takes"
    )
    database_free_memory_megabytes: Positive = setting(
        256, "memory left on a database instance, in MB"
    )
    database_free_storage_percent: Percent = setting(
        15.0, "storage left of database.allocatedStorage, in percent"
    )
    replica_lag_seconds: Positive = setting(60, "how far a read replica is behind, in seconds")
    cache_memory_percent: Percent = setting(90.0, "memory used on a cache node in percent")
    cache_evictions: Positive = setting(1000, "keys that a cache node evicts in five minutes")


class MonitoringSettings(Section):
    """Alarms, error budgets and costs."""

    thresholds: AlarmThresholds = setting(AlarmThresholds(), "when each alarm goes off")
    runbook_url: Annotated[str, RunbookUrl] = setting(
        "docs/runbook.md", "where the runbook is read, as alarms link to it"
    )
    burn_rate_alarms: Switch = setting(
        False, "alarms on how fast the API uses up its error budgets"
    )
    availability_target_percent: Target = setting(
        99.9, "share of requests that must not fail, over 30 days"
    )
    latency_target_percent: Target = setting(
        99.0, "share of requests that must be fast, over 30 days"
    )
    latency_target_milliseconds: Positive = setting(1000, "what is fast, in milliseconds")
    monthly_budget_usd: Annotated[int, WholeNumber(0)] = setting(
        0, "monthly costs in US dollars that mail a warning; 0 for none"
    )
