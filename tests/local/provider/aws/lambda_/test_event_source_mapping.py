"""Queues and streams that feed Lambda functions."""

import json

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.lambda_.alias import Alias
from local.provider.aws.lambda_.event_source_mapping import EventSourceMapping
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import function, queue
from tests.local.provider.aws.lifecycle import deploy


def test_a_queue_feeds_the_alias_of_a_function(aws: Connection) -> None:
    deployed = function(aws)
    deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    live = f"{deployed.state['arn']}:live"
    mapping = deploy(
        aws,
        EventSourceMapping(),
        eventSourceArn=queue(aws, 180),
        functionName=live,
        batchSize=10,
        maximumBatchingWindowInSeconds=1,
        functionResponseTypes=["ReportBatchItemFailures"],
        scalingConfig={"maximumConcurrency": 5},
    )
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping.state["functionArn"] == live
    assert mapping.state["uuid"] == mapping.id
    mapping.update(batchSize=5, enabled=False)
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert (found["BatchSize"], found["State"]) == (5, "Disabled")
    mapping.delete()
    assert mapping.read() is None


def test_a_stream_feeds_a_function_with_filter_and_failure_queue(aws: Connection) -> None:
    function(aws)
    dead = queue(aws, 30)
    stream = aws.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    pattern = json.dumps({"eventName": ["INSERT"]})
    mapping = deploy(
        aws,
        EventSourceMapping(),
        eventSourceArn=stream,
        functionName="users",
        startingPosition="LATEST",
        bisectBatchOnFunctionError=True,
        maximumRetryAttempts=3,
        maximumRecordAgeInSeconds=3600,
        filterCriteria={"filters": [{"pattern": pattern}]},
        destinationConfig={"onFailure": {"destinationArn": dead}},
    )
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert found["FilterCriteria"]["Filters"] == [{"Pattern": pattern}]
    assert found["DestinationConfig"]["OnFailure"]["Destination"] == dead
    assert found["BisectBatchOnFunctionError"] is True


def test_messages_that_reappear_while_the_function_works_are_refused(aws: Connection) -> None:
    function(aws, timeout=60)
    with pytest.raises(ClientError, match="30 seconds is less than Function timeout: 60 seconds"):
        deploy(aws, EventSourceMapping(), eventSourceArn=queue(aws, 30), functionName="users")
