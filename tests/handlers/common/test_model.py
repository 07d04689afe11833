import re

import pytest
from pydantic import ValidationError

from handlers.common.items import from_attributes, to_attributes
from handlers.common.model import ID_PATTERN, MAX_MINOR_UNITS, Money
from handlers.common.versions import accepted_versions
from handlers.users.domain import Profile

PROFILE = {"email": "a@b.example", "givenName": "Ada", "familyName": "Lovelace"}


@pytest.mark.parametrize("text", ["a", "Z", "0", "_", "-", "aZ09_-", "x" * 128])
def test_an_id_may_be(text: str) -> None:
    assert re.fullmatch(ID_PATTERN, text)


@pytest.mark.parametrize("text", ["", "x" * 129, "a b", "a.b", "a/b", "é", "a\n"])
def test_an_id_may_not_be(text: str) -> None:
    assert not re.fullmatch(ID_PATTERN, text)


def test_a_body_is_taken_by_either_name_and_never_with_a_field_too_many() -> None:
    by_name = Profile(email="a@b.example", given_name="Ada", family_name="Lovelace")
    assert Profile.model_validate(PROFILE) == by_name
    with pytest.raises(ValidationError, match="extra"):
        Profile.model_validate({**PROFILE, "admin": True})
    with pytest.raises(ValidationError, match="frozen"):
        by_name.email = "b@b.example"  # pyright: ignore[reportAttributeAccessIssue]


def test_an_amount_is_a_whole_number_that_every_reader_keeps() -> None:
    assert MAX_MINOR_UNITS == 10**12
    assert Money(amount=MAX_MINOR_UNITS, currency="EUR").amount < 2**53
    for amount in (-1, MAX_MINOR_UNITS + 1, 1.5, "1"):
        with pytest.raises(ValidationError):
            Money.model_validate({"amount": amount, "currency": "EUR"})
    for currency in ("eur", "EU", "EURO", "EUR\n"):
        with pytest.raises(ValidationError):
            Money.model_validate({"amount": 1, "currency": currency})


def test_what_is_stored_is_read_back() -> None:
    item = {"a": 1, "b": ["x", {"c": 2}], "d": True, "e": None, "f": "text"}
    assert from_attributes(to_attributes(item)) == item


def test_a_condition_names_at_most_what_dynamodb_compares_at_once() -> None:
    assert accepted_versions(None) == ("", {})
    assert accepted_versions([3]) == (" AND version IN (:v0)", {":v0": 3})
    assert accepted_versions([]) == (" AND version IN (:v0)", {":v0": 0})
    condition, values = accepted_versions(range(1, 200))
    assert len(values) == condition.count(":v") == 100
    assert values[":v99"] == 100
