"""An EventBridge pipe from a stream to a queue."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.aws.clients import AwsClients
from local.aws.dead_letters import dead_letters, queue_url
from local.event_sources.delivery import Delivery, Failure, Policy
from local.event_sources.filters import Filters
from local.event_sources.stream import Record, Stream, batch_info
from local.optional_parts import elements, nested

DEFAULT_BATCH_SIZE = 100
MOST_MESSAGES = 10
"""Amazon SQS API Reference, "SendMessageBatch"."""

_PLACEHOLDER = re.compile(r"<\$\.([^<>]+)>")


class Pipe:
    """A running pipe.

    Source: EventBridge User Guide, "Amazon EventBridge Pipes".

    Attributes:
        name: the pipe's name.
    """

    def __init__(self, pipe: Mapping[str, Any], clients: AwsClients) -> None:
        """Make the pipe ready to read from the stream's oldest record.

        Args:
            pipe: as the API describes it.
            clients: clients of the embedded AWS.
        """
        self.name: str = pipe["Name"]
        self._arn: str = pipe["Arn"]
        self._sqs = clients("sqs")
        self._queue = queue_url(pipe["Target"], clients)
        self._template: str | None = nested(pipe, "TargetParameters").get("InputTemplate")
        source = nested(pipe, "SourceParameters")
        settings = nested(source, "DynamoDBStreamParameters")
        self._lost = dead_letters(nested(settings, "DeadLetterConfig").get("Arn"), clients)
        self._stream = Stream(pipe["Source"], clients)
        self._delivery = Delivery(
            self._stream,
            Filters(source.get("FilterCriteria")),
            Policy.of(
                settings,
                batch_size=DEFAULT_BATCH_SIZE,
                bisect=settings.get("OnPartialBatchItemFailure") == "AUTOMATIC_BISECT",
            ),
            deliver=self._deliver,
            give_up=self._give_up,
        )

    def read(self, closing: threading.Event) -> None:
        """Read once; see `Delivery.read`."""
        self._delivery.read(closing)

    def _deliver(self, records: list[Record]) -> Failure | None:
        for start in range(0, len(records), MOST_MESSAGES):
            entries = [
                {"Id": str(number), "MessageBody": transformed(record, self._template)}
                for number, record in enumerate(records[start : start + MOST_MESSAGES], start)
            ]
            try:
                answer: dict[str, Any] = self._sqs.send_message_batch(
                    QueueUrl=self._queue, Entries=entries
                )
            except ClientError:
                return Failure(start, {})
            if failed := [int(one["Id"]) for one in elements(answer, "Failed")]:
                return Failure(min(failed), {})
        return None

    def _give_up(
        self,
        records: list[Record],
        reason: str,
        attempts: int,
        failure: Failure | None,  # noqa: ARG002
    ) -> None:
        self._lost(
            {
                "context": {
                    "partnerResourceArn": self._arn,
                    "condition": reason,
                    "approximateInvokeCount": attempts,
                },
                "DDBStreamBatchInfo": batch_info(records, self._stream),
            }
        )


def transformed(record: Record, template: str | None) -> str:
    """The message that a record becomes.

    Args:
        record: the record.
        template: JSON in which `<$.path>` stands for a part of the record: as JSON, or as text
            where it stands in a string; nothing where the record has no such part. None for the
            whole record. (EventBridge User Guide, "Amazon EventBridge Pipes input
            transformation".)
    """
    if template is None:
        return json.dumps(record)

    def value(found: re.Match[str]) -> str:
        part: Any = record
        for name in found[1].split("."):
            part = part.get(name) if isinstance(part, Mapping) else None  # pyright: ignore
        in_string = template.count('"', 0, found.start()) % 2 == 1
        if not in_string:
            return json.dumps(part)
        text = "" if part is None else part if isinstance(part, str) else json.dumps(part)
        return json.dumps(text)[1:-1]

    return _PLACEHOLDER.sub(value, template)
