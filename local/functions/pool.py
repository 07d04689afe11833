"""The workers of one function: a crashed, hung or outdated one is replaced, the others go on."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from local.functions.code import import_path
from local.functions.configuration import FunctionConfiguration, split_arn
from local.functions.logs import FunctionLogs
from local.functions.outcome import Outcome
from local.functions.sources import Sources
from local.functions.worker_process import ForkParent, WorkerGone, WorkerProcess

MOST_WORKERS = 32
"""Workers of one function."""

PATIENCE_SECONDS = 0.2
"""How long an event waits for a busy worker before one more is started."""


class Pool:
    """The workers of one function."""

    def __init__(
        self,
        configuration: FunctionConfiguration,
        code: Path,
        package: Path | None,
        environment: dict[str, str],
        parent: ForkParent,
        sources: Sources,
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
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self._starting = 0

    def invoke(self, arn: str, payload: bytes) -> Outcome:
        request_id = str(uuid.uuid4())

        def outcome(error: str | None, answer: bytes) -> Outcome:
            return Outcome(
                request_id=request_id,
                payload=answer,
                error=error,
            )

        def failure(error: str, message: str) -> Outcome:
            text = f"RequestId: {request_id} Error: {message}"
            self._logs.add(self._configuration.name, text)
            description = {"errorType": error, "errorMessage": text}
            return outcome(error, json.dumps(description).encode())

        timeout = self._configuration.timeout_seconds
        worker: WorkerProcess | None = None
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
            if isinstance(worker, WorkerProcess):
                self._give_back(worker)

    def close(self) -> None:
        with self._changed:
            workers, self._all = self._all, set()
            self._idle.clear()
        for worker in workers:
            worker.kill()

    def _take(self) -> WorkerProcess | bytes:
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

    def _new_worker(self, generation: int) -> WorkerProcess | bytes:
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
            worker = WorkerProcess(self._parent, start, self._configuration.name, self._logs)
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

    def _started(self, worker: WorkerProcess | None) -> None:
        with self._changed:
            self._starting -= 1
            if worker:
                self._all.add(worker)
            self._changed.notify()

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._changed:
            if worker in self._all:
                self._idle.append(worker)
            self._changed.notify()

    def _discard(self, worker: WorkerProcess | None) -> None:
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
