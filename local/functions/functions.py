"""Runs the deployed functions as Lambda would, in worker processes that come from the checkout.

A crashed, hung or outdated worker is replaced; the others go on.
"""

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
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.checkout import CHECKOUT
from local.child_process import end, environment_without_aws
from local.functions.code import import_path
from local.functions.configuration import FunctionConfiguration, split_arn
from local.functions.environment import function_environment, withheld_variables
from local.functions.logs import FunctionLogs
from local.functions.worker import receive_frame, send_frame

MOST_WORKERS = 32
"""Workers of one function."""

PATIENCE_SECONDS = 0.2
"""How long an event waits for a busy worker before one more is started."""

MOST_AT_ONCE = 128
"""Invocations under way, of all functions; more wait."""

INIT_SECONDS = 30
"""Longest start of a worker; Lambda allows 10 s, but on machines that do nothing else."""

LOOK_SECONDS = 0.5
"""How old the knowledge may be of whether the code has changed."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        request_id: Lambda's id of the invocation.
        payload: JSON that the function returned, or Lambda's description of its error.
        error: type of the error; None when the function returned.
        duration_seconds: how long it took, a worker's start included.
    """

    request_id: str
    payload: bytes
    error: str | None
    duration_seconds: float

    def value(self) -> Any:
        """What the function returned, or the error's description."""
        return json.loads(self.payload)

    @property
    def error_message(self) -> str:
        return str(self.value().get("errorMessage", "")) if self.error else ""


