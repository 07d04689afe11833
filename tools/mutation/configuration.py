"""Which modules are changed, and which tests should notice: `[tool.mutation]` of pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class Configuration(BaseModel):
    """The section, with paths and patterns below the checkout."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    modules: tuple[str, ...]
    """Patterns of the modules that are changed."""
    without: tuple[str, ...] = ()
    """Patterns of those that are not."""
    tests: dict[str, tuple[str, ...]] = {}
    """More tests of the modules that a pattern matches."""
    minimum_score: float = Field(ge=0, le=100)
    """Percent of the mutants that must be noticed."""

    def files(self, checkout: Path) -> list[str]:
        """The modules.

        Raises:
            ValueError: a pattern matches none, so that a renamed module is not lost.
        """
        left_out = {path for pattern in self.without for path in _matches(checkout, pattern)}
        found = {path for pattern in self.modules for path in _matches(checkout, pattern)}
        return sorted(found - left_out)

    def tests_of(self, checkout: Path, file: str) -> tuple[str, ...]:
        """The files of tests for a module: those in the folder that mirrors its folder, and more.

        A module of the top folder has `tests/test_<module>.py`.

        Raises:
            ValueError: there are none.
        """
        module = Path(file)
        folder = Path("tests") / module.parent
        name = "test_*.py" if module.parent.parts else f"test_{module.stem}.py"
        mirrored = sorted((checkout / folder).glob(name))
        found = [path.relative_to(checkout).as_posix() for path in mirrored]
        for pattern, more in self.tests.items():
            if Path(file).match(pattern):
                found += [path for one in more for path in _matches(checkout, one)]
        if not found:
            raise ValueError(
                f"{file} has no tests: write {folder.as_posix()}/test_{module.stem}.py, or name"
                " others below [tool.mutation.tests] in pyproject.toml."
            )
        return tuple(dict.fromkeys(found))


def configuration(checkout: Path) -> Configuration:
    """That of a checkout."""
    text = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    return Configuration.model_validate(tomllib.loads(text)["tool"]["mutation"])


def _matches(checkout: Path, pattern: str) -> list[str]:
    found = [
        path.relative_to(checkout).as_posix()
        for path in sorted(checkout.glob(pattern))
        if path.name != "__init__.py"
    ]
    if not found:
        raise ValueError(
            f"Nothing matches {pattern!r} of [tool.mutation] in pyproject.toml: name what is there."
        )
    return found
