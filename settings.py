"""The stack's configuration, read once, typed and validated before any resource is registered.

This is the only reader of stack config. The descriptions, defaults and allowed values below are
also what `Pulumi.yaml` and `docs/settings.md` are generated from.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from components.api.settings import ApiSettings
from components.data.cache_settings import CacheSettings
from components.data.database_settings import DatabaseSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.shared.allowed_values import ANY_ORIGIN, is_email, is_slack_webhook
from components.shared.environment_settings import EnvironmentSettings
from components.shared.function_settings import FunctionSettings
from components.shared.provider_configuration import ProviderConfiguration
from components.shared.region import unusable
from components.shared.reserved_domain import LOCALHOST, reserved_domain
from components.shared.setting import described, setting
from components.shared.setting_kinds import ListOf, Text, refused
from components.shared.setting_messages import SettingMessages
from components.shared.web_origin import host_of_origin

NAMESPACE = "aws-platform"
"""The config namespace, which is the project's name in `Pulumi.yaml`."""

PROTECTED = f"{NAMESPACE}:deletionProtection is true"
"""The reason for what is refused in a protected stack, with the key that somebody set."""


class SettingsError(pulumi.RunError):
    """The stack's config can't be used; the message names every key, value and what is allowed."""


MOVED = {
    "api.lambdaMemory": "functions.memorySize",
    "api.logLevel": "functions.logLevel",
}
"""Where settings went that had another key, by that key."""

MOST_EMAILS = 10
"""Of one notification of a budget (Budgets API Reference, "Notification")."""

Emails = ListOf(Text(is_email, "e-mail addresses"), different=True, most=MOST_EMAILS)
Webhook = Text(is_slack_webhook, "an https:// address, an http:// one of this machine, or empty")


