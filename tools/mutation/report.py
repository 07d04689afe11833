"""What became of the mutants, for people."""

from __future__ import annotations

from collections.abc import Sequence

from tools.mutation.suites import Tried
from tools.mutation.trials import SURVIVED, TIMED_OUT

HEAD = ("module", "mutants", "killed", "survived", "score")


def score(tried: Sequence[Tried]) -> float:
    """Percent of the mutants that were noticed."""
    if not tried:
        return 100.0
    return 100 * sum(one.outcome != SURVIVED for one in tried) / len(tried)


def noticed(tried: Sequence[Tried]) -> str:
    """Which test noticed each mutant, for who doubts that it is the right one."""
    return "\n".join(
        f"{one.mutant.diff}\n{one.noticed_by or one.outcome}"
        for one in tried
        if one.outcome != SURVIVED
    )


def report(tried: Sequence[Tried]) -> str:
    """A row for each module, and the total."""
    files = sorted({one.mutant.file for one in tried})
    rows = [
        HEAD,
        *(_row(file, [one for one in tried if one.mutant.file == file]) for file in files),
    ]
    rows.append(_row("all", tried))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    table = [
        "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in pairs)])
        for row in rows
        for pairs in [list(zip(row[1:], widths[1:], strict=True))]
    ]
    timed_out = sum(one.outcome == TIMED_OUT for one in tried)
    return "\n".join(["", *table, f"{timed_out} of the killed by taking too long"])


def _row(name: str, tried: Sequence[Tried]) -> tuple[str, ...]:
    survived = sum(one.outcome == SURVIVED for one in tried)
    counts = (len(tried), len(tried) - survived, survived)
    return (name, *map(str, counts), f"{score(tried):.0f} %")
