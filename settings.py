"""The stack's configuration, read once, typed and validated before any resource is registered.

This is the only reader of stack config. The descriptions, defaults and allowed values below are
also what `Pulumi.yaml` and the settings table of the README are generated from.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, cast

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import Field, StrictBool, StrictInt, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from components.allowed_values import (
    INTERFACE_ENDPOINT_SERVICES,
    LOG_RETENTION_DAYS,
    is_email,
    is_ipv4_network,
    is_slack_webhook,
)
from components.api_settings import ApiSettings
from components.cache_settings import CacheSettings
from components.cidr_plan import parse_vpc_cidr
from components.database_settings import DatabaseSettings
from components.setting import Section, matching, setting

NAMESPACE = "aws-platform"
"""The config namespace, which is the project's name in `Pulumi.yaml`."""


class SettingsError(pulumi.RunError):
    """The stack's config can't be used; the message names every key, value and what is allowed."""


ZoneName = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")]
Email = Annotated[str, matching(is_email)]
Cidr = Annotated[str, matching(is_ipv4_network)]
Retention = Annotated[StrictInt, matching(LOG_RETENTION_DAYS.__contains__)]

RETENTIONS_ALLOWED = "a retention CloudWatch offers, in days: " + ", ".join(
    map(str, LOG_RETENTION_DAYS)
)


