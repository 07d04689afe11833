from __future__ import annotations

import importlib
import json
import re
from typing import Any

import pytest

from tests.pulumi_recorder import ACCOUNT_ID, Recorder

pytestmark = pytest.mark.slow

DAY_SECONDS = 24 * 3600


def document(text: str) -> dict[str, Any]:
    """A policy's statements by their Sid."""
    return {one["Sid"]: one for one in json.loads(text)["Statement"]}


def pipe(run: Recorder) -> dict[str, Any]:
    return run.one("aws:pipes/pipe:Pipe").inputs


def test_the_pipe_takes_inserted_orders_of_the_table_s_stream_to_the_queue(dev: Recorder) -> None:
    inputs = pipe(dev)
    assert inputs["source"].endswith("/stream")
    assert inputs["target"] == "arn:aws:::messaging-order-events"
    [one] = inputs["sourceParameters"]["filterCriteria"]["filters"]
    assert json.loads(one["pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"entity": {"S": ["order"]}}},
    }


def test_a_record_that_can_t_be_delivered_is_kept_apart_and_the_others_go_on(
    dev: Recorder,
) -> None:
    stream = pipe(dev)["sourceParameters"]["dynamodbStreamParameters"]
    assert stream["startingPosition"] == "TRIM_HORIZON"
    assert stream["onPartialBatchItemFailure"] == "AUTOMATIC_BISECT"
    assert stream["deadLetterConfig"] == {"arn": "arn:aws:::messaging-pipe-dead-letters"}
    assert stream["maximumRetryAttempts"] == -1
    assert stream["maximumRecordAgeInSeconds"] < DAY_SECONDS, "the stream forgets it after a day"


def test_the_message_is_one_that_fulfilment_reads_and_says_nothing_personal(dev: Recorder) -> None:
    template = pipe(dev)["targetParameters"]["inputTemplate"]
    record = {
        "dynamodb": {
            "NewImage": {
                "orderId": {"S": "order-1"},
                "correlationId": {"S": "request-1"},
                "userId": {"S": "somebody"},
            }
        }
    }

    def value(path: re.Match[str]) -> str:
        found: Any = record
        for step in path[1].split("."):
            found = found[step]
        return found

    body = re.sub(r"<\$\.([\w.]+)>", value, template)
    message = importlib.import_module("handlers.fulfilment.message").OrderPlaced.parse(body)
    assert (message.order_id, message.correlation_id) == ("order-1", "request-1")
    assert "somebody" not in body


def test_the_pipe_s_role_is_for_this_account_s_pipes_and_these_queues(dev: Recorder) -> None:
    trust = json.loads(dev.one("Role", "messaging-pipe").inputs["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "pipes.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    statements = document(dev.one("RolePolicy", "messaging-pipe").inputs["policy"])
    assert statements["Queues"]["Action"] == "sqs:SendMessage"
    assert statements["Queues"]["Resource"] == [
        "arn:aws:::messaging-order-events",
        "arn:aws:::messaging-pipe-dead-letters",
    ]
    assert statements["Stream"]["Resource"].endswith("/stream")


def test_a_message_is_hidden_for_six_times_the_function_s_timeout(each_run: Recorder) -> None:
    queue = each_run.one("aws:sqs/queue:Queue", "messaging-order-events").inputs
    function = each_run.one("Function", "messaging-fulfilment-function").inputs
    assert queue["visibilityTimeoutSeconds"] >= 6 * function["timeout"]


def test_five_failures_send_a_message_to_the_dead_letters_for_two_weeks(dev: Recorder) -> None:
    queue = dev.one("aws:sqs/queue:Queue", "messaging-order-events").inputs
    assert json.loads(queue["redrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:::messaging-order-dead-letters",
        "maxReceiveCount": 5,
    }
    for name in ("messaging-order-dead-letters", "messaging-pipe-dead-letters"):
        dead = dev.one("aws:sqs/queue:Queue", name).inputs
        assert dead["messageRetentionSeconds"] == 14 * DAY_SECONDS
    allowed = dev.one("RedriveAllowPolicy").inputs
    assert json.loads(allowed["redriveAllowPolicy"]) == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": ["arn:aws:::messaging-order-events"],
    }


def test_queues_are_encrypted_and_named_for_the_people_who_redrive_them(dev: Recorder) -> None:
    queues = [one for one in dev.of("aws:sqs/queue:Queue") if one.name.startswith("messaging-")]
    assert {one.inputs["name"] for one in queues} == {
        "aws-platform-dev-order-events",
        "aws-platform-dev-order-events-dead-letters",
        "aws-platform-dev-order-pipe-dead-letters",
    }
    assert all(one.inputs["sqsManagedSseEnabled"] is True for one in queues)


def test_fulfilment_answers_for_each_message_of_small_batches(dev: Recorder) -> None:
    mapping = dev.one("EventSourceMapping", "messaging-order-events").inputs
    assert mapping["eventSourceArn"] == "arn:aws:::messaging-order-events"
    assert mapping["functionName"] == "arn:aws:::messaging-fulfilment-live"
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    # Three attempts of 3 s each, the client's limits, for every message.
    function = dev.one("Function", "messaging-fulfilment-function").inputs
    assert mapping["batchSize"] * 9 < function["timeout"]


def test_fulfilment_may_update_items_and_read_its_queue_and_nothing_else(dev: Recorder) -> None:
    policy = dev.one("RolePolicy", "messaging-fulfilment-policy").inputs["policy"]
    statements = document(policy)
    assert set(statements) == {"Logs", "Traces", "Table", "Queue"}
    assert statements["Table"]["Action"] == "dynamodb:UpdateItem"
    assert statements["Queue"]["Resource"] == "arn:aws:::messaging-order-events"
    variables = dev.one("Function", "messaging-fulfilment-function").inputs["environment"]
    assert set(variables["variables"]) == {"TABLE_NAME", "LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}


def test_the_queues_are_outputs_for_whoever_redrives(dev: Recorder) -> None:
    assert dev.outputs["orderQueueUrl"].endswith("messaging-order-events")
    assert dev.outputs["orderDeadLetterQueueUrl"].endswith("messaging-order-dead-letters")
