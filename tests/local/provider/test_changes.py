import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider.changes import changes, ignored
from local.provider.values import UNKNOWN, Archive, Asset, Secret


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
        (
            {"l": [1, 2, 3]},
            {"l": [0]},
            [("l", "l[0]", "UPDATE"), ("l", "l[1]", "DELETE"), ("l", "l[2]", "DELETE")],
        ),
        ({"l": [1]}, {"l": []}, [("l", "l[0]", "DELETE")]),
        ({"l": [[1, 2]]}, {"l": [[1]]}, [("l", "l[0][1]", "DELETE")]),
        ({"b": [{"c": 1}]}, {"b": [{"c": 2}]}, [("b", "b[0].c", "UPDATE")]),
        ({"b": [{"c": 1}]}, {"b": []}, [("b", "b[0]", "DELETE")]),
        ({"b": {"c": 1}}, {"b": "text"}, [("b", "b", "UPDATE")]),
        ({"b": "text"}, {"b": {"c": 1}}, [("b", "b", "UPDATE")]),
        ({"b": {"c": 1}}, {"b": [1]}, [("b", "b", "UPDATE")]),
        ({"b": [1]}, {"b": 1}, [("b", "b", "UPDATE")]),
        ({"b": {"c": 1}}, {"b": UNKNOWN}, [("b", "b", "UPDATE")]),
        ({"b": [1, 2]}, {"b": UNKNOWN}, [("b", "b", "UPDATE")]),
        ({"a": Secret("x")}, {"a": "x"}, []),
        ({"a": Secret("x")}, {"a": Secret("y")}, [("a", "a", "UPDATE")]),
        ({"a": "known"}, {"a": UNKNOWN}, [("a", "a", "UPDATE")]),
        ({"a": 1}, {"a": True}, [("a", "a", "UPDATE")]),
        ({"code": Archive("h", path="/1")}, {"code": Archive("h", path="/2")}, []),
        ({"code": Archive("h")}, {"code": Archive("i")}, [("code", "code", "UPDATE")]),
        ({"page": Asset("h", text="a")}, {"page": Asset("h", path="/a")}, []),
        ({"page": Asset("h")}, {"page": Asset("i")}, [("page", "page", "UPDATE")]),
        ({"page": Asset("h", text="a")}, {"page": "a"}, [("page", "page", "UPDATE")]),
        ({"page": "h"}, {"page": Asset("h")}, [("page", "page", "UPDATE")]),
        ({"page": Asset("h")}, {}, [("page", "page", "DELETE")]),
    ],
)
def test_exactly_the_changed_properties_are_named(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert sorted(changes(old, new)) == sorted(expected)


KEYS = st.sampled_from(["a", "b", "c_1", "k8s.io/x"])
SCALARS = st.one_of(
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from(["", "x", "1"]),
    st.builds(Asset, st.sampled_from("hi")),
    st.builds(Archive, st.sampled_from("hi")),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
INPUTS = st.dictionaries(KEYS, VALUES, max_size=3)


@given(old=INPUTS, new=INPUTS)
def test_the_changes_made_to_the_old_inputs_give_the_new_ones(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    made = copy.deepcopy(old)
    # What goes from a list goes from its end.
    found = sorted(changes(old, new), key=lambda change: change[2] == "DELETE")
    deletions = [change for change in found if change[2] == "DELETE"]
    for _, path, kind in [*found[: len(found) - len(deletions)], *reversed(deletions)]:
        _apply(made, new, _steps(path), kind)
    assert _comparable(made) == _comparable(new)


@given(old=INPUTS, new=INPUTS)
def test_what_one_way_adds_the_other_way_deletes(old: dict[str, Any], new: dict[str, Any]) -> None:
    opposite = {"ADD": "DELETE", "DELETE": "ADD", "UPDATE": "UPDATE"}
    there = {(path, opposite[kind]) for _, path, kind in changes(old, new)}
    assert there == {(path, kind) for _, path, kind in changes(new, old)}


@given(inputs=INPUTS)
def test_the_same_inputs_have_no_changes(inputs: dict[str, Any]) -> None:
    assert list(changes(inputs, copy.deepcopy(inputs))) == []


def test_ignored_paths_cover_what_is_below_them_and_no_neighbours() -> None:
    assert ignored("tags.Team", ["tags"])
    assert ignored("rules[0].port", ["rules"])
    assert ignored("tags", ["tags"])
    assert not ignored("tagsAll", ["tags"])
    assert not ignored("tags", ["tags.Team"])


def _steps(path: str) -> list[str | int]:
    found = re.findall(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)', path)
    return [int(index) if index else quoted or name for quoted, index, name in found]


def _apply(target: Any, source: Any, steps: list[str | int], kind: str) -> None:
    for step in steps[:-1]:
        target, source = target[step], source[step]
    last = steps[-1]
    if kind == "DELETE":
        del target[last]
    elif kind == "ADD" and isinstance(target, list):
        assert last == len(target), "a list grows at its end"
        target.append(source[last])
    else:
        assert (kind == "UPDATE") == (last in target or isinstance(target, list))
        target[last] = source[last]


def _comparable(value: Any) -> Any:
    """Assets by their hashes, and flags told apart from numbers."""
    if isinstance(value, dict):
        return {key: _comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    return value.hash if isinstance(value, (Asset, Archive)) else (type(value), value)
