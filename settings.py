"""The stack's configuration, read once, typed and validated before any resource is registered.

This is the only reader of stack config. The descriptions, defaults and allowed values below are
also what `Pulumi.yaml` and `docs/settings.md` are generated from.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, cast

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from components.api.settings import ApiSettings
from components.data.cache_settings import CacheSettings
from components.data.database_settings import DatabaseSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.shared.allowed_values import is_email, is_slack_webhook
from components.shared.environment_settings import EnvironmentSettings
from components.shared.region import unusable
from components.shared.setting import Section, matching, setting

NAMESPACE = "aws-platform"
"""The config namespace, which is the project's name in `Pulumi.yaml`."""


class SettingsError(pulumi.RunError):
    """The stack's config can't be used; the message names every key, value and what is allowed."""


Email = Annotated[str, matching(is_email)]


class Settings(EnvironmentSettings, NetworkSettings):
    """Everything that differs between environments."""

    database: DatabaseSettings = setting(DatabaseSettings(), "the Postgres database", "an object")
    cache: CacheSettings = setting(CacheSettings(), "the Redis or Valkey cache", "an object")
    api: ApiSettings = setting(ApiSettings(), "the REST API", "an object")
    monitoring: MonitoringSettings = setting(
        MonitoringSettings(), "alarms, error budgets and costs", "an object"
    )
    alarm_emails: tuple[Email, ...] = setting(
        ("admin@example.com",),
        "addresses that alarms are mailed to",
        "a list of different e-mail addresses",
    )
    slack_webhook_url: Annotated[str, matching(is_slack_webhook)] = setting(
        "",
        "Slack incoming webhook for alarms (`pulumi config set --secret`); empty for none",
        "an https:// address, an http:// one of this machine, or empty",
    )

    @field_validator("alarm_emails")
    @classmethod
    def _emails_differ(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise PydanticCustomError("rule", "one is listed twice")
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


def region() -> str:
    """The AWS region of the stack.

    Raises:
        SettingsError: none is set, or nothing can be deployed to it.
    """
    found = pulumi.Config("aws").get("region") or os.environ.get("AWS_REGION")
    if not found:
        raise SettingsError(
            "aws:region is not set; it takes an AWS region such as us-east-1."
            " Set it with `pulumi config set aws:region <region>`."
        )
    if reason := unusable(found):
        raise SettingsError(f"aws:region is {json.dumps(found)}, {reason}")
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
