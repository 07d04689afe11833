import re

from local.provider.naming import automatic_name, default_tags, merged_tags
from local.provider.resource_type import AutoName, CheckFailure
from local.provider.values import UNKNOWN, Secret


def test_a_name_is_the_logical_name_and_seven_hex_digits_of_the_seed() -> None:
    name = automatic_name(AutoName(), "api", b"seed")
    assert isinstance(name, str)
    assert re.fullmatch(r"api-[0-9a-f]{7}", name)
    assert name == automatic_name(AutoName(), "api", b"seed")
    assert name != automatic_name(AutoName(), "api", b"another life")


def test_types_with_lower_case_names_get_them() -> None:
    name = automatic_name(AutoName(lower=True), "Main", b"s")
    assert isinstance(name, str)
    assert name.startswith("main-")


def test_a_name_that_aws_would_refuse_says_what_to_do() -> None:
    failure = automatic_name(AutoName(max_length=20), "a-rather-long-name", b"s")
    assert isinstance(failure, CheckFailure)
    assert failure.property == "name"
    assert "maximum length of 20" in failure.reason


def test_own_tags_win_over_default_tags() -> None:
    assert merged_tags({"a": "1", "b": "1"}, {"b": "2"}) == {"a": "1", "b": "2"}
    assert merged_tags({"a": "1"}, None) == {"a": "1"}
    assert merged_tags({"a": "1"}, UNKNOWN) is UNKNOWN
    assert merged_tags({"a": "1"}, Secret({"b": "2"})) == Secret({"a": "1", "b": "2"})


def test_default_tags_come_as_a_map_or_as_json_text() -> None:
    tags = {"Project": "p"}
    assert default_tags({"defaultTags": {"tags": tags}}) == tags
    assert default_tags({"defaultTags": '{"tags": {"Project": "p"}}'}) == tags
    assert default_tags({}) == {}
    assert default_tags({"defaultTags": UNKNOWN}) == {}
