"""A function that reads a table's stream."""

from __future__ import annotations

import json
import time
from itertools import chain
from typing import Any

from tests.local.event_sources.conftest import World

POISON = "poison"


def fail_on_poison(event: Any) -> None:
    if any(record["dynamodb"]["Keys"]["PK"]["S"] == POISON for record in event["Records"]):
        raise ValueError("no good")


def report_poison(event: Any) -> Any:
    failed = [
        {"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
        for record in event["Records"]
        if record["dynamodb"]["Keys"]["PK"]["S"] == POISON
    ]
    return {"batchItemFailures": failed}


def test_records_come_as_lambda_hands_them_on(world: World, eventually: Any) -> None:
    world.table()
    world.put("a", data={"B": b"\x00\xff"}, count={"N": "1"}, list={"L": [{"BOOL": True}]})
    world.mapping(world.stream_arn)
    assert eventually(lambda: world.functions.events)
    (record,) = world.functions.events[0]["Records"]
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventSourceARN"] == world.stream_arn
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {
        "PK": {"S": "a"},
        "data": {"B": "AP8="},
        "count": {"N": "1"},
        "list": {"L": [{"BOOL": True}]},
    }
    assert abs(record["dynamodb"]["ApproximateCreationDateTime"] - time.time()) < 60


def test_batches_are_as_large_as_the_mapping_says(world: World, eventually: Any) -> None:
    world.table()
    world.put(*"abcde")
    world.mapping(world.stream_arn, BatchSize=2)
    assert eventually(lambda: len(world.functions.events) == 3)
    assert world.keys() == [["a", "b"], ["c", "d"], ["e"]]


def test_a_batch_waits_for_more_until_its_window_ends(world: World, eventually: Any) -> None:
    world.table()
    world.mapping(world.stream_arn, BatchSize=100, MaximumBatchingWindowInSeconds=2)
    world.put("a")
    time.sleep(0.7)
    world.put("b")
    assert eventually(lambda: world.functions.events)
    assert world.keys() == [["a", "b"]]


def test_what_the_filter_holds_back_reaches_no_function(world: World, eventually: Any) -> None:
    world.table()
    pattern = json.dumps({"dynamodb": {"NewImage": {"entity": {"S": ["USER", "ORDER"]}}}})
    world.mapping(world.stream_arn, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    world.put("a", entity={"S": "PRODUCT"})
    world.put("b", entity={"S": "ORDER"})
    world.put("c")
    world.put("d", entity={"S": "USER"})
    assert eventually(lambda: list(chain(*world.keys())) == ["b", "d"])


def test_a_poison_record_is_parted_from_the_others_and_told_to_the_dead_letters(
    world: World, eventually: Any
) -> None:
    world.table()
    dead = world.queue("dead")
    world.functions.answer = fail_on_poison
    world.put("a", "b", POISON, "c")
    world.mapping(
        world.stream_arn,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": dead}},
    )
    assert eventually(lambda: world.waiting(dead) == 1 and world.keys()[-1] == ["c"])
    assert world.keys() == [
        ["a", "b", POISON, "c"],
        ["a", "b"],
        [POISON, "c"],
        *[[POISON]] * 2,
        ["c"],
    ]
    lost = json.loads(world.receive(dead)[0])
    assert lost["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert lost["requestContext"]["approximateInvokeCount"] == 2
    assert lost["requestContext"]["requestId"]
    assert lost["responseContext"]["functionError"] == "Unhandled"
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_report_spares_what_went_well_a_second_time(world: World, eventually: Any) -> None:
    world.table()
    dead = world.queue("dead")
    world.functions.answer = report_poison
    world.put("a", "b", POISON)
    world.mapping(
        world.stream_arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": dead}},
    )
    assert eventually(lambda: world.waiting(dead) == 1)
    assert world.keys() == [["a", "b", POISON], [POISON], [POISON]]


def test_without_the_setting_a_report_is_an_answer_like_any_other(
    world: World, eventually: Any
) -> None:
    world.table()
    world.functions.answer = report_poison
    world.put(POISON)
    world.mapping(world.stream_arn, MaximumRetryAttempts=1)
    world.put("a")
    assert eventually(lambda: "a" in list(chain(*world.keys())))
    assert list(chain(*world.keys())) == [POISON, "a"]


def test_a_disabled_mapping_reads_nothing(world: World) -> None:
    world.table()
    world.put("a")
    world.mapping(world.stream_arn, Enabled=False)
    time.sleep(1)
    assert world.functions.events == []


def test_an_error_of_aws_is_logged_and_passes(world: World, eventually: Any) -> None:
    world.table()
    dead = world.queue("dead")
    world.functions.answer = fail_on_poison
    world.mapping(
        world.stream_arn,
        BatchSize=1,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": dead}},
    )
    world.clients("sqs").delete_queue(QueueUrl=world.url(dead))
    world.put(POISON)
    assert eventually(lambda: world.functions.logs.after())
    assert "QueueDoesNotExist" in world.functions.logs.after()[0].text
    # The record is still there, and what follows it waits.
    assert world.queue("dead") == dead
    world.put("a")
    assert eventually(lambda: world.keys()[-1] == ["a"])
    assert world.waiting(dead) == 1
