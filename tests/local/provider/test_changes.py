from typing import Any

import pytest

from local.provider.changes import changes, ignored
from local.provider.values import UNKNOWN, Archive, Secret


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", "a", "UPDATE")]),
        ({}, {"a": 1}, [("a", "a", "ADD")]),
        ({"a": 1}, {}, [("a", "a", "DELETE")]),
        (
            {"tags": {"Team": "x", "old": "1"}},
            {"tags": {"Team": "y", "k8s.io/new": "2"}},
            [
                ("tags", "tags.Team", "UPDATE"),
                ("tags", 'tags["k8s.io/new"]', "ADD"),
                ("tags", "tags.old", "DELETE"),
            ],
        ),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, [("l", "l[1]", "UPDATE"), ("l", "l[2]", "ADD")]),
        ({"b": [{"c": 1}]}, {"b": [{"c": 2}]}, [("b", "b[0].c", "UPDATE")]),
        ({"a": Secret("x")}, {"a": "x"}, []),
        ({"a": Secret("x")}, {"a": Secret("y")}, [("a", "a", "UPDATE")]),
        ({"a": "known"}, {"a": UNKNOWN}, [("a", "a", "UPDATE")]),
        ({"a": 1}, {"a": True}, [("a", "a", "UPDATE")]),
        ({"code": Archive("h", path="/1")}, {"code": Archive("h", path="/2")}, []),
        ({"code": Archive("h")}, {"code": Archive("i")}, [("code", "code", "UPDATE")]),
    ],
)
def test_exactly_the_changed_properties_are_named(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert sorted(changes(old, new)) == sorted(expected)


def test_ignored_paths_cover_what_is_below_them_and_no_neighbours() -> None:
    assert ignored("tags.Team", ["tags"])
    assert ignored("rules[0].port", ["rules"])
    assert ignored("tags", ["tags"])
    assert not ignored("tagsAll", ["tags"])
    assert not ignored("tags", ["tags.Team"])
