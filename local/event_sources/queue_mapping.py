"""A function behind a queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from typing import Any

from local.aws.clients import AwsClients
from local.aws.dead_letters import queue_url
from local.event_sources.filters import Filters
from local.event_sources.partial_response import REPORTS_FAILURES, failed_items
from local.functions.functions import Functions
from local.optional_parts import nested

DEFAULT_BATCH_SIZE = 10
MOST_RECEIVED = 10
"""Amazon SQS API Reference, "ReceiveMessage"."""

BATCHES_AT_ONCE = 5
"""Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings": with how
many it begins."""

WAIT_SECONDS = 1
"""Longest wait for a message, and so for the end of the session."""

Message = dict[str, Any]


class QueueMapping:
    """The event source mapping of a standard queue.

    What fails stays in the queue, invisible for its visibility timeout; the queue itself counts the
    attempts and moves what failed too often.

    Source: Lambda Developer Guide, "Using Lambda with Amazon SQS".

    Attributes:
        function: ARN of the function.
        name: what its errors are logged under.
    """

    def __init__(
        self,
        mapping: Mapping[str, Any],
        clients: AwsClients,
        functions: Functions,
        invocations: Executor,
    ) -> None:
        """Make the mapping ready to read.

        Args:
            mapping: as the API describes it.
            clients: clients of the embedded AWS.
            functions: what runs the function.
            invocations: where the batches under way run.
        """
        self.function: str = mapping["FunctionArn"]
        self.name = f"queue of {self.function.split(':')[6]}"
        self._functions = functions
        self._invocations = invocations
        self._sqs = clients("sqs")
        self._arn: str = mapping["EventSourceArn"]
        self._queue = queue_url(self._arn, clients)
        self._filters = Filters(mapping.get("FilterCriteria"))
        self._partial = REPORTS_FAILURES in (mapping.get("FunctionResponseTypes") or [])
        self._batch_size: int = mapping.get("BatchSize") or DEFAULT_BATCH_SIZE
        self._window: float = mapping.get("MaximumBatchingWindowInSeconds") or 0
        scaling = nested(mapping, "ScalingConfig")
        at_once: int = scaling.get("MaximumConcurrency") or BATCHES_AT_ONCE
        self._free = threading.Semaphore(at_once)

    def read(self, closing: threading.Event) -> None:
        """Receive a batch and start its invocation.

        Args:
            closing: set to return soon.
        """
        if not self._free.acquire(timeout=WAIT_SECONDS):
            return
        batch: list[Message] = []
        try:
            batch = self._receive(closing)
        finally:
            if not batch:
                self._free.release()
        if batch:
            self._invocations.submit(self._invoke, batch).add_done_callback(
                lambda _: self._free.release()
            )

    def _receive(self, closing: threading.Event) -> list[Message]:
        batch: list[Message] = []
        until = 0.0
        while len(batch) < self._batch_size and not closing.is_set():
            left = until - time.monotonic() if batch else WAIT_SECONDS
            if left <= 0:
                break
            received: list[Message] = self._sqs.receive_message(
                QueueUrl=self._queue,
                MaxNumberOfMessages=min(MOST_RECEIVED, self._batch_size - len(batch)),
                WaitTimeSeconds=WAIT_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if received and not batch:
                until = time.monotonic() + self._window
            elif not received and not batch:
                break
            refused = [one for one in received if self._record(one) not in self._filters]
            self._delete(refused)
            batch += [one for one in received if one not in refused]
        return batch

    def _invoke(self, batch: list[Message]) -> None:
        outcome = self._functions.invoke(
            self.function, {"Records": [self._record(message) for message in batch]}
        )
        if outcome.error:
            return
        if not self._partial:
            self._delete(batch)
            return
        failed = failed_items(outcome.value(), [message["MessageId"] for message in batch])
        if failed is not None:
            self._delete([message for message in batch if message["MessageId"] not in failed])

    def _delete(self, messages: list[Message]) -> None:
        for start in range(0, len(messages), MOST_RECEIVED):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages[start : start + MOST_RECEIVED])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._queue, Entries=entries)

    def _record(self, message: Message) -> dict[str, Any]:
        attributes: dict[str, dict[str, Any]] = message.get("MessageAttributes") or {}
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes") or {},
            "messageAttributes": {
                name: {key[0].lower() + key[1:]: value for key, value in attribute.items()}
                for name, attribute in attributes.items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._arn.split(":")[3],
        }
