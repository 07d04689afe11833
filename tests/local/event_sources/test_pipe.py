"""A pipe from a stream to a queue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.messaging.messaging import MESSAGE_TEMPLATE
from local.event_sources.pipe import transformed
from tests.local.event_sources.conftest import World

TEMPLATE = json.dumps(MESSAGE_TEMPLATE)
ORDERS = json.dumps({"dynamodb": {"NewImage": {"entity": {"S": ["ORDER"]}}}})


def record(**image: Any) -> dict[str, Any]:
    return {"eventName": "INSERT", "dynamodb": {"NewImage": image}}


@given(order=st.text(), correlation=st.text())
def test_a_message_is_json_whatever_the_record_holds(order: str, correlation: str) -> None:
    found = record(orderId={"S": order}, correlationId={"S": correlation})
    assert json.loads(transformed(found, TEMPLATE)) == {
        "orderId": order,
        "correlationId": correlation,
    }


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ('{"a": "<$.dynamodb.NewImage.missing.S>"}', {"a": ""}),
        ('{"a": <$.dynamodb.NewImage.missing>}', {"a": None}),
        ('{"a": <$.dynamodb.NewImage.orderId>}', {"a": {"S": "o"}}),
        ('{"a": "<$.eventName>: <$.dynamodb.NewImage.orderId.S>"}', {"a": "INSERT: o"}),
        (None, record(orderId={"S": "o"})),
    ],
)
def test_placeholders_stand_for_parts_of_the_record(template: str | None, message: Any) -> None:
    assert json.loads(transformed(record(orderId={"S": "o"}), template)) == message


def pipe(world: World, target: str, dead: str) -> None:
    world.clients("pipes").create_pipe(
        Name=world.name,
        RoleArn="arn:aws:iam::123456789012:role/reader",
        Source=world.stream_arn,
        SourceParameters={
            "FilterCriteria": {"Filters": [{"Pattern": ORDERS}]},
            "DynamoDBStreamParameters": {
                "StartingPosition": "TRIM_HORIZON",
                "DeadLetterConfig": {"Arn": dead},
                "MaximumRetryAttempts": 1,
                "OnPartialBatchItemFailure": "AUTOMATIC_BISECT",
            },
        },
        Target=target,
        TargetParameters={"InputTemplate": TEMPLATE},
    )
    world.start()


def test_the_records_that_pass_the_filter_are_sent(world: World, eventually: Any) -> None:
    world.table()
    target, dead = world.queue("target"), world.queue("dead")
    # What was there before the pipe is sent too, in more than one call to SQS.
    for number in range(25):
        world.put(f"before-{number}", entity={"S": "ORDER"}, orderId={"S": f"before-{number}"})
    world.put("user", entity={"S": "USER"}, orderId={"S": "none"})
    pipe(world, target, dead)
    world.put("after", entity={"S": "ORDER"}, orderId={"S": "after"})
    assert eventually(lambda: world.waiting(target) == 26)
    found = {json.loads(body)["orderId"] for body in world.receive(target)}
    assert found == {*(f"before-{number}" for number in range(25)), "after"}
    assert world.waiting(dead) == 0


def test_a_record_that_the_queue_refuses_is_told_to_the_dead_letters_and_the_others_arrive(
    world: World, eventually: Any
) -> None:
    world.table()
    target, dead = world.queue("target", MaximumMessageSize="1024"), world.queue("dead")
    # More than the queue takes in a message.
    for name, order in (("a", "first"), ("b", "x" * 2_000), ("c", "last")):
        world.put(name, entity={"S": "ORDER"}, orderId={"S": order})
    pipe(world, target, dead)
    assert eventually(lambda: world.waiting(target) == 2 and world.waiting(dead) == 1)
    found = [json.loads(body)["orderId"] for body in world.receive(target)]
    assert sorted(found) == ["first", "last"]
    lost = json.loads(world.receive(dead)[0])
    assert lost["context"]["condition"] == "RetryAttemptsExhausted"
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 1
    assert lost["DDBStreamBatchInfo"]["streamArn"] == world.stream_arn
