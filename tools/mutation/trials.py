"""Runs tests against mutants, in a copy of the checkout, each in a forked process of its own.

It is a process that has imported all third-party modules of those tests, and none of ours. So a
trial begins with a fork instead of seconds of imports, and imports our modules as they are then.

    python -m tools.mutation.trials <order.json    in the folder of the copy

writes one line of JSON to its output for each thing that it reports: `Baseline`, then `Trial`s.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import json
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tools.mutation.pytest_runs import Tests, imported_modules, known_tests, run_tests

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
        notes, output = Path(folder) / "notes", Path(folder) / "output"
        _forked(lambda: _note_modules(order.tests, notes), output, seconds=None)
        if notes.exists():
            _import(pickle.loads(notes.read_bytes()))  # noqa: S301 (we have just written it)
        start = time.monotonic()
        code = _forked(lambda: _note_tests(order, notes), output, seconds=None)
        seconds = time.monotonic() - start
        if code != 0:
            report(Baseline(False, seconds, output.read_text(errors="replace")))
            return
        report(Baseline(True, seconds))
        tests: Tests = pickle.loads(notes.read_bytes())  # noqa: S301 (we have just written it)
        limit = max(order.seconds_at_least, TIMES_AS_LONG * seconds)
        # A changed file can have the size of the original, and the same second.
        sys.dont_write_bytecode = True
        for index, (file, source) in enumerate(order.mutants):
            outcome = SURVIVED
            for selection in _selections(tests, order.tests, file, source):
                with _replaced(Path(file), source):
                    code = _forked(lambda it=selection: run_tests(*it), output, limit)
                outcome = TIMED_OUT if code is None else KILLED if code else SURVIVED
                if outcome != SURVIVED:
                    break
            report(Trial(index, outcome, _failed(output) if outcome == KILLED else ""))


def _selections(
    tests: Tests, files: Sequence[str], file: str, source: str
) -> Iterator[tuple[list[str], set[str]]]:
    """The tests that reach the changed lines, then all: files and ids, none for all of the files.

    A test can look at what another made, such as a run of the program that several share.
    """
    before = Path(file).read_text(encoding="utf-8").splitlines()
    changes = difflib.SequenceMatcher(None, before, source.splitlines(), autojunk=False)
    lines = [
        line + 1
        for kind, begin, end, _, _ in changes.get_opcodes()
        if kind != "equal"
        for line in range(begin, max(end, begin + 1))
    ]
    only = tests.of_lines(file, lines)
    if only:
        yield _quickest_first({one.partition("::")[0] for one in only}, only, tests), only
    yield _quickest_first(files, tests.seconds, tests), set()


def _quickest_first(files: Iterable[str], ids: Iterable[str], tests: Tests) -> list[str]:
    """Most mutants are noticed by many tests."""
    seconds: dict[str, float] = {}
    for one in ids:
        file = one.partition("::")[0]
        seconds[file] = seconds.get(file, 0) + tests.seconds.get(one, 0)
    return sorted(files, key=lambda file: (seconds.get(file, 0), file))


def _failed(output: Path) -> str:
    """The test that pytest's summary names, or what could not be imported."""
    lines = output.read_text(errors="replace").splitlines()
    named = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return named[0] if named else "".join(lines[-1:])


def _note_modules(files: Iterable[str], notes: Path) -> int:
    notes.write_bytes(pickle.dumps(imported_modules(files)))
    return 0


def _note_tests(order: Order, notes: Path) -> int:
    code, tests = known_tests(order.tests, {file for file, _ in order.mutants})
    notes.write_bytes(pickle.dumps(tests))
    return code


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
