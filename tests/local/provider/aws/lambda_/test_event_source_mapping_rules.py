"""What Lambda refuses of an event source."""

from typing import Any

import pytest

from local.provider.aws.lambda_.event_source_mapping import EventSourceMapping
from tests.local.provider.aws.lifecycle import failures


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"batchSize": 10_001}, "batchSize"),
        ({"batchSize": 11, "maximumBatchingWindowInSeconds": 0}, "batchSize"),
        ({"eventSourceArn": "arn:aws:sqs:::q.fifo", "batchSize": 11}, "batchSize"),
        ({"bisectBatchOnFunctionError": True}, "bisectBatchOnFunctionError"),
        ({"maximumBatchingWindowInSeconds": 301}, "maximumBatchingWindowInSeconds"),
        ({"parallelizationFactor": 11}, "parallelizationFactor"),
        ({"maximumRecordAgeInSeconds": 59}, "maximumRecordAgeInSeconds"),
        ({"scalingConfig": {"maximumConcurrency": 1}}, "scalingConfig.maximumConcurrency"),
        ({"filterCriteria": {"filters": [{"pattern": "{"}]}}, "filterCriteria"),
        ({"topics": ["t"]}, "topics"),
    ],
)
def test_what_lambda_refuses_of_an_event_source_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    source = {"eventSourceArn": "arn:aws:sqs:us-east-1:1:q", "functionName": "f"}
    assert refused in failures(EventSourceMapping(), {**source, **inputs})