class Settings(Section):
    """Everything that differs between environments."""

    vpc_cidr: str = setting(
        "10.0.0.0/16",
        "address block of the VPC",
        "a private IPv4 network from /16 to /19 without host bits, such as 10.0.0.0/16",
    )
    availability_zone_count: Annotated[StrictInt, Field(ge=2, le=4)] = setting(
        3, "zones to spread each tier over", "2 to 4"
    )
    availability_zones: tuple[ZoneName, ...] = setting(
        (),
        "names of the zones, to pin them; empty takes the region's first ones",
        "an empty list, or as many different zone names as availabilityZoneCount",
    )
    nat_gateways: StrictInt = setting(
        1,
        "NAT gateways for the private tier; one in each zone survives the loss of a zone",
        "0, 1, or availabilityZoneCount (one in each zone)",
    )
    flow_log_retention_days: Retention = setting(
        30, "days that VPC flow logs are kept", RETENTIONS_ALLOWED
    )
    log_retention_days: Retention = setting(
        30, "days that all other logs are kept", RETENTIONS_ALLOWED
    )
    interface_endpoints: tuple[str, ...] = setting(
        INTERFACE_ENDPOINT_SERVICES,
        "AWS services with an interface endpoint in the private subnets",
        "a list of different service names such as secretsmanager or ecr.api",
    )
    company_cidrs: tuple[Cidr, ...] = setting(
        ("203.0.113.0/24",),
        "networks that may reach the bastion group by SSH",
        "a list of IPv4 networks without host bits, none of them 0.0.0.0/0",
    )
    deletion_protection: StrictBool = setting(
        False,
        "protect every resource from deletion, keep data and take a final snapshot",
        "true or false",
    )
    database: DatabaseSettings = setting(DatabaseSettings(), "the Postgres database", "an object")
    cache: CacheSettings = setting(CacheSettings(), "the Redis or Valkey cache", "an object")
    api: ApiSettings = setting(ApiSettings(), "the REST API", "an object")
    alarm_emails: tuple[Email, ...] = setting(
        ("admin@example.com",), "addresses that alarms are mailed to", "a list of e-mail addresses"
    )
    slack_webhook_url: Annotated[str, matching(is_slack_webhook)] = setting(
        "",
        "Slack incoming webhook for alarms (`pulumi config set --secret`); empty for none",
        "an https:// address, or empty",
    )

    @field_validator("vpc_cidr")
    @classmethod
    def _is_vpc_block(cls, value: str) -> str:
        try:
            parse_vpc_cidr(value)
        except ValueError as error:
            raise PydanticCustomError("rule", "{reason}", {"reason": str(error)}) from None
        return value

    @field_validator("availability_zones")
    @classmethod
    def _are_as_many_as_counted(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        count = info.data.get("availability_zone_count")
        if value and (len(set(value)) != len(value) or (count and len(value) != count)):
            raise ValueError
        return value

    @field_validator("nat_gateways")
    @classmethod
    def _is_none_single_or_one_per_zone(cls, value: int, info: ValidationInfo) -> int:
        count = info.data.get("availability_zone_count")
        if value not in (0, 1) and (count is None or value != count):
            zones = f"there are {count} zones" if count else "the number of zones is not known"
            raise PydanticCustomError("rule", "{reason}", {"reason": zones})
        return value

    @field_validator("company_cidrs")
    @classmethod
    def _are_not_the_whole_internet(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(cidr.endswith("/0") for cidr in value):
            raise PydanticCustomError("rule", "SSH would be open to everyone")
        return value

    @field_validator("api")
    @classmethod
    def _protected_stacks_name_their_origins(
        cls, value: ApiSettings, info: ValidationInfo
    ) -> ApiSettings:
        if info.data.get("deletion_protection") and "*" in value.cors_origins:
            reason = "deletionProtection is true, and any site could call the API"
            raise PydanticCustomError("rule", "{reason}", {"reason": reason, "key": "corsOrigins"})
        return value

    @field_validator("interface_endpoints")
    @classmethod
    def _differ(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value) or not all(value):
            raise ValueError
        return value


def region() -> str:
    """The AWS region of the stack.

    Raises:
        SettingsError: none is set.
    """
    found = pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION")
    if not found:
        raise SettingsError(
            "aws:region is not set; it takes an AWS region such as us-east-1."
            " Set it with `pulumi config set aws:region <region>`."
        )
    return found


def load() -> Settings:
    """Read and validate the stack's config.

    Raises:
        SettingsError: one or more keys are unknown or unusable; all of them are listed.
    """
    given = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    prefix = f"{NAMESPACE}:"
    values = {
        key.removeprefix(prefix): _parse(value)
        for key, value in given.items()
        if key.startswith(prefix)
    }
    secret = {key for key in values if runtime_config.is_config_secret(prefix + key)}
    return parse(values, secret=secret)


def parse(values: Mapping[str, Any], secret: Iterable[str] = ()) -> Settings:
    """Validate config values.

    Args:
        values: by key without namespace; objects as mappings.
        secret: keys whose values must not be shown.

    Raises:
        SettingsError: see `load`.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        hidden = {"slackWebhookUrl", *secret}
        problems = [_problem(item, hidden) for item in error.errors(include_url=False)]
    count = "This setting is" if len(problems) == 1 else f"These {len(problems)} settings are"
    lines = "\n".join(f"  {problem}" for problem in problems)
    raise SettingsError(
        f"{count} not usable, so nothing was changed:\n{lines}\n"
        f"Correct the stack's Pulumi.<stack>.yaml, or use"
        f" `pulumi config set --path {NAMESPACE}:<key> <value>`."
    )


def described_settings() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting that holds a value, by its dotted key, in the order of this file."""
    yield from _described(Settings, "")


def allowed_in_words(field: FieldInfo) -> str:
    """What values a setting takes, as the messages and the documentation say it."""
    return str(cast(dict[str, Any], field.json_schema_extra or {}).get("allowed", ""))


def _described(section: type[Section], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for field in section.model_fields.values():
        key = f"{prefix}{field.alias}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from _described(field.annotation, f"{key}.")
        else:
            yield key, field


def _parse(value: str) -> Any:
    """Config values arrive as strings: objects, lists, numbers and booleans as their JSON."""
    try:
        # "7.10" must not become 7.1.
        return json.loads(value, parse_float=str)
    except ValueError:
        return value


def _problem(error: ErrorDetails, hidden: Iterable[str]) -> str:
    context = error.get("ctx", {})
    location = (*error["loc"], *([context["key"]] if "key" in context else []))
    key = _dotted(location)
    if error["type"] == "extra_forbidden":
        return f"{NAMESPACE}:{key} is not a setting; {_suggestion(location)}"
    value = error["input"]
    if isinstance(value, Section):
        value = value.model_dump(mode="json", by_alias=True)[context["key"]]
    shown = "[secret]" if str(location[0]) in hidden else json.dumps(value, default=str)
    reason = f" ({error['msg']})" if error["type"] == "rule" else ""
    return f"{NAMESPACE}:{key} is {shown}{reason}; allowed: {_allowed(location)}"


def _dotted(location: tuple[int | str, ...]) -> str:
    """`("api", "corsOrigins", 0)` as Pulumi's path syntax has it: `api.corsOrigins[0]`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def _section_of(location: tuple[int | str, ...]) -> tuple[type[Section], FieldInfo | None]:
    """The section that holds the last name of a location, and the field itself where it exists."""
    section: type[Section] = Settings
    field: FieldInfo | None = None
    for part in location:
        by_alias = {candidate.alias: candidate for candidate in section.model_fields.values()}
        field = by_alias.get(part) if isinstance(part, str) else field
        annotation = field.annotation if field else None
        if isinstance(annotation, type) and issubclass(annotation, Section):
            section = annotation
    return section, field


def _allowed(location: tuple[int | str, ...]) -> str:
    _, field = _section_of(location)
    return allowed_in_words(field) if field else ""


def _suggestion(location: tuple[int | str, ...]) -> str:
    section, _ = _section_of(location[:-1])
    known = [str(field.alias) for field in section.model_fields.values()]
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {_dotted((*location[:-1], close[0]))}?"
    return f"the settings here are {', '.join(sorted(known))}"
