"""Settings of the REST API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, field_validator

from components.shared.allowed_values import CACHE_SIZES_GB, is_origin
from components.shared.setting import Section, matching, setting

Origin = Annotated[str, matching(is_origin)]


class ApiSettings(Section):
    """The REST API, its functions and its users."""

    throttling_rate_limit: Annotated[StrictInt, Field(ge=1, le=10_000)] = setting(
        1000, "steady requests a second that the stage takes", "1 to 10000"
    )
    throttling_burst_limit: Annotated[StrictInt, Field(ge=1, le=5_000)] = setting(
        2000, "requests at once that the stage takes", "1 to 5000"
    )
    public_rate_limit: Annotated[StrictInt, Field(ge=1, le=10_000)] = setting(
        200, "steady requests a second for each read that needs no API key", "1 to 10000"
    )
    public_burst_limit: Annotated[StrictInt, Field(ge=1, le=5_000)] = setting(
        400, "requests at once for each read that needs no API key", "1 to 5000"
    )
    cors_origins: Annotated[tuple[Origin, ...], matching(bool)] = setting(
        ("*",),
        "origins that browsers may call the API from",
        'a list of origins such as https://app.example.com, or ["*"] where deletionProtection'
        " is false",
    )
    cache_enabled: StrictBool = setting(
        True, "a cache cluster for the public product reads", "true or false"
    )
    cache_size: Annotated[float, matching(lambda size: size in CACHE_SIZES_GB)] = setting(
        0.5,
        "size of the cache cluster in GB",
        ", ".join(f"{size:g}" for size in CACHE_SIZES_GB),
    )
    cache_ttl_seconds: Annotated[StrictInt, Field(ge=1, le=3600)] = setting(
        60, "how long a cached product read is served, in seconds", "1 to 3600"
    )
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = setting(
        "INFO", "log level of the functions", "DEBUG, INFO, WARNING or ERROR"
    )
    data_trace: StrictBool = setting(
        False,
        "write whole requests and responses to the execution log, personal data included",
        "true or false",
    )
    web_acl: StrictBool = setting(
        False, "AWS WAF before the API: managed rules and a rate limit", "true or false"
    )
    web_acl_rate_limit: Annotated[StrictInt, Field(ge=10, le=2_000_000_000)] = setting(
        2000, "requests in five minutes from one address before WAF refuses", "at least 10"
    )
    lambda_memory: Annotated[StrictInt, Field(ge=128, le=10_240)] = setting(
        256,
        "memory in MB of the API's functions and fulfilment; metrics and slack_notifier have 256",
        "128 to 10240",
    )
    reserved_concurrency: Annotated[StrictInt, Field(ge=0, le=1000)] = setting(
        0,
        "concurrency kept for each API function; 0 shares the account's",
        "0 to 1000 (new accounts have 10 for everything)",
    )
    quota_per_day: Annotated[StrictInt, Field(ge=0)] = setting(
        0, "requests a day for each API key; 0 sets no quota", "0 or more"
    )
    cursor_key_version: Annotated[StrictInt, Field(ge=1)] = setting(
        1,
        "raise by one to rotate the key that signs cursors; the previous key stays accepted",
        "1 or more",
    )
    owns_account_role: StrictBool = setting(
        True,
        "this stack sets API Gateway's log role of the account and region; one stack a region",
        "true or false",
    )

    @field_validator("cache_size", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        return float(value) if isinstance(value, str) else value
