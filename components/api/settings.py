"""Settings of the REST API."""

from __future__ import annotations

from typing import Annotated

from pydantic import field_validator

from components.shared.allowed_values import ANY_ORIGIN, CACHE_SIZES_GB
from components.shared.setting import Section, setting
from components.shared.setting_kinds import (
    Choice,
    ListOf,
    Switch,
    Text,
    WholeNumber,
    refused,
)
from components.shared.web_origin import host_of_origin

Rate = Annotated[int, WholeNumber(1, 10_000)]
Burst = Annotated[int, WholeNumber(1, 5_000)]
Origins = ListOf(
    Text(
        lambda origin: origin == ANY_ORIGIN or host_of_origin(origin),
        "origins as browsers send them, such as https://app.example.com",
    ),
    not_empty=True,
    different=True,
)


class ApiSettings(Section):
    """The REST API, its functions and its users."""

    throttling_rate_limit: Rate = setting(1000, "steady requests a second that the stage takes")
    throttling_burst_limit: Burst = setting(2000, "requests at once that the stage takes")
    public_rate_limit: Rate = setting(
        200, "steady requests a second for each read that needs no API key"
    )
    public_burst_limit: Burst = setting(400, "requests at once for each read that needs no API key")
    cors_origins: Annotated[tuple[str, ...], Origins] = setting(
        (ANY_ORIGIN,),
        "origins that browsers may call the API from",
        rule='or ["*"] for any, where deletionProtection is false; where it is true, none of a'
        " domain for examples such as example.com",
    )
    cache_enabled: Switch = setting(True, "a cache cluster for the public product reads")
    cache_size: Annotated[float, Choice(CACHE_SIZES_GB)] = setting(
        0.5, "size of the cache cluster in GB"
    )
    cache_ttl_seconds: Annotated[int, WholeNumber(1, 3600)] = setting(
        60, "how long a cached product read is served, in seconds"
    )
    data_trace: Switch = setting(
        False, "write whole requests and responses to the execution log, personal data included"
    )
    web_acl: Switch = setting(False, "AWS WAF before the API: managed rules and a rate limit")
    # AWS WAF API Reference, "RateBasedStatement", Limit.
    web_acl_rate_limit: Annotated[int, WholeNumber(10, 2_000_000_000)] = setting(
        2000, "requests in five minutes from one address before WAF refuses"
    )
    reserved_concurrency: Annotated[int, WholeNumber(0, 1000)] = setting(
        0,
        "concurrency kept for each API function; 0 shares the account's, and new accounts have 10"
        " for everything",
    )
    quota_per_day: Annotated[int, WholeNumber(0)] = setting(
        0, "requests a day for each API key; 0 sets no quota"
    )
    cursor_key_version: Annotated[int, WholeNumber(1)] = setting(
        1, "raise by one to rotate the key that signs cursors; the previous key stays accepted"
    )
    owns_account_role: Switch = setting(
        True,
        "this stack sets API Gateway's log role of the account and region; one stack a region",
    )

    @field_validator("cors_origins")
    @classmethod
    def _any_origin_stands_alone(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if ANY_ORIGIN in value and len(value) > 1:
            raise refused("* lets any site in, so that the others say nothing")
        return value
