import base64
import string

import pytest

from local.aws.access import AwsAccess
from local.provider.connection import Connection
from local.provider.random import RandomId, RandomPassword
from local.provider.resource_type import ResourceType

NO_AWS = Connection(region="us-east-1", access=AwsAccess.new("http://127.0.0.1:1"))


def test_a_text_keeps_to_its_alphabet_and_minima() -> None:
    inputs = {
        "length": 40,
        "upper": False,
        "overrideSpecial": "!#",
        "minNumeric": 5,
        "minSpecial": 30,
    }
    text = RandomPassword().create(NO_AWS, inputs).outputs["result"]
    assert len(text) == 40
    assert sum(character in string.digits for character in text) >= 5
    assert sum(character in "!#" for character in text) >= 30
    assert not set(text) - set(string.ascii_lowercase + string.digits + "!#")


def test_each_text_is_another_one() -> None:
    create = RandomPassword().create
    made = {create(NO_AWS, {"length": 20}).outputs["result"] for _ in range(50)}
    assert len(made) == 50


def test_a_passwords_value_is_secret_and_no_part_of_its_id() -> None:
    created = RandomPassword().create(NO_AWS, {"length": 16})
    assert created.id == "none"
    assert "result" in RandomPassword.secret_outputs
    assert len(created.outputs["result"]) == 16


@pytest.mark.parametrize("kind", [RandomPassword, RandomId], ids=lambda kind: kind.__name__)
def test_changed_keepers_make_a_new_value(kind: type[ResourceType]) -> None:
    assert "keepers" in kind.replace_on


def test_a_length_below_the_minima_is_refused() -> None:
    failures = list(RandomPassword().check({"length": 3, "minUpper": 2, "minLower": 2}))
    assert [failure.property for failure in failures] == ["length"]


def test_an_empty_alphabet_is_refused() -> None:
    off = {"upper": False, "lower": False, "numeric": False, "special": False}
    assert [failure.property for failure in RandomPassword().check({"length": 3, **off})] == [
        "numeric"
    ]


def test_an_id_says_the_same_in_all_spellings() -> None:
    identity = RandomId().create(NO_AWS, {"byteLength": 4, "prefix": "p-"})
    value = bytes.fromhex(identity.outputs["hex"].removeprefix("p-"))
    assert identity.outputs["dec"] == f"p-{int.from_bytes(value, 'big')}"
    assert base64.urlsafe_b64decode(identity.id + "==") == value