class Functions:
    """The functions of one deployment."""

    def __init__(
        self,
        configurations: Callable[[str], FunctionConfiguration],
        environment: Mapping[str, str],
        code: Path = CHECKOUT,
        packages: Mapping[str, Path] | None = None,
    ) -> None:
        """Make ready to run; the workers start when they are needed, or by `prewarm`.

        Args:
            configurations: how a function is deployed, by its ARN (with alias) or name.
            environment: variables for each function besides its own: where its AWS is.
            code: the checkout, whose `handlers/` they are.
            packages: by functions' names, what was packaged for them from elsewhere.
        """
        self.logs = FunctionLogs()
        self._configurations = configurations
        self._environment = dict(environment)
        self._code = code
        self._packages = packages or {}
        self._executor = ThreadPoolExecutor(MOST_AT_ONCE, "invocation")
        self._pools: dict[str, _Pool] = {}
        self._lock = threading.Lock()
        self._sources = _Sources(code / "handlers")
        self._parent = _ForkParent()

    def start(self, function: str, event: Any) -> Future[Outcome]:
        """Invoke a function; nothing that it does makes the future raise.

        Args:
            function: its ARN (with alias) or name.
            event: the event; anything that JSON can hold.
        """
        return self._executor.submit(self.invoke, function, event)

    def invoke(self, function: str, event: Any) -> Outcome:
        """Invoke a function and wait for its end; arguments as for `start`."""
        payload = json.dumps(event).encode()
        return self._pool(function).invoke(function, payload)

    def prewarm(self, *functions: str) -> None:
        """Start one worker for each of these, without waiting for it."""
        for function in functions:
            self._executor.submit(self._prewarm, function)

    def close(self) -> None:
        """End all workers; a second time is no error."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.close()
        self._parent.close()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Functions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prewarm(self, function: str) -> None:
        self._pool(function).prewarm()

    def _pool(self, function: str) -> _Pool:
        with self._lock:
            pool = self._pools.get(function)
            if pool is None:
                configuration = self._configurations(function)
                pool = _Pool(
                    configuration,
                    self._code,
                    self._packages.get(configuration.name),
                    function_environment(configuration, self._environment, self._code),
                    self._parent,
                    self._sources,
                    self.logs,
                )
                self._pools[function] = pool
                if withheld := withheld_variables(configuration.environment):
                    self.logs.add(
                        configuration.name,
                        f"Not set here, where they would change what this machine runs:"
                        f" {', '.join(withheld)}",
                    )
            return pool


class _ForkParent:
    """The process that workers are forked from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.functions.worker", str(theirs.fileno())],
                cwd=CHECKOUT,
                env={
                    **environment_without_aws(),
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


class _Worker:
    """One worker process; raises WorkerGone wherever it turns out to have ended."""

    def __init__(
        self, parent: _ForkParent, start: dict[str, Any], name: str, logs: FunctionLogs
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


class WorkerGone(Exception):  # noqa: N818 - named after the case
    """A worker process has ended."""


class _Pool:
    """The workers of one function."""

    def __init__(
        self,
        configuration: FunctionConfiguration,
        code: Path,
        package: Path | None,
        environment: dict[str, str],
        parent: _ForkParent,
        sources: _Sources,
        logs: FunctionLogs,
    ) -> None:
        self._configuration = configuration
        self._code = code
        self._package = package
        self._environment = environment
        self._parent = parent
        self._sources = sources
        self._logs = logs
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._starting = 0

    def invoke(self, arn: str, payload: bytes) -> Outcome:
        began = time.monotonic()
        request_id = str(uuid.uuid4())

        def outcome(error: str | None, answer: bytes) -> Outcome:
            return Outcome(
                request_id=request_id,
                payload=answer,
                error=error,
                duration_seconds=time.monotonic() - began,
            )

        def failure(error: str, message: str) -> Outcome:
            text = f"RequestId: {request_id} Error: {message}"
            self._logs.add(self._configuration.name, text)
            description = {"errorType": error, "errorMessage": text}
            return outcome(error, json.dumps(description).encode())

        timeout = self._configuration.timeout_seconds
        worker: _Worker | None = None
        try:
            taken = self._take()
            if isinstance(taken, bytes):
                return outcome(json.loads(taken)["errorType"], taken)
            worker = taken
            call = self._call(arn, request_id, time.time() + timeout)
            kind, answer = worker.invoke(call, payload, timeout)
        except TimeoutError:
            self._discard(worker)
            return failure("Sandbox.Timedout", f"Task timed out after {timeout:.2f} seconds")
        except (WorkerGone, OSError):
            self._discard(worker)
            return failure("Runtime.ExitError", "Runtime exited without providing a reason")
        self._give_back(worker)
        error = None if kind == b"ok" else json.loads(answer)["errorType"]
        return outcome(error, answer)

    def prewarm(self) -> None:
        with contextlib.suppress(WorkerGone, OSError):
            worker = self._take()
            if isinstance(worker, _Worker):
                self._give_back(worker)

    def close(self) -> None:
        with self._changed:
            workers, self._all = self._all, set()
            self._idle.clear()
        for worker in workers:
            worker.kill()

    def _take(self) -> _Worker | bytes:
        """An idle worker, a new one, or the error (bytes) that a new one failed to start with."""
        generation = self._sources.generation()
        patient_until = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while True:
                while self._idle:
                    worker = self._idle.pop()
                    if worker.generation == generation and not worker.is_gone:
                        return worker
                    self._all.discard(worker)
                    worker.kill()
                count = len(self._all) + self._starting
                left = patient_until - time.monotonic()
                if not count or (left <= 0 and count < MOST_WORKERS):
                    self._starting += 1
                    break
                self._changed.wait(max(left, PATIENCE_SECONDS))
        return self._new_worker(generation)

    def _new_worker(self, generation: int) -> _Worker | bytes:
        path = import_path(self._configuration.handler, self._code, self._package)
        if path is None:
            self._started(None)
            return self._no_module()
        start = {
            "path": [str(one) for one in path],
            "handler": self._configuration.handler,
            "environment": self._environment,
        }
        try:
            worker = _Worker(self._parent, start, self._configuration.name, self._logs)
            worker.generation = generation
            error = worker.wait_until_ready()
        except BaseException:
            self._started(None)
            raise
        if error is not None:
            worker.kill()
            self._started(None)
            return error
        self._started(worker)
        return worker

    def _no_module(self) -> bytes:
        """As Lambda says it of a module that is not in the package."""
        name = self._configuration.handler.rpartition(".")[0]
        text = (
            f"Unable to import module '{name}': no file of handlers/, or of what was packaged for"
            " this function from this checkout, has it"
        )
        self._logs.add(self._configuration.name, f"[ERROR] Runtime.ImportModuleError: {text}")
        description = {"errorType": "Runtime.ImportModuleError", "errorMessage": text}
        return json.dumps(description).encode()

    def _started(self, worker: _Worker | None) -> None:
        with self._changed:
            self._starting -= 1
            if worker:
                self._all.add(worker)
            self._changed.notify()

    def _give_back(self, worker: _Worker) -> None:
        with self._changed:
            if worker in self._all:
                self._idle.append(worker)
            self._changed.notify()

    def _discard(self, worker: _Worker | None) -> None:
        if worker:
            worker.kill()
        with self._changed:
            self._all.discard(worker) if worker else None
            self._changed.notify()

    def _call(self, arn: str, request_id: str, deadline: float) -> dict[str, Any]:
        configuration = self._configuration
        _, qualifier = split_arn(arn)
        trace = f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0"
        return {
            "trace": trace,
            "context": {
                "aws_request_id": request_id,
                "function_name": configuration.name,
                "function_version": configuration.version,
                "invoked_function_arn": configuration.arn + (f":{qualifier}" if qualifier else ""),
                "memory_limit_in_mb": str(configuration.memory_mb),
                "log_group_name": configuration.log_group,
                "log_stream_name": self._environment["AWS_LAMBDA_LOG_STREAM_NAME"],
                "deadline": deadline,
            },
        }


class _Sources:
    """Knows when a file of the handlers has changed, come or gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._generation = 0
        self._seen: dict[str, int] | None = None
        self._looked = 0.0

    def generation(self) -> int:
        """Grows by one with each change."""
        with self._lock:
            now = time.monotonic()
            if self._seen is None or now - self._looked >= LOOK_SECONDS:
                files = {str(path): path.stat().st_mtime_ns for path in self._folder.rglob("*.py")}
                if self._seen is not None and files != self._seen:
                    self._generation += 1
                self._seen, self._looked = files, now
            return self._generation


def _copy_lines(descriptor: int, name: str, logs: FunctionLogs) -> None:
    with open(descriptor, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            logs.add(name, line.rstrip("\n"))
