"""Listed equivalents are left out, and can't rot."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from tools.mutation.equivalents import Equivalent, equivalents, without_equivalents
from tools.mutation.mutants import mutants_of

SOURCE = "def first(values):\n    return values[0]\n\n\ndef second(values):\n    return values[0]\n"
CHANGE = ("-return values[0]", "+return values[1]")


def listed(**changes: object) -> Equivalent:
    fields = {"file": "m.py", "function": "first", "change": CHANGE, "reason": "nobody can tell"}
    return Equivalent.model_validate(fields | changes)


def test_one_that_is_listed_is_left_out_wherever_its_function_stands(tmp_path: Path) -> None:
    for text in (SOURCE, f"\n\nX = 1\n{SOURCE}"):
        (tmp_path / "m.py").write_text(text)
        mutants = mutants_of(tmp_path, "m.py")
        kept, stale = without_equivalents(mutants, [listed()])
        assert stale == []
        (gone,) = set(mutants) - set(kept)
        assert (gone.function, gone.differences) == ("first", CHANGE)


@pytest.mark.parametrize(
    "changes",
    [
        {"file": "gone.py"},
        {"function": "third"},
        {"function": ""},
        {"change": ("-return values[7]", "+return values[8]")},
        {"change": CHANGE[:1]},
    ],
)
def test_one_that_is_no_mutant_is_told(tmp_path: Path, changes: dict[str, object]) -> None:
    (tmp_path / "m.py").write_text(SOURCE)
    mutants = mutants_of(tmp_path, "m.py")
    kept, stale = without_equivalents(mutants, [listed(**changes)])
    assert (kept, stale) == (mutants, [listed(**changes)])


@pytest.mark.parametrize("changes", [{"reason": ""}, {"change": ()}, {"line": 7}])
def test_an_entry_says_what_changes_and_why_nobody_can_tell(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        listed(**changes)


def test_the_list_of_the_project_is_one() -> None:
    found = equivalents()
    assert len({one.key for one in found}) == len(found)
