"""The processes that run handlers: one that has the libraries imported, and its forks.

A fork has its worker ready in the time that the handler's own modules take. Each worker serves one
function, one event at a time, as an execution environment of Lambda does, and leaves when its
starter does. Environment and context: "Defined runtime environment variables" and "Using the Lambda
context object to retrieve Python function information" in the AWS Lambda developer guide.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import queue
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Any

LIBRARIES = (
    "boto3",
    "boto3.dynamodb.conditions",
    "botocore.config",
    "botocore.httpsession",
    "botocore.parsers",
    "aws_lambda_powertools",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.parameters",
    "pydantic",
    "email_validator",
    "jwt",
)
"""What the layer and the runtime bring along; handlers' own modules are imported after the fork."""

MOST_RESPONSE_BYTES = 6 * 1024 * 1024
"""Lambda quotas: the payload of a synchronous invocation."""

_LENGTH = struct.Struct("!Q")


@dataclass
class Context:
    """The second argument of a handler."""

    aws_request_id: str
    function_name: str
    function_version: str
    invoked_function_arn: str
    memory_limit_in_mb: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    client_context: None = None
    identity: None = None
    tenant_id: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the invocation."""
        return max(0, int((self.deadline - time.time()) * 1000))


def send_frame(connection: socket.socket, content: bytes) -> None:
    """Send one message."""
    connection.sendall(_LENGTH.pack(len(content)) + content)


def receive_frame(connection: socket.socket) -> bytes | None:
    """Receive one message; None at the other side's end."""
    head = _receive(connection, _LENGTH.size)
    return None if head is None else _receive(connection, _LENGTH.unpack(head)[0])


def _receive(connection: socket.socket, size: int) -> bytes | None:
    content = bytearray()
    while len(content) < size:
        try:
            part = connection.recv(min(size - len(content), 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        content += part
    return bytes(content)


def _serve_forks(control: socket.socket) -> None:
    """Fork a worker for each pair of file descriptors that arrives, until the starter is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody waits for the workers: their starter sees their end at their connection.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        except ConnectionError:
            os._exit(0)
        if not message:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            _work(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _work(connection_descriptor: int, log_descriptor: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in (1, 2):
        os.dup2(log_descriptor, descriptor)
    os.close(log_descriptor)
    sys.stdout = io.TextIOWrapper(
        io.FileIO(1, "w", closefd=False), "utf-8", "backslashreplace", write_through=True
    )
    sys.stderr = sys.stdout
    connection = socket.socket(fileno=connection_descriptor)
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read_frames, args=(connection, frames), daemon=True).start()
    send_frame(connection, str(os.getpid()).encode())
    _Worker(connection, frames, json.loads(frames.get())).run()


def _read_frames(connection: socket.socket, frames: queue.SimpleQueue[bytes]) -> None:
    """Also the lifeline: without a starter, a worker leaves at once, whatever its handler does."""
    while (frame := receive_frame(connection)) is not None:
        frames.put(frame)
    os._exit(0)


class _Worker:
    def __init__(
        self, connection: socket.socket, frames: queue.SimpleQueue[bytes], start: dict[str, Any]
    ) -> None:
        self._connection = connection
        self._frames = frames
        self._start = start

    def run(self) -> None:
        os.environ.clear()
        os.environ.update(self._start["environment"])
        time.tzset()
        sys.path[:0] = self._start["path"]
        try:
            handler = _find_handler(self._start["handler"])
        except BaseException as error:
            module = isinstance(error, (ImportError, AttributeError))
            self._answer(b"init", _described(error, "Runtime.ImportModuleError" if module else ""))
            os._exit(1)
        send_frame(self._connection, b"ready")
        while True:
            call: dict[str, Any] = json.loads(self._frames.get())
            event = json.loads(self._frames.get())
            self._invoke(handler, event, call)

    def _invoke(self, handler: Any, event: Any, call: dict[str, Any]) -> None:
        os.environ["_X_AMZN_TRACE_ID"] = call["trace"]
        try:
            answer = handler(event, Context(**call["context"]))
        except Exception as error:
            self._answer(b"error", _described(error))
            return
        try:
            payload = json.dumps(answer, ensure_ascii=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            self._answer(b"error", _described(error, "Runtime.MarshalError"))
            return
        if len(payload) > MOST_RESPONSE_BYTES:
            too_large = {
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": f"Response payload size ({len(payload)} bytes) exceeded maximum "
                f"allowed payload size ({MOST_RESPONSE_BYTES} bytes).",
            }
            self._answer(b"error", json.dumps(too_large).encode())
            return
        self._answer(b"ok", payload)

    def _answer(self, kind: bytes, payload: bytes) -> None:
        sys.stdout.flush()
        send_frame(self._connection, kind)
        send_frame(self._connection, payload)


def _find_handler(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _described(error: BaseException, kind: str = "") -> bytes:
    """An error as Lambda describes it to the caller, also written to the log."""
    name = kind or type(error).__name__
    frames = traceback.format_tb(error.__traceback__)[1:]
    print(f"[ERROR] {name}: {error}\nTraceback (most recent call last):\n{''.join(frames)}")
    description = {"errorMessage": str(error), "errorType": name, "stackTrace": frames}
    return json.dumps(description).encode()


if __name__ == "__main__":
    _serve_forks(socket.socket(fileno=int(sys.argv[1])))
