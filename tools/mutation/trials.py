"""Runs tests against mutants, in a copy of the checkout, each in a forked process of its own.

It is a process that has imported all third-party modules of those tests, and none of ours. So a
trial begins with a fork instead of seconds of imports, and imports our modules as they are then.

    python -m tools.mutation.trials <order.json    in the folder of the copy

writes one line of JSON to its output for each thing that it reports: `Baseline`, then `Trial`s.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

TIMES_AS_LONG = 5.0
"""A trial may take so many times what the tests take without a change."""
SECONDS_TO_END = 5.0
"""For tests that are interrupted, to end the processes that they started."""

ENDING = {signal.SIGTERM}

KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


@dataclass(frozen=True)
class Order:
    """What to run: files of tests, and the changed modules, each as path and source.

    Attributes:
        seconds_at_least: what each trial may take, however short the tests are.
    """

    tests: list[str]
    mutants: list[tuple[str, str]]
    seconds_at_least: float


@dataclass(frozen=True)
class Baseline:
    """How the tests ran without a change."""

    passed: bool
    seconds: float
    output: str = ""
    """What they printed, if one failed."""


@dataclass(frozen=True)
class Trial:
    """What became of a mutant, by its place in the order.

    Attributes:
        noticed_by: the test that failed; empty if none did.
    """

    mutant: int
    outcome: str
    noticed_by: str = ""


def run(order: Order, report: Callable[[Baseline | Trial], None]) -> None:
    """Run an order in the current folder, which is as it was afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes.json"
        output = Path(folder) / "output"
        _forked(lambda: _note_modules(order.tests, notes), output, seconds=None)
        if notes.exists():
            _import(json.loads(notes.read_text()))
        start = time.monotonic()
        code = _forked(lambda: _note_seconds(order.tests, notes), output, seconds=None)
        seconds = time.monotonic() - start
        if code != 0:
            report(Baseline(False, seconds, output.read_text(errors="replace")))
            return
        report(Baseline(True, seconds))
        # The quickest first: most mutants are noticed by many tests.
        seconds_of = json.loads(notes.read_text())
        tests = sorted(order.tests, key=lambda file: seconds_of.get(file, 0))
        limit = max(order.seconds_at_least, TIMES_AS_LONG * seconds)
        # A changed file can have the size of the original, and the same second.
        sys.dont_write_bytecode = True
        for index, (file, source) in enumerate(order.mutants):
            with _replaced(Path(file), source):
                code = _forked(lambda: _run(tests), output, limit)
            outcome = TIMED_OUT if code is None else KILLED if code else SURVIVED
            report(Trial(index, outcome, _failed(output) if outcome == KILLED else ""))


def _failed(output: Path) -> str:
    """The test that pytest's summary names, or what could not be imported."""
    lines = output.read_text(errors="replace").splitlines()
    named = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return named[0] if named else "".join(lines[-1:])


def _run(tests: Iterable[str], *options: str, plugins: Iterable[object] = ()) -> int:
    """The exit code of pytest."""
    # The same examples each time; to make a found one smaller would take time only.
    settings.register_profile(
        "trial",
        phases=(Phase.explicit, Phase.generate),
        database=None,
        derandomize=True,
        deadline=None,
    )
    settings.load_profile("trial")
    always = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not (life or walk)"]
    return int(pytest.main([*always, *options, *tests], plugins=list(plugins)))


def _note_modules(tests: Iterable[str], notes: Path) -> int:
    """Note what the tests import that is not ours."""
    code = _run(tests, "--collect-only")
    ours = str(Path.cwd())
    found = {name: _file(module) for name, module in list(sys.modules.items())}
    modules = [name for name, file in found.items() if file and not file.startswith(ours)]
    notes.write_text(json.dumps(modules))
    return code


def _note_seconds(tests: Iterable[str], notes: Path) -> int:
    """Note how long each file takes."""
    seconds = _Seconds()
    code = _run(tests, plugins=[seconds])
    notes.write_text(json.dumps(seconds.of_files))
    return code


@dataclass(eq=False)
class _Seconds:
    """A plugin of pytest."""

    of_files: dict[str, float] = field(default_factory=dict[str, float])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self.of_files[file] = self.of_files.get(file, 0) + report.duration


def _file(module: ModuleType) -> str | None:
    """Where it is from; None for one that waits for its first use, which this is not."""
    if type(module) is not ModuleType:
        return None
    return vars(module).get("__file__")


def _import(modules: Sequence[str]) -> None:
    """Import modules as a program would: packages first, and what those load lazily by its use.

    The parts of a lazy package that are imported before it is used find only half of it.
    """
    for name in [*dict.fromkeys(one.partition(".")[0] for one in modules), *modules]:
        # Some of the names are made at run time, and some modules are parts of a run of pytest.
        with contextlib.suppress(Exception):
            package, _, part = name.partition(".")
            if part.isidentifier():
                # Python's lazy modules load at the use of any name, Pulumi's of one without __.
                getattr(getattr(sys.modules[package], part, None), "any", None)
            importlib.import_module(name)


@contextlib.contextmanager
def _replaced(path: Path, source: str):
    was = path.read_bytes()
    times = path.stat()
    path.write_text(source, encoding="utf-8")
    try:
        yield
    finally:
        path.write_bytes(was)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _forked(work: Callable[[], int], output: Path, seconds: float | None) -> int | None:
    """The exit code of work in a process of its own; None if it takes longer than that."""
    # A signal between the fork and the `try` would leave the process behind.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    process = os.fork()
    if not process:
        _be_forked(work, output)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        status = _status(process, seconds)
        if status is None:
            os.killpg(process, signal.SIGINT)
            _status(process, SECONDS_TO_END)
            return None
        return os.waitstatus_to_exitcode(status)
    finally:
        # Also what it started, and what does not end.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)


def _be_forked(work: Callable[[], int], output: Path) -> None:
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, to in ((0, nothing), (1, file), (2, file)):
            os.dup2(to, number)
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _status(process: int, seconds: float | None) -> int | None:
    until = time.monotonic() + seconds if seconds is not None else None
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        if until is not None and time.monotonic() > until:
            return None
        time.sleep(0.01)


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> None:
    """Read the order, and report in lines."""
    signal.signal(signal.SIGTERM, _end)
    given: dict[str, Any] = json.load(sys.stdin)
    run(Order(**given), lambda one: print(json.dumps(asdict(one)), flush=True))


if __name__ == "__main__":
    main()
