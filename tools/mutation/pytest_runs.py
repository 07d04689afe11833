"""Runs of pytest, and what they tell of the tests: modules, times, and the lines that each reaches.

Each is for a forked process, which ends afterwards: a second run in one process would find our
modules imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import Phase, settings


@dataclass(frozen=True)
class Tests:
    """What is known of tests that passed.

    Attributes:
        seconds: of each test, by its id.
        reached: ids of the tests that reach a line, by file and line; those of lines that run when
            the module is imported are not known.
    """

    __test__ = False

    seconds: Mapping[str, float]
    reached: Mapping[str, Mapping[int, Sequence[str]]]

    def of_lines(self, file: str, lines: Iterable[int]) -> set[str]:
        """The tests that reach some of these lines, or else the next line above that any does."""
        known = self.reached.get(file, {})
        found: set[str] = set()
        for line in lines:
            above = (known[one] for one in range(line, 0, -1) if one in known)
            found |= set(next(above, ()))
        return found


def run_tests(files: Iterable[str], only: Iterable[str] = (), *more: object) -> int:
    """Run tests until the first one fails; pytest's exit code.

    Args:
        files: where they are.
        only: ids of those to run; all of the files if empty.
        more: plugins.
    """
    return _run(files, _Selection(frozenset(only)), *more)


def imported_modules(files: Iterable[str]) -> list[str]:
    """The modules that tests import, of which none is below the current folder."""
    _run(files, collect_only=True)
    ours = str(Path.cwd())
    found = {name: _file(module) for name, module in list(sys.modules.items())}
    return [name for name, file in found.items() if file and not file.startswith(ours)]


def known_tests(files: Iterable[str], modules: Iterable[str]) -> tuple[int, Tests]:
    """Run tests; the exit code, and what is known of them then.

    Args:
        files: where the tests are.
        modules: files whose lines they reach.
    """
    paths = {str(Path(one).resolve()): one for one in modules}
    coverage = Coverage(data_file=None, include=list(paths), config_file=False)
    watch = _Watch(coverage)
    coverage.start()
    try:
        code = _run(files, watch)
    finally:
        coverage.stop()
    data = coverage.get_data()
    reached = {
        file: {
            line: sorted(filter(None, tests))
            for line, tests in data.contexts_by_lineno(path).items()
        }
        for path, file in paths.items()
    }
    return code, Tests(watch.seconds, reached)


def _run(files: Iterable[str], *plugins: object, collect_only: bool = False) -> int:
    # The same examples each time; to make a found one smaller would take time only.
    settings.register_profile(
        "trial",
        phases=(Phase.explicit, Phase.generate),
        database=None,
        derandomize=True,
        deadline=None,
    )
    settings.load_profile("trial")
    options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not (life or walk)"]
    if collect_only:
        options.append("--collect-only")
    return int(pytest.main([*options, *files], plugins=list(plugins)))


@dataclass(frozen=True)
class _Selection:
    """A plugin that leaves all tests out but some."""

    only: frozenset[str]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.only:
            items[:] = [one for one in items if one.nodeid in self.only]


@dataclass(eq=False)
class _Watch:
    """A plugin that notes times, and has the lines that run counted for the test."""

    coverage: Coverage
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration


def _file(module: ModuleType) -> str | None:
    """Where it is from; None for one that waits for its first use, which this is not."""
    if type(module) is not ModuleType:
        return None
    return vars(module).get("__file__")
