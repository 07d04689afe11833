"""What settings are made of: sections, described fields, and the types several of them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt
from pydantic.alias_generators import to_camel

from components.shared.allowed_values import LOG_RETENTION_DAYS


def setting(default: Any, description: str, allowed: str) -> Any:
    """One setting: its default, what it is for, and what values it takes, in words."""
    return Field(default=default, description=description, json_schema_extra={"allowed": allowed})


def _text(value: object) -> object:
    """Take `engineVersion: 17` for "17": YAML reads what looks like a number as one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def matching(predicate: Callable[[Any], bool]) -> AfterValidator:
    """Refuse values for which the predicate is false; the message is the setting's `allowed`."""

    def check(value: object) -> object:
        if not predicate(value):
            raise ValueError
        return value

    return AfterValidator(check)


Text = Annotated[str, BeforeValidator(_text)]
Retention = Annotated[StrictInt, matching(LOG_RETENTION_DAYS.__contains__)]

RETENTIONS_ALLOWED = "a retention CloudWatch offers, in days: " + ", ".join(
    map(str, LOG_RETENTION_DAYS)
)


class Section(BaseModel):
    """A group of settings; frozen, and unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_default=True,
    )
