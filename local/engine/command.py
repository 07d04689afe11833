"""How the Automation API runs our engine: in an environment without foreign accounts, owned by us.

The SDK's own command would hand the engine a person's AWS profile and Pulumi login, and leave it
running when we are interrupted.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from pulumi.automation import CommandError, CommandResult, PulumiCommand, StackNotFoundError
from semver import VersionInfo

from local.child_process import end, signal_group
from local.engine.finding import Engine
from local.shell import environment_of_children

OnOutput = Callable[[str], Any]


class EngineCommand(PulumiCommand):
    """Runs engine commands one at a time; see `stop`."""

    def __init__(self, engine: Engine, plugin_pids: Path) -> None:
        """Take an engine whose version is known, which spares starting it to ask.

        Args:
            engine: the binary.
            plugin_pids: where each plugin process notes its id.
        """
        self.command = str(engine.command)
        self.version = VersionInfo.parse(engine.version)
        self._plugin_pids = plugin_pids

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run a Pulumi command to its end; whatever interrupts us ends it with its plugins."""
        process = subprocess.Popen(
            [self.command, "--non-interactive", *args],
            cwd=cwd,
            env={**environment_of_children(), **additional_env, "PULUMI_AUTOMATION_API": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            errors: list[str] = []
            reader = threading.Thread(
                target=_read_lines, args=(process.stderr, errors, on_error), daemon=True
            )
            reader.start()
            output: list[str] = []
            _read_lines(process.stdout, output, on_output)
            reader.join()
            code = process.wait()
        finally:
            self._end(process)
        result = CommandResult("\n".join(output), "\n".join(errors), code)
        if code:
            missing = "no stack named" in result.stderr
            raise StackNotFoundError(result) if missing else CommandError(result)
        return result

    def _end(self, process: subprocess.Popen[str]) -> None:
        end(process, at_once=True)
        # Each plugin leads a process group of its own, which the engine's end does not reach.
        for note in self._plugin_pids.iterdir():
            signal_group(int(note.name), signal.SIGKILL)
            note.unlink(missing_ok=True)
        for stream in (process.stdout, process.stderr):
            if stream:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def _read_lines(stream: IO[str], lines: list[str], callback: OnOutput | None) -> None:
    for line in stream:
        lines.append(line.rstrip())
        if callback:
            callback(lines[-1])
