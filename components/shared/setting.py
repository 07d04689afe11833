"""What settings are made of: sections, and described fields that know which values they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from components.shared.setting_kinds import Kind


def setting(default: Any, description: str, *, rule: str = "", secret: bool = False) -> Any:
    """One setting; its kind, which says what values it takes, is in the field's annotation.

    Args:
        default: its value where the stack gives none.
        description: what it is for.
        rule: what else is allowed or not, in words, where a validator looks at other settings.
        secret: whether messages must not show its value.
    """
    return Field(
        default=default,
        description=description,
        repr=not secret,
        json_schema_extra={"rule": rule, "secret": secret},
    )


class Section(BaseModel):
    """A group of settings; frozen, and unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_default=True,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, field in cls.model_fields.items():
            if not allowed(field):
                raise TypeError(f"{cls.__name__}.{name} has no kind, so that it takes anything")


def region_of_stack(info: ValidationInfo) -> str | None:
    """The AWS region that settings are validated for; None where that is not known."""
    context = cast(Mapping[str, str | None], info.context or {})
    return context.get("region")


def described(section: type[Section], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting of a section that holds a value, by its dotted key, in the order written."""
    for field in section.model_fields.values():
        key = f"{prefix}{field.alias}"
        inner = section_of(field)
        if inner:
            yield from described(inner, f"{key}.")
        else:
            yield key, field


def section_of(field: FieldInfo) -> type[Section] | None:
    """The section that a field holds, if it is none that holds a value."""
    annotation = field.annotation
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return None


def allowed(field: FieldInfo) -> str:
    """What values a setting takes, as the messages and the documentation say it."""
    section = section_of(field)
    if section:
        keys = [str(inner.alias) for inner in section.model_fields.values()]
        return f"an object with any of {', '.join(keys)}"
    kinds = [one.words for one in field.metadata if isinstance(one, Kind)]
    return "; ".join(part for part in (*kinds, _extra(field).get("rule")) if part)


def is_secret(field: FieldInfo) -> bool:
    """Whether messages must not show a setting's value."""
    return bool(_extra(field).get("secret"))


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], field.json_schema_extra or {})
