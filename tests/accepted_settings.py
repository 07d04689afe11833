"""Settings that are taken, for properties of all of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

import settings
from components.shared.setting_kinds import (
    Choice,
    Kind,
    ListOf,
    Number,
    TrueOrFalse,
    WholeNumber,
)
from tests.setting_spellings import SPELLINGS

PROTECTED = {
    "deletionProtection": True,
    "alarmEmails": ["oncall@acme.io"],
    "api": {"corsOrigins": ["https://acme.io"]},
}
MOST_LISTED = 4
MOST_SET = 12
"""How many settings are set at once, of those whose defaults go with most others."""


@st.composite
def accepted_settings(draw: st.DrawFn, region: str) -> dict[str, Any]:
    """Config values by key without namespace, which `settings.parse` takes in a region."""
    fields = dict(settings.described_settings())
    keys = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=MOST_SET))
    given: dict[str, Any] = draw(st.sampled_from([{}, PROTECTED]))
    for key in keys:
        # A value that does not go with those before it is left out.
        wanted = _with(given, key, draw(_values(key, fields[key])))
        if _is_taken(wanted, region):
            given = wanted
    return given


def _values(key: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    (kind,) = (one for one in field.metadata if isinstance(one, Kind))
    match kind:
        case WholeNumber(least, most):
            return st.sampled_from([least, most]) | st.integers(least, min(most, least + 100))
        case Number(least, most):
            return st.sampled_from([least, most]) | st.floats(least, most)
        case Choice(values):
            return st.sampled_from(values)
        case TrueOrFalse():
            return st.booleans()
        case ListOf():
            taken, _ = SPELLINGS[f"{key}[]"]
            return st.lists(st.sampled_from(taken), unique=True, max_size=MOST_LISTED)
        case _:
            return st.sampled_from(SPELLINGS[key][0])


def _with(given: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    first, _, rest = key.partition(".")
    inner = _with(given.get(first, {}), rest, value) if rest else value
    return {**given, first: inner}


def _is_taken(given: dict[str, Any], region: str) -> bool:
    try:
        settings.parse(given, region=region)
    except settings.SettingsError:
        return False
    return True