class Settings(EnvironmentSettings, NetworkSettings):
    """Everything that differs between environments."""

    database: DatabaseSettings = setting(DatabaseSettings(), "the Postgres database")
    cache: CacheSettings = setting(CacheSettings(), "the Redis or Valkey cache")
    functions: FunctionSettings = setting(FunctionSettings(), "all Lambda functions")
    api: ApiSettings = setting(ApiSettings(), "the REST API")
    monitoring: MonitoringSettings = setting(
        MonitoringSettings(), "alarms, error budgets and costs"
    )
    alarm_emails: Annotated[tuple[str, ...], Emails] = setting(
        ("admin@example.com",),
        "addresses that alarms are mailed to",
        rule="where deletionProtection is true, none of a domain for examples such as example.com",
    )
    slack_webhook_url: Annotated[str, Webhook] = setting(
        "",
        "Slack incoming webhook for alarms (`pulumi config set --secret`); empty for none",
        secret=True,
    )

    @field_validator("api")
    @classmethod
    def _protected_stacks_name_their_origins(
        cls, value: ApiSettings, info: ValidationInfo
    ) -> ApiSettings:
        origins = value.cors_origins
        if not info.data.get("deletion_protection"):
            return value
        if ANY_ORIGIN in origins:
            places, reason = [0], "any site could call the API"
        else:
            # A page on a developer's own machine is somebody's.
            places = _examples(origins, host_of_origin, besides=(LOCALHOST,))
            reason = f"no page of yours is at {_domains(places)}"
        if places:
            remedy = _commands("api.corsOrigins", places)
            raise refused(f"{PROTECTED}, and {reason}", "corsOrigins", origins, remedy)
        return value

    @field_validator("alarm_emails")
    @classmethod
    def _protected_stacks_alarm_somebody(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        examples = _examples(value, lambda email: email.partition("@")[2])
        if info.data.get("deletion_protection") and examples:
            reason = f"{PROTECTED}, and nobody reads mail to {_domains(examples)}"
            raise refused(reason, remedy=_commands("alarmEmails", examples))
        return value


def region() -> str:
    """The AWS region of the stack.

    Raises:
        SettingsError: none is set, or nothing can be deployed to it.
    """
    found, where = _region_given()
    if not found:
        raise SettingsError(
            "aws:region is not set; it takes an AWS region such as us-east-1."
            " Set it with `pulumi config set aws:region <region>`."
        )
    if reason := unusable(found):
        raise SettingsError(f"{where} is {json.dumps(found)}, {reason}")
    return found


def provider_configuration() -> ProviderConfiguration:
    """What the stack's config says of the AWS provider: whose account, which role, which tags."""
    values, secret = _namespace("aws")
    return ProviderConfiguration(values=values, secret=secret)


def load() -> Settings:
    """Read and validate the stack's config.

    Raises:
        SettingsError: one or more keys are unknown or unusable; all of them are listed.
    """
    values, secret = _namespace(NAMESPACE)
    region = _region_given()[0]
    # Another is refused by `region`, which says more of it.
    usable = region if region and not unusable(region) else None
    parsed = {key: _parse(value) for key, value in values.items()}
    return parse(parsed, secret=secret, region=usable)


def parse(
    values: Mapping[str, Any], secret: Iterable[str] = (), region: str | None = None
) -> Settings:
    """Validate config values.

    Args:
        values: by key without namespace; objects as mappings.
        secret: keys whose values must not be shown.
        region: the stack's AWS region, where it is known.

    Raises:
        SettingsError: see `load`.
    """
    try:
        return Settings.model_validate(values, context={"region": region})
    except ValidationError as error:
        messages = SettingMessages(
            namespace=NAMESPACE,
            settings=Settings,
            moved=MOVED,
            given=values,
            encrypted=frozenset(secret),
        )
        problems = [messages.message(item) for item in error.errors(include_url=False)]
    count = "This setting is" if len(problems) == 1 else f"These {len(problems)} settings are"
    lines = "\n".join(f"  {problem}" for problem in problems)
    raise SettingsError(
        f"{count} not usable, so nothing was changed:\n{lines}\n"
        f"Correct the stack's Pulumi.<stack>.yaml, or use"
        f" `pulumi config set --path {NAMESPACE}:<key> <value>`."
    )


def described_settings() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting that holds a value, by its dotted key, in the order of this file."""
    return described(Settings)


def _namespace(name: str) -> tuple[dict[str, str], frozenset[str]]:
    """The config's values of a namespace by key without it, and which of the keys are secret."""
    given = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    prefix = f"{name}:"
    values = {
        key.removeprefix(prefix): value for key, value in given.items() if key.startswith(prefix)
    }
    secret = (key for key in values if runtime_config.is_config_secret(prefix + key))
    return values, frozenset(secret)


def _parse(value: str) -> Any:
    """Config values arrive as strings: objects, lists, numbers and booleans as their JSON."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _region_given() -> tuple[str | None, str]:
    """The region that config or environment name, and which of them."""
    configured = pulumi.Config("aws").get("region")
    return (
        (configured, "aws:region") if configured else (os.environ.get("AWS_REGION"), "AWS_REGION")
    )


def _examples(
    values: Sequence[str], host: Callable[[str], str], besides: Sequence[str] = ()
) -> Mapping[int, str]:
    """The domains for examples among values, by the values' places.

    Args:
        values: addresses.
        host: gives the host of one.
        besides: such domains that may be used.
    """
    found = {place: reserved_domain(host(value)) for place, value in enumerate(values)}
    return {place: name for place, name in found.items() if name and name not in besides}


def _domains(examples: Mapping[int, str]) -> str:
    """`example.com`, or several."""
    return " and ".join(dict.fromkeys(examples.values()))


def _commands(key: str, places: Iterable[int]) -> str:
    """The commands that put a team's own values into places of a list."""
    paths = [shlex.quote(f"{NAMESPACE}:{key}[{place}]") for place in places]
    puts = " and ".join(f"`pulumi config set --path {path} <yours>`" for path in paths)
    remove = f" (or `pulumi config rm --path {paths[-1]}`)" if len(paths) > 1 else ""
    return f"put in yours with {puts}{remove}"
