"""A function behind a queue."""

from __future__ import annotations

import json
import time
from itertools import chain
from typing import Any

from tests.local.event_sources.conftest import World

POISON = "poison"
REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


def report_poison(event: Any) -> Any:
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if record["body"] == POISON
    ]
    return {"batchItemFailures": failed}


def test_messages_come_as_lambda_hands_them_on_and_are_deleted(
    world: World, eventually: Any
) -> None:
    queue = world.queue("work")
    world.clients("sqs").send_message(
        QueueUrl=world.url(queue),
        MessageBody="hello",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "test"}},
    )
    world.mapping(queue)
    assert eventually(lambda: world.functions.events and world.waiting(queue) == 0)
    (record,) = world.functions.events[0]["Records"]
    assert record["body"] == "hello"
    assert record["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == queue
    assert record["awsRegion"] == "us-east-1"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["kind"] == {"dataType": "String", "stringValue": "test"}


def test_no_batch_is_larger_than_the_mapping_says(world: World, eventually: Any) -> None:
    queue = world.queue("work")
    world.send(queue, *map(str, range(12)))
    world.mapping(queue, BatchSize=5)
    assert eventually(lambda: world.waiting(queue) == 0)
    assert sorted(chain(*world.bodies()), key=int) == [str(number) for number in range(12)]
    assert max(map(len, world.bodies())) == 5


def test_a_window_gathers_more_than_one_call_receives(world: World, eventually: Any) -> None:
    queue = world.queue("work")
    world.send(queue, *map(str, range(15)))
    world.mapping(queue, BatchSize=20, MaximumBatchingWindowInSeconds=2)
    assert eventually(lambda: world.waiting(queue) == 0)
    assert [len(batch) for batch in world.bodies()] == [15]


def test_a_reported_message_comes_again_until_it_is_a_dead_letter(
    world: World, eventually: Any
) -> None:
    queue, dead = world.queue_with_dead_letters(most_attempts=2)
    world.functions.answer = report_poison
    world.send(queue, "a", POISON, "b")
    world.mapping(queue, **REPORTS)
    assert eventually(lambda: world.waiting(dead) == 1 and world.waiting(queue) == 0)
    bodies = list(chain(*world.bodies()))
    assert sorted(bodies) == ["a", "b", POISON, POISON]
    assert world.receive(dead) == [POISON]


def test_a_crash_brings_the_whole_batch_again(world: World, eventually: Any) -> None:
    queue, dead = world.queue_with_dead_letters(most_attempts=3)
    crashes: list[int] = []

    def crash_once(_: Any) -> None:
        if not crashes:
            crashes.append(1)
            raise ValueError("no good")

    world.functions.answer = crash_once
    world.send(queue, "a", "b")
    world.mapping(queue)
    assert eventually(lambda: world.waiting(queue) == 0)
    assert sorted(chain(*world.bodies())) == ["a", "a", "b", "b"]
    assert world.waiting(dead) == 0


def test_a_report_of_a_message_that_is_not_in_the_batch_deletes_none(
    world: World, eventually: Any
) -> None:
    queue, dead = world.queue_with_dead_letters(most_attempts=1)
    world.functions.answer = lambda _: {"batchItemFailures": [{"itemIdentifier": "other"}]}
    world.send(queue, "a")
    world.mapping(queue, **REPORTS)
    assert eventually(lambda: world.waiting(dead) == 1)


def test_a_message_that_the_filter_refuses_is_deleted_unseen(world: World, eventually: Any) -> None:
    queue = world.queue("work")
    pattern = json.dumps({"body": ["wanted"]})
    world.send(queue, "unwanted", "wanted")
    world.mapping(queue, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    assert eventually(lambda: world.functions.events and world.waiting(queue) == 0)
    assert world.bodies() == [["wanted"]]


def test_five_batches_run_at_once(world: World, eventually: Any) -> None:
    queue = world.queue("work")
    world.functions.answer = lambda _: time.sleep(0.5)
    world.send(queue, *map(str, range(12)))
    world.mapping(queue, BatchSize=1)
    assert eventually(lambda: world.waiting(queue) == 0)
    assert world.functions.most_at_once == 5
