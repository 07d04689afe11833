"""Tells a queue of what was given up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.aws.clients import AwsClients

MESSAGE_VERSION = "1.0"


def queue_url(arn: str, clients: AwsClients) -> str:
    """The URL of a queue."""
    return clients("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]


def dead_letters(arn: str | None, clients: AwsClients) -> Callable[[Mapping[str, Any]], None]:
    """What takes the messages about lost records: the queue, or nothing where there is none."""
    if not arn:
        return lambda _: None
    url = queue_url(arn, clients)

    def send(message: Mapping[str, Any]) -> None:
        timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        whole = {**message, "version": MESSAGE_VERSION, "timestamp": timestamp}
        clients("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(whole))

    return send
