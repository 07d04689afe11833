"""Mutants that behave as the code does, so that no test can notice: `equivalents.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tools.mutation.mutants import Mutant

LISTED = Path(__file__).with_name("equivalents.toml")


class Equivalent(BaseModel):
    """One change of one function, wherever in it its lines are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    function: str = ""
    """Dotted; empty for what stands outside of functions and classes."""
    change: tuple[str, ...] = Field(min_length=1)
    """The lines that go, with `-`, and those that come, with `+`, without indentation."""
    reason: str = Field(min_length=10)
    """Why nobody can tell."""

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        return self.file, self.function, self.change


def equivalents(path: Path = LISTED) -> list[Equivalent]:
    """What is listed."""
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Equivalent.model_validate(one) for one in listed.get("equivalent", [])]


def without_equivalents(
    mutants: Iterable[Mutant], listed: Iterable[Equivalent]
) -> tuple[list[Mutant], list[Equivalent]]:
    """The mutants that a test can notice, and what is listed but is no mutant (any more)."""
    listed = list(listed)
    places = {(one.file, one.function) for one in listed}
    keys = {one.key for one in listed}
    kept: list[Mutant] = []
    found: set[tuple[str, str, tuple[str, ...]]] = set()
    for mutant in mutants:
        # To make the lines of a mutant takes time: only where something is listed.
        if (mutant.file, mutant.function) in places:
            key = (mutant.file, mutant.function, mutant.differences)
            if key in keys:
                found.add(key)
                continue
        kept.append(mutant)
    return kept, [one for one in listed if one.key not in found]
