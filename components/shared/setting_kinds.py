"""The kinds of values that settings take: each checks values, and says which ones it takes."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from components.shared.allowed_values import LOG_RETENTION_DAYS

LARGEST_WHOLE_NUMBER = 2**31 - 1
"""What AWS's APIs take for an integer."""

REFUSED = "refused"
"""The type of pydantic's error where a rule gives its reason; its context has the reason."""


class Kind(ABC):
    """A kind of values, which a setting has in its annotation: `Annotated[int, WholeNumber(1)]`.

    It checks values and says in words which ones it takes, so that both can't differ.
    """

    @property
    @abstractmethod
    def words(self) -> str:
        """Which values it takes, for people."""

    @abstractmethod
    def read(self, value: object) -> object:
        """The value as the program uses it.

        Raises:
            ValueError: it is none of this kind.
        """

    def schema(self) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_core_schema__(self, _source: Any, _: GetCoreSchemaHandler) -> CoreSchema:
        return self.schema()


@dataclass(frozen=True)
class WholeNumber(Kind):
    """An integer from `least` to `most`."""

    least: int
    most: int = LARGEST_WHOLE_NUMBER

    @property
    def words(self) -> str:
        return f"{self.least} to {self.most}"

    def read(self, value: object) -> int:
        whole = value if isinstance(value, int) and not isinstance(value, bool) else None
        if whole is not None and self.least <= whole <= self.most:
            return whole
        raise ValueError


@dataclass(frozen=True)
class Number(Kind):
    """A number from `least` to `most`, each with or without that end itself."""

    least: float
    most: float
    without_least: bool = False
    without_most: bool = False

    @property
    def words(self) -> str:
        least = f"above {self.least:g}, up" if self.without_least else f"{self.least:g}"
        most = f"below {self.most:g}" if self.without_most else f"{self.most:g}"
        return f"{least} to {most}"

    def read(self, value: object) -> float:
        number = _number(value)
        at_excluded_end = (self.without_least and number == self.least) or (
            self.without_most and number == self.most
        )
        if at_excluded_end or not self.least <= number <= self.most:
            raise ValueError
        return float(number)


@dataclass(frozen=True)
class Choice(Kind):
    """One of some texts or numbers.

    Attributes:
        values: what may be chosen.
        name: what they are, where that says more than the list alone.
    """

    values: Sequence[str] | Sequence[float]
    name: str = ""

    @property
    def words(self) -> str:
        values = [f"{one:g}" if isinstance(one, float) else str(one) for one in self.values]
        listed = one_of(values)
        return f"{self.name}: {listed}" if self.name else listed

    def read(self, value: object) -> str | float:
        wanted = value if isinstance(self.values[0], str) else _number(value)
        for one in self.values:
            if one == wanted:
                return one
        raise ValueError


@dataclass(frozen=True)
class TrueOrFalse(Kind):
    """A switch."""

    @property
    def words(self) -> str:
        return "true or false"

    def read(self, value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise ValueError


@dataclass(frozen=True)
class Text(Kind):
    """A text of some form.

    Attributes:
        accepts: gives something true for a good text; it may raise a ValueError that says why not.
        form: what is accepted, in words; in the plural where it is for the items of a list.
    """

    accepts: Callable[[str], object]
    form: str

    @property
    def words(self) -> str:
        return self.form

    def read(self, value: object) -> str:
        if isinstance(value, float):
            # Of 17.10 YAML has left 17.1, which may be good as well.
            raise refused("YAML reads it as a number and drops zeros: write it in quotes")
        # Of 17 nothing is lost.
        is_number = isinstance(value, int) and not isinstance(value, bool)
        text = str(value) if is_number else value
        if isinstance(text, str) and self._accepts(text):
            return text
        if is_number:
            raise refused("YAML reads it as a number: write what you mean in quotes")
        raise ValueError

    def _accepts(self, text: str) -> bool:
        try:
            return bool(self.accepts(text))
        except ValueError as error:
            raise refused(str(error)) from None


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of values of another kind.

    Attributes:
        items: the kind of each item.
        different: whether no two may be equal.
        not_empty: whether there must be one.
        most: how many there may be.
    """

    items: Kind
    different: bool = False
    not_empty: bool = False
    most: int | None = None

    @property
    def words(self) -> str:
        different = "different " if self.different else ""
        most = f"at most {self.most} " if self.most else ""
        least = ", at least one" if self.not_empty else ""
        return f"a list of {most}{different}{self.items.words}{least}"

    def read(self, value: object) -> tuple[object, ...]:
        read = cast(tuple[object, ...], value)
        if self.not_empty and not read:
            raise ValueError
        if self.most and len(read) > self.most:
            raise refused(f"these are {len(read)}")
        if self.different and len(set(read)) != len(read):
            raise refused("one is listed twice")
        return read

    def schema(self) -> CoreSchema:
        each = core_schema.tuple_variable_schema(self.items.schema())
        return core_schema.no_info_after_validator_function(self.read, each)


Switch = Annotated[bool, TrueOrFalse()]
Retention = Annotated[
    int, Choice(LOG_RETENTION_DAYS, "a retention that CloudWatch offers, in days")
]


def refused(
    reason: str, at: str = "", value: object = None, remedy: str = ""
) -> PydanticCustomError:
    """What a validator raises to say why a value is not allowed.

    Args:
        reason: why.
        at: the key within the refused section that is at fault, with its value.
        value: that value.
        remedy: what to do, where there is more to say than what is allowed.
    """
    context = {"reason": reason, "at": at, "value": value, "remedy": remedy}
    return PydanticCustomError(REFUSED, "{reason}", context)


def one_of(values: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join(part for part in (", ".join(values[:-1]), values[-1]) if part)


def _number(value: object) -> float:
    """A number, also as the text that config values with a point arrive as.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError
