"""Which changes are made of a module, and how one is known again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutation.mutants import Mutant, mutants_of

MODULE = '''\
"""A module."""

from __future__ import annotations

from typing import cast

LIMIT = 5


class Door:
    """A door."""

    color: str = "red"

    @property
    def opens(self) -> bool:
        """Whether it does."""
        return len(self.color) < LIMIT


def first(values: list[int], wanted: int = 0) -> int:
    return cast("int", values[0]) + wanted
'''


def mutants(folder: Path, text: str = MODULE) -> list[Mutant]:
    (folder / "module.py").write_text(text)
    return [one for one in mutants_of(folder, "module.py") if one.is_a_change]


def changes(several: list[Mutant]) -> set[tuple[str, ...]]:
    return {one.differences for one in several}


@pytest.mark.parametrize(
    ("function", "change"),
    [
        ("", ("-LIMIT = 5", "+LIMIT = 6")),
        ("", ("-LIMIT = 5", "+LIMIT = None")),
        ("Door", ('-color: str = "red"', '+color: str = "XXredXX"')),
        ("Door.opens", ("-return len(self.color) < LIMIT", "+return len(self.color) <= LIMIT")),
        (
            "first",
            (
                '-return cast("int", values[0]) + wanted',
                '+return cast("int", values[0]) - wanted',
            ),
        ),
        (
            "first",
            (
                "-def first(values: list[int], wanted: int = 0) -> int:",
                "+def first(values: list[int], wanted: int = 1) -> int:",
            ),
        ),
    ],
)
def test_all_code_is_changed_also_outside_of_functions_and_below_decorators(
    tmp_path: Path, function: str, change: tuple[str, ...]
) -> None:
    assert change in changes([one for one in mutants(tmp_path) if one.function == function])


def test_what_is_for_readers_and_type_checkers_is_left_alone(tmp_path: Path) -> None:
    lines = {line for one in mutants(tmp_path) for line in one.differences}
    assert not any('"""' in line or "import" in line or '"XXint' in line for line in lines)
    assert not any("len(None)" in line or "@" in line for line in lines)


def test_a_mutant_changes_one_place_and_nothing_on_disk(tmp_path: Path) -> None:
    for one in mutants(tmp_path):
        assert 1 <= len(one.differences) <= 2
        assert one.source != MODULE
        compile(one.source, "module.py", "exec")
    assert (tmp_path / "module.py").read_text() == MODULE


def test_a_sample_stays_when_something_else_in_the_module_changes(tmp_path: Path) -> None:
    before = {one.rank(1) for one in mutants(tmp_path)}
    after = {one.rank(1) for one in mutants(tmp_path, f"OTHER = 1\n{MODULE}\nMORE = 2\n")}
    assert before < after
    assert not before & {one.rank(2) for one in mutants(tmp_path)}


def test_equal_lines_of_one_function_are_different_mutants(tmp_path: Path) -> None:
    text = "def f(a):\n    a = a + 1\n    a = a + 1\n    return a\n"
    found = mutants(tmp_path, text)
    assert len({one.rank(1) for one in found}) == len(found)
