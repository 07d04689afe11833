import json
from typing import Any

from local.provider.aws.pipes import Pipe
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

STREAM = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2026-01-01T00:00:00.000"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:order-events"
PATTERN = json.dumps({"eventName": ["INSERT"]})


def source(**stream: Any) -> dict[str, Any]:
    return {
        "filterCriteria": {"filters": [{"pattern": PATTERN}]},
        "dynamodbStreamParameters": {
            "startingPosition": "TRIM_HORIZON",
            "batchSize": 10,
            "maximumRetryAttempts": -1,
            "maximumRecordAgeInSeconds": 21_600,
            "onPartialBatchItemFailure": "AUTOMATIC_BISECT",
            "deadLetterConfig": {"arn": f"{QUEUE}-dead"},
            **stream,
        },
    }


def orders_pipe(aws: Connection, **inputs: Any) -> Deployed:
    return deploy(
        aws,
        Pipe(),
        **{
            "name": "orders",
            "description": "to the queue",
            "roleArn": "arn:aws:iam::123456789012:role/pipe",
            "source": STREAM,
            "target": QUEUE,
            "sourceParameters": source(),
            "targetParameters": {"inputTemplate": '{"id": "<$.dynamodb.Keys.PK.S>"}'},
            **inputs,
        },
    )


def described(aws: Connection) -> dict[str, Any]:
    return aws.client("pipes").describe_pipe(Name="orders")


def test_a_pipe_exists_with_its_filter_stream_settings_and_template(aws: Connection) -> None:
    pipe = orders_pipe(aws, tags={"Component": "messaging"}, tagsAll={"Component": "messaging"})
    found = described(aws)
    assert (found["Source"], found["Target"]) == (STREAM, QUEUE)
    assert found["SourceParameters"]["FilterCriteria"]["Filters"] == [{"Pattern": PATTERN}]
    stream = found["SourceParameters"]["DynamoDBStreamParameters"]
    assert stream["DeadLetterConfig"] == {"Arn": f"{QUEUE}-dead"}
    assert (stream["StartingPosition"], stream["MaximumRetryAttempts"]) == ("TRIM_HORIZON", -1)
    assert "PK" in found["TargetParameters"]["InputTemplate"]
    assert found["Tags"] == {"Component": "messaging"}
    assert pipe.state["arn"] == "arn:aws:pipes:us-east-1:123456789012:pipe/orders"
    assert pipe.state["desiredState"] == "RUNNING"


def test_a_changed_pipe_is_changed_in_aws(aws: Connection) -> None:
    pipe = orders_pipe(aws, tagsAll={"a": "1"}, tags={"a": "1"})
    state = pipe.update(
        sourceParameters=source(batchSize=20),
        description="another",
        tagsAll={"b": "2"},
        tags={"b": "2"},
    )
    found = described(aws)
    assert found["SourceParameters"]["DynamoDBStreamParameters"]["BatchSize"] == 20
    assert state["sourceParameters"] == source(batchSize=20)
    assert found["Description"] == "another"
    assert found["Tags"] == {"b": "2"}


def test_another_starting_position_replaces_the_pipe() -> None:
    old = {"sourceParameters": source()}
    assert list(Pipe().replaces(old, {"sourceParameters": source(batchSize=1)})) == []
    latest = {"sourceParameters": source(startingPosition="LATEST")}
    assert list(Pipe().replaces(old, latest)) == ["sourceParameters"]


def test_a_pipe_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    pipe = orders_pipe(aws)
    aws.client("pipes").delete_pipe(Name="orders")
    assert pipe.read() is None
    pipe.delete()


def test_a_pipe_can_be_imported_by_its_name(aws: Connection) -> None:
    orders_pipe(aws)
    found = imported(aws, Pipe(), "orders")
    assert found is not None
    assert found["source"] == STREAM


def test_what_aws_refuses_is_refused_before_the_call() -> None:
    refused = failures(
        Pipe(),
        {
            "name": "a/b",
            "sourceParameters": source(maximumRecordAgeInSeconds=5),
            "targetParameters": {"inputTemplate": "x" * 8193},
        },
    )
    assert set(refused) == {"name", "sourceParameters", "targetParameters.inputTemplate"}
    assert "60 to 604800" in refused["sourceParameters"]
    stream = {"batchSize": 1}
    missing = failures(Pipe(), {"sourceParameters": {"dynamodbStreamParameters": stream}})
    assert "LATEST or TRIM_HORIZON" in missing["sourceParameters"]
