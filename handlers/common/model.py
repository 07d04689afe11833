"""Bodies of requests and answers: camelCase outside, strict types, unknown fields refused."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

MAX_MINOR_UNITS = 1_000_000_000_000
"""Largest amount in minor units: far above any price, and exact in every JSON reader (2**53)."""

ID_PATTERN = r"^[A-Za-z0-9_-]{1,128}$"

LINE_OF_TEXT = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"


Timestamp = Annotated[
    str,
    Field(
        json_schema_extra={"format": "date-time"},
        description="RFC 3339, in UTC",
        examples=["2026-04-09T12:34:56.789Z"],
    ),
]


class Model(BaseModel):
    """Base of every body."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


ItemT = TypeVar("ItemT", bound=Model)


class ItemPage(Model, Generic[ItemT]):
    """One page of a listing, and the cursor of the next (None: no more)."""

    items: list[ItemT]
    next_cursor: str | None = None


class Money(Model):
    """An amount of money as a whole number of the currency's minor unit (cents for EUR)."""

    amount: Annotated[int, Field(ge=0, le=MAX_MINOR_UNITS, examples=[1999])]
    currency: Annotated[
        str,
        Field(pattern="^[A-Z]{3}$", description="ISO 4217 code", examples=["EUR"]),
    ]
