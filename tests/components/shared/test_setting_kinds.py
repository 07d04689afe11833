"""A kind takes exactly the values that its words name."""

import re
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.shared.setting import Section, setting
from components.shared.setting_kinds import (
    Choice,
    Kind,
    ListOf,
    Number,
    Switch,
    Text,
    TrueOrFalse,
    WholeNumber,
)

ENDS = st.integers(-100, 100)


def takes(kind: Kind, value: object) -> bool:
    try:
        TypeAdapter(Annotated[Any, kind]).validate_python(value)
    except ValidationError:
        return False
    return True


@given(least=ENDS, size=st.integers(0, 50), value=st.integers(-200, 200))
def test_a_whole_number_is_taken_in_the_range_that_the_words_name(
    least: int, size: int, value: int
) -> None:
    kind = WholeNumber(least, least + size)
    named = re.fullmatch(r"(-?\d+) to (-?\d+)", kind.words)

    assert named
    assert takes(kind, value) == (int(named[1]) <= value <= int(named[2]))


@given(least=ENDS, value=st.integers(-200, 200))
def test_a_whole_number_without_an_upper_end_is_one_that_aws_can_keep(
    least: int, value: int
) -> None:
    kind = WholeNumber(least)

    assert kind.words == f"{least} to 2147483647"
    assert takes(kind, value) == (value >= least)
    assert takes(kind, 2_147_483_647)
    assert not takes(kind, 2_147_483_648)


@pytest.mark.parametrize("value", [True, 2.0, "2", None, [2], {}])
def test_what_is_no_integer_is_no_whole_number(value: object) -> None:
    assert not takes(WholeNumber(0, 5), value)


@pytest.mark.parametrize(
    ("kind", "words", "taken", "refused"),
    [
        (Number(95, 100), "95 to 100", [95, 100, "99.9"], [94.9, 100.1]),
        (Number(0, 100, without_least=True), "above 0, up to 100", [0.1, 100], [0, 101]),
        (Number(95, 100, without_most=True), "95 to below 100", [95, 99.99], [94, 100]),
    ],
)
def test_a_number_is_taken_between_its_ends_as_the_words_say(
    kind: Number, words: str, taken: list[object], refused: list[object]
) -> None:
    assert kind.words == words
    assert all(takes(kind, value) for value in taken)
    for value in [*refused, True, None, "most", "nan", float("inf"), 10**400, [99]]:
        assert not takes(kind, value)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Choice(("gp2", "gp3")), "gp2 or gp3"),
        (Choice(("one",)), "one"),
        (Choice((1, 3, 5)), "1, 3 or 5"),
        (Choice((0.5, 118.0), "a size in GB"), "a size in GB: 0.5 or 118"),
    ],
)
def test_a_choice_takes_what_it_lists_and_nothing_else(kind: Choice, words: str) -> None:
    assert kind.words == words
    assert all(takes(kind, value) for value in kind.values)
    for value in (2, "gp4", "", True, None, [], {}):
        assert not takes(kind, value)


def test_a_number_to_choose_is_taken_as_the_text_that_config_has() -> None:
    assert TypeAdapter(Annotated[float, Choice((0.5, 118.0))]).validate_python("118") == 118.0


def test_a_switch_is_true_or_false_and_nothing_like_it() -> None:
    assert takes(TrueOrFalse(), value=True)
    assert takes(TrueOrFalse(), value=False)
    for value in (1, 0, "true", "yes", None):
        assert not takes(TrueOrFalse(), value)


def test_a_text_may_be_written_as_the_number_that_yaml_reads() -> None:
    kind = Text(str.isdigit, "digits")

    assert TypeAdapter(Annotated[str, kind]).validate_python(17) == "17"
    for value in ("x", True, 1.5, None, ["1"]):
        assert not takes(kind, value)


@pytest.mark.parametrize(("value", "said"), [(1.5, "drops zeros"), (2.0, "quotes"), (15, "quotes")])
def test_a_number_in_the_place_of_a_text_is_answered_with_quotes(value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=f"YAML reads it as a number.*{said}"):
        TypeAdapter(Annotated[str, Text(lambda text: text == "1.5", "a version")]).validate_python(
            value
        )


def test_a_text_that_is_refused_with_a_reason_passes_it_on() -> None:
    def accepts(_: str) -> bool:
        raise ValueError("it is too {small}")

    with pytest.raises(ValidationError, match=r"it is too \{small\}"):
        TypeAdapter(Annotated[str, Text(accepts, "a text")]).validate_python("x")


@pytest.mark.parametrize(
    ("kind", "words", "refused"),
    [
        (ListOf(Text(str.islower, "words")), "a list of words", [["A"], "a", None, {}]),
        (
            ListOf(Text(str.islower, "words"), different=True),
            "a list of different words",
            [["a", "a"]],
        ),
        (
            ListOf(Text(str.islower, "words"), different=True, most=2),
            "a list of at most 2 different words",
            [["a", "b", "c"]],
        ),
        (
            ListOf(Text(str.islower, "words"), not_empty=True),
            "a list of words, at least one",
            [[]],
        ),
    ],
)
def test_a_list_is_held_to_its_items_and_to_its_own_words(
    kind: ListOf, words: str, refused: list[object]
) -> None:
    assert kind.words == words
    assert takes(kind, ["a", "b"])
    assert not any(takes(kind, value) for value in refused)


def test_a_setting_that_would_take_anything_is_no_setting() -> None:
    with pytest.raises(TypeError, match=r"Careless\.size has no kind"):

        class Careless(Section):
            enabled: Switch = setting(True, "whether")
            size: int = setting(1, "how much")
