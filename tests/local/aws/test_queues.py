"""Queues that many use at once, and the redrive of dead letters."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import SQSBackend

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.aws.queues import make_queues_lossless


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    with EmbeddedAws() as aws:
        yield AwsClients(aws.access)("sqs")


def queue(sqs: Any, **attributes: str) -> tuple[str, str]:
    """A new queue's URL and ARN."""
    url = sqs.create_queue(QueueName=str(uuid.uuid4()), Attributes=attributes)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, attributes["QueueArn"]


def dead_letter_queue(sqs: Any) -> tuple[str, str, str]:
    """URL of a queue, URL and ARN of its dead-letter queue."""
    dead_url, dead_arn = queue(sqs)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, _ = queue(sqs, RedrivePolicy=redrive, VisibilityTimeout="0")
    return url, dead_url, dead_arn


def receive(sqs: Any, url: str, wait: int = 0) -> list[Any]:
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait).get(
        "Messages", []
    )


def bodies(sqs: Any, url: str) -> list[str]:
    return [message["Body"] for message in receive(sqs, url)]


def test_no_message_is_lost_or_seen_twice_while_others_are_deleted() -> None:
    make_queues_lossless()
    backend = SQSBackend("us-east-1", "123456789012")
    backend.create_queue("busy", {})
    sent = [str(number) for number in range(1500)]
    seen: list[str] = []
    # Threads change places as often as they can.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def take_all(_: int) -> None:
        while messages := backend.receive_message("busy", 10, 1, 60):
            seen.extend(message.body for message in messages)
            for message in messages:
                backend.delete_message("busy", message.receipt_handle)

    try:
        with ThreadPoolExecutor(4) as executor:
            takers = executor.map(take_all, range(2))
            list(executor.map(lambda body: backend.send_message("busy", body), sent))
            list(takers)
    finally:
        sys.setswitchinterval(interval)
    assert sorted(seen, key=int) == sent


def test_a_receiver_gets_what_is_sent_while_it_waits(sqs: Any) -> None:
    url, _ = queue(sqs)
    with ThreadPoolExecutor(1) as executor:
        began = time.monotonic()
        waiting = executor.submit(receive, sqs, url, 10)
        time.sleep(0.5)
        sqs.send_message(QueueUrl=url, MessageBody="late")
        assert [message["Body"] for message in waiting.result()] == ["late"]
    assert time.monotonic() - began < 5


def test_dead_letters_go_back_to_the_queue_that_they_come_from(sqs: Any) -> None:
    url, dead_url, dead_arn = dead_letter_queue(sqs)
    sqs.send_message(
        QueueUrl=url,
        MessageBody="poison",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "test"}},
    )
    assert bodies(sqs, url) == ["poison"]
    assert bodies(sqs, url) == []
    assert sqs.start_message_move_task(SourceArn=dead_arn)["TaskHandle"]
    assert bodies(sqs, dead_url) == []
    (moved,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert moved["Body"] == "poison"
    assert moved["MessageAttributes"]["kind"]["StringValue"] == "test"
    (task,) = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)


def test_a_redriven_message_has_all_its_attempts_again(sqs: Any) -> None:
    url, dead_url, dead_arn = dead_letter_queue(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(2):
        assert bodies(sqs, url) == ["poison"]
        assert bodies(sqs, url) == []
        sqs.start_message_move_task(SourceArn=dead_arn)
    assert bodies(sqs, url) == ["poison"]
    assert bodies(sqs, dead_url) == []


def test_messages_can_be_moved_elsewhere(sqs: Any) -> None:
    _, dead_url, dead_arn = dead_letter_queue(sqs)
    other_url, other_arn = queue(sqs)
    sqs.send_message(QueueUrl=dead_url, MessageBody="poison")
    sqs.start_message_move_task(SourceArn=dead_arn, DestinationArn=other_arn)
    assert bodies(sqs, other_url) == ["poison"]


def test_only_dead_letters_can_be_moved(sqs: Any) -> None:
    _, arn = queue(sqs)
    with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=arn)
