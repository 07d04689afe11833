"""Runs mutants beside one another, each worker in a copy of the checkout."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tools.mutation.mutants import Mutant
from tools.mutation.trials import SECONDS_TO_END, SURVIVED, Baseline, Order, Trial


@dataclass(frozen=True)
class Suite:
    """Mutants that the same tests should notice."""

    tests: tuple[str, ...]
    mutants: tuple[Mutant, ...]


@dataclass(frozen=True)
class Tried:
    """A mutant, and what became of it."""

    mutant: Mutant
    outcome: str
    noticed_by: str = ""


class FailingTests(Exception):
    """Tests that fail without a change notice nothing."""

    def __init__(self, suite: Suite, baseline: Baseline) -> None:
        super().__init__(
            f"These tests fail without a change; mend them first: {' '.join(suite.tests)}\n\n"
            f"{baseline.output}"
        )


def run_suites(
    checkout: Path,
    suites: Iterable[Suite],
    workers: int,
    progress: Callable[[str], None],
    *,
    seconds_at_least: float = 20,
) -> tuple[list[Tried], list[FailingTests]]:
    """Run them all; what became of the mutants, and the suites that fail without a change.

    The checkout is only read, and the copies are gone afterwards.

    Args:
        checkout: what is copied: all files but those that git ignores.
        suites: what to run.
        workers: how many copies are at work.
        progress: is told of each mutant that survives, and of each suite that is done.
        seconds_at_least: what a mutant may take before it counts as hanging, however short its
            tests are; other work on the machine makes a short run several times as long.
    """
    failing: list[FailingTests] = []
    waiting: queue.SimpleQueue[Suite] = queue.SimpleQueue()
    for suite in sorted(suites, key=lambda one: -len(one.mutants)):
        waiting.put(suite)
    running = _Running()

    def work(copy: Path) -> list[Tried]:
        """One worker: suites, until there are no more."""
        copy_checkout(checkout, copy)
        tried: list[Tried] = []
        with suppress(queue.Empty):
            while True:
                suite = waiting.get_nowait()
                mutants = [(mutant.file, mutant.source) for mutant in suite.mutants]
                order = Order(list(suite.tests), mutants, seconds_at_least)
                try:
                    tried += _followed(suite, running.start(copy, order), progress)
                except FailingTests as failure:
                    failing.append(failure)
        return tried

    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copies = [Path(folder) / str(number) for number in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            try:
                done = [pool.submit(work, one) for one in copies]
                return [tried for future in done for tried in future.result()], failing
            finally:
                # What is left, after a failure or Ctrl-C.
                with suppress(queue.Empty):
                    while True:
                        waiting.get_nowait()
                running.end()


class _Running:
    """The processes of the workers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._ended = False

    def start(self, copy: Path, order: Order) -> subprocess.Popen[str]:
        given = _temporary(copy) / "order.json"
        given.write_text(json.dumps(asdict(order)), encoding="utf-8")
        with self._lock, given.open(encoding="utf-8") as stdin:
            if self._ended:
                raise InterruptedError("The run was ended.")
            process = subprocess.Popen(
                [sys.executable, "-m", "tools.mutation.trials"],
                cwd=copy,
                env=os.environ | {"TMPDIR": str(_temporary(copy))},
                stdin=stdin,
                stdout=subprocess.PIPE,
                text=True,
                # Ctrl-C is for us, who end them.
                start_new_session=True,
            )
            self._processes.add(process)
        return process

    def end(self) -> None:
        with self._lock:
            self._ended = True
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()


def _followed(
    suite: Suite, process: subprocess.Popen[str], progress: Callable[[str], None]
) -> list[Tried]:
    """What a process reports, to its end."""
    tried: list[Tried] = []
    start, alone = time.monotonic(), 0.0
    with process:
        for line in process.stdout or ():
            told: dict[str, Any] = json.loads(line)
            if "passed" in told:
                baseline = Baseline(**told)
                alone = baseline.seconds
                if not baseline.passed:
                    raise FailingTests(suite, baseline)
                continue
            trial = Trial(**told)
            tried.append(Tried(suite.mutants[trial.mutant], trial.outcome, trial.noticed_by))
            if trial.outcome == SURVIVED:
                progress(tried[-1].mutant.diff)
    if len(tried) < len(suite.mutants):
        raise RuntimeError(
            f"A run of {' '.join(suite.tests)} ended early, with the exit code"
            f" {process.returncode}; what it said stands above."
        )
    files = ", ".join(sorted({one.file for one in suite.mutants}))
    seconds = time.monotonic() - start
    progress(f"{len(tried)} mutants in {seconds:.0f} s, tests alone {alone:.0f} s: {files}")
    return tried


def copy_checkout(checkout: Path, copy: Path) -> None:
    """Copy what git would commit, with the times of the files, beside the same environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = checkout / name
        if source.is_file() and not source.is_symlink():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name)
    _temporary(copy).mkdir()


def _temporary(copy: Path) -> Path:
    """For temporary files, which go with the copy."""
    return copy.with_name(f"{copy.name}-temporary")
