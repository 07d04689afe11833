"""The folder that a run works in: temporary, and one in which programs may be started."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

from local.failures import UserError
from local.folders import CACHE_VARIABLE, cache_folder
from local.interruption import held_signals


@contextlib.contextmanager
def work_folder() -> Generator[Path]:
    """A new folder, gone at the exit of the `with` block.

    The engine starts its plugins there, which a folder that is mounted `noexec` does not let it.
    Then it is made beside the engine, which can be started where it is.

    Raises:
        UserError: neither of the two will do.
    """
    problems: list[str] = []
    for parent in (_temporary(), cache_folder() / "runs"):
        try:
            parent.mkdir(parents=True, exist_ok=True)
            # One that is made, and not yet known to be, would stay.
            with held_signals():
                folder = tempfile.TemporaryDirectory(prefix="aws-platform-", dir=parent)
        except OSError as error:
            problems.append(f"{parent} can't be written ({error.strerror})")
            continue
        with folder as name:
            if _may_start_programs(Path(name)):
                yield Path(name).resolve()
                return
        problems.append(f"programs may not be started in {parent}")
    raise UserError(
        f"There is no folder to work in: {', and '.join(problems)}."
        f" Set TMPDIR or {CACHE_VARIABLE} to a folder that can be written and is not mounted"
        " noexec."
    )


def _temporary() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        # The one that was wished for, so that the message names it.
        return Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108


def _may_start_programs(folder: Path) -> bool:
    program = folder / "program"
    program.touch(mode=0o700)
    allowed = os.access(program, os.X_OK)
    program.unlink()
    return allowed
