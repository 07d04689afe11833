"""Worker processes from outside: starting one, talking to it, ending it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from local.checkout import CHECKOUT
from local.child_process import end
from local.functions.logs import FunctionLogs
from local.functions.worker import receive_frame, send_frame
from local.shell import environment_of_children

INIT_SECONDS = 30
"""Longest start of a worker; Lambda allows 10 s, but on machines that do nothing else."""


class ForkParent:
    """The process that workers are forked from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.functions.worker", str(theirs.fileno())],
                cwd=CHECKOUT,
                env={
                    **environment_of_children(),
                    # macOS refuses some system calls between fork and exec without it.
                    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
                },
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
            )

    def fork(self, connection: socket.socket, log_descriptor: int) -> None:
        with self._lock:
            socket.send_fds(self._control, [b"f"], [connection.fileno(), log_descriptor])

    def close(self) -> None:
        with self._lock:
            # The forks are of its group, and go with it.
            end(self._process, at_once=True)
            self._control.close()


class WorkerProcess:
    """One worker process; raises WorkerGone wherever it turns out to have ended."""

    def __init__(
        self, parent: ForkParent, start: dict[str, Any], name: str, logs: FunctionLogs
    ) -> None:
        self.generation = 0
        self._connection, theirs = socket.socketpair()
        reading, writing = os.pipe()
        threading.Thread(target=_copy_lines, args=(reading, name, logs), daemon=True).start()
        try:
            with theirs:
                parent.fork(theirs, writing)
        finally:
            os.close(writing)
        self._connection.settimeout(INIT_SECONDS)
        self._pid = int(self._receive())
        send_frame(self._connection, json.dumps(start).encode())

    def wait_until_ready(self) -> bytes | None:
        """Wait for its initialisation; the description of the error it failed with, or None."""
        return None if self._receive() == b"ready" else self._receive()

    def invoke(self, call: dict[str, Any], payload: bytes, seconds: float) -> tuple[bytes, bytes]:
        """Kind and payload of the answer.

        Raises:
            TimeoutError: none came in time.
        """
        try:
            self._connection.settimeout(seconds)
            send_frame(self._connection, json.dumps(call).encode())
            send_frame(self._connection, payload)
        except ConnectionError:
            raise WorkerGone from None
        return self._receive(), self._receive()

    @property
    def is_gone(self) -> bool:
        """Whether an idle worker has ended: it never speaks first."""
        return bool(select.select([self._connection], [], [], 0)[0])

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self._connection.close()

    def _receive(self) -> bytes:
        frame = receive_frame(self._connection)
        if frame is None:
            raise WorkerGone
        return frame


class WorkerGone(Exception):
    """A worker process has ended."""


def _copy_lines(descriptor: int, name: str, logs: FunctionLogs) -> None:
    with open(descriptor, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            logs.add(name, line.rstrip("\n"))
