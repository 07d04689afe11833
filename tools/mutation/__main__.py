"""Samples mutants of each module, runs its tests against them, and says what nobody noticed.

    python -m tools.mutation                          a sample of each module
    python -m tools.mutation contract local/alarms    of the modules below these only
    python -m tools.mutation --each 40 --seed 2       a larger sample, another one

The exit code is 1 if too few are noticed, or a listed equivalent is no mutant any more.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

from tools.mutation.configuration import Configuration, configuration
from tools.mutation.equivalents import LISTED, equivalents, without_equivalents
from tools.mutation.mutants import Mutant, mutants_of
from tools.mutation.report import noticed, report, score
from tools.mutation.suites import Suite, run_suites

ROOT = Path(__file__).resolve().parents[2]
SEED = 1
EACH = 3
"""Mutants of a module; so many that a run of all modules ends within ten minutes on two cores."""


def main(arguments: list[str]) -> int:
    """Run, and print the report; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation")
    parser.add_argument("paths", nargs="*", help="modules or folders; all if none is named")
    parser.add_argument("--each", type=int, default=EACH, help=f"mutants of a module ({EACH})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the sample ({SEED})")
    parser.add_argument("--workers", type=int, default=2, help="processes at once (2)")
    parser.add_argument("--noticed", action="store_true", help="name the tests that noticed, too")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    configured = configuration(ROOT)
    files = [file for file in configured.files(ROOT) if _is_below(file, options.paths)]
    if not files:
        parser.error(f"no module of [tool.mutation] is below {' '.join(options.paths)}")
    mutants = {file: mutants_of(ROOT, file) for file in files}
    listed = [one for one in equivalents() if one.file in mutants or not options.paths]
    rest, stale = without_equivalents(
        (one for several in mutants.values() for one in several), listed
    )
    for one in stale:
        print(
            f"{LISTED.relative_to(ROOT)} lists what is no mutant (any more); mend or remove it:"
            f" {one.file} {one.function} {list(one.change)}",
            file=sys.stderr,
        )
    chosen = sample(rest, options.each, options.seed)
    print(
        f"{len(chosen)} of {len(rest)} mutants, at most {options.each} of each module,"
        f" seed {options.seed}",
        flush=True,
    )
    tried, failing = run_suites(ROOT, suites(configured, chosen), options.workers, _tell)
    if options.noticed:
        print(noticed(tried))
    print(report(tried))
    print(f"\n{time.monotonic() - start:.0f} s; {len(listed) - len(stale)} equivalents left out")
    for failure in failing:
        print(failure, file=sys.stderr)
    reached = score(tried)
    if reached < configured.minimum_score:
        print(f"{configured.minimum_score:g} % must be noticed.", file=sys.stderr)
    return int(reached < configured.minimum_score or bool(stale or failing))


def sample(mutants: Iterable[Mutant], each: int, seed: int) -> list[Mutant]:
    """The same mutants for the same seed, also after changes elsewhere in a module."""
    of_files: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        of_files.setdefault(mutant.file, []).append(mutant)
    chosen: list[Mutant] = []
    for several in of_files.values():
        ranked = (one for one in sorted(several, key=lambda one: one.rank(seed)))
        changes = (one for one in ranked if one.is_a_change)
        chosen += [one for one, _ in zip(changes, range(each), strict=False)]
    return chosen


def suites(configured: Configuration, mutants: Iterable[Mutant]) -> list[Suite]:
    """Mutants by the tests that should notice."""
    by_tests: dict[tuple[str, ...], list[Mutant]] = {}
    for mutant in mutants:
        by_tests.setdefault(configured.tests_of(ROOT, mutant.file), []).append(mutant)
    return [Suite(tests, tuple(several)) for tests, several in by_tests.items()]


def _is_below(file: str, paths: list[str]) -> bool:
    wanted = [path.rstrip("/") for path in paths]
    return not wanted or any(file == one or file.startswith(f"{one}/") for one in wanted)


def _tell(text: str) -> None:
    print(text, flush=True)


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    raise SystemExit(main(sys.argv[1:]))
