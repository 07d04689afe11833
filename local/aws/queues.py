"""Makes moto's SQS lose no message when many use a queue at once, and redrive dead letters.

moto deletes a message by putting a new list in the old one's place, with which whatever was sent
meanwhile is lost. Here one request at a time changes a queue. Message move tasks are not in moto.
"""

from __future__ import annotations

import functools
import time
import uuid
from collections.abc import Callable
from typing import Any, cast

LONGEST_SLEEP_SECONDS = 1
"""How long a receiver sleeps before it looks whether messages have become visible again."""


def make_queues_lossless() -> None:
    """Change moto's classes in this process; a second time is no error."""
    from moto.sqs.models import Queue, SQSBackend
    from moto.sqs.responses import SQSResponse

    if hasattr(SQSResponse, "start_message_move_task"):
        return
    Queue.delete_message = _alone(Queue.delete_message)
    SQSBackend.receive_message = _received(SQSBackend.receive_message)
    SQSResponse.start_message_move_task = _start_message_move_task  # pyright: ignore[reportAttributeAccessIssue]
    SQSResponse.list_message_move_tasks = _list_message_move_tasks  # pyright: ignore[reportAttributeAccessIssue]


def _alone(change: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(change)
    def run(queue: Any, *args: Any) -> Any:
        with queue._messages_lock:
            return change(queue, *args)

    return run


def _received(receive: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(receive)
    def run(backend: Any, queue_name: str, count: int, wait: float, *args: Any) -> Any:
        queue = backend.get_queue(queue_name)
        until = time.monotonic() + wait
        while True:
            with queue._messages_lock:
                messages = receive(backend, queue_name, count, 0, *args)
            left = until - time.monotonic()
            if messages or left <= 0:
                return messages
            queue.wait_for_messages(min(left, LONGEST_SLEEP_SECONDS))

    return run


def _start_message_move_task(response: Any) -> Any:
    """Amazon SQS API Reference, "StartMessageMoveTask"; here the task ends with the call."""
    from moto.core.responses import ActionResult

    backend, source = _source(response)
    target = _target(response, backend, source)
    with source._messages_lock:
        messages = list(source.messages)
        for message in messages:
            source._messages.remove(message)
    for message in messages:
        backend.send_message(
            target.name, message.body, message_attributes=message.message_attributes
        )
    result = {
        "Status": "COMPLETED",
        "SourceArn": source.queue_arn,
        "ApproximateNumberOfMessagesMoved": len(messages),
        "ApproximateNumberOfMessagesToMove": len(messages),
        "StartedTimestamp": int(time.time() * 1000),
    }
    _tasks(source).insert(0, result)
    return ActionResult({"TaskHandle": str(uuid.uuid4())})


def _list_message_move_tasks(response: Any) -> Any:
    """Amazon SQS API Reference, "ListMessageMoveTasks": the latest first, one unless asked."""
    from moto.core.responses import ActionResult

    _, source = _source(response)
    most = int(response._get_param("MaxResults", 1))
    return ActionResult({"Results": _tasks(source)[:most]})


def _tasks(source: Any) -> list[dict[str, Any]]:
    return cast("dict[str, list[dict[str, Any]]]", vars(source)).setdefault("move_tasks", [])


def _source(response: Any) -> tuple[Any, Any]:
    backend = response.sqs_backend
    return backend, backend.get_queue(_name(response._get_param("SourceArn")))


def _target(response: Any, backend: Any, source: Any) -> Any:
    from moto.sqs.exceptions import InvalidParameterValue

    if destination := response._get_param("DestinationArn"):
        return backend.get_queue(_name(destination))
    feeding = backend.list_dead_letter_source_queues(source.name)
    if not feeding:
        raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
    return feeding[0]


def _name(arn: str) -> str:
    return arn.rsplit(":", 1)[1]
