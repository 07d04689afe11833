"""Child processes that never outlive us: each leads a group of its own, ended as a whole.

A group of its own also keeps a Ctrl-C of the terminal away from the child, so that it is us who
say in which order things stop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

GRACE_SECONDS = 5


def end(process: subprocess.Popen[str], *, at_once: bool = False) -> None:
    """End a process that was started with `start_new_session=True`, and its whole group.

    Args:
        at_once: kill without asking; for children that have nothing to tidy up.
    """
    if not at_once and process.poll() is None:
        signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to a process group; one that is gone already is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def end_children() -> None:
    """Kill what our threads have started directly and may still wait for."""
    lists = Path("/proc/self/task").glob("*/children")
    children = " ".join(path.read_text() for path in lists).split()
    for child in map(int, children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


@contextlib.contextmanager
def running(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str]
) -> Generator[subprocess.Popen[str]]:
    """Run a command with its output (stdout and stderr in one) piped, and end it at the exit."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process, at_once=True)
        if process.stdout:
            process.stdout.close()
