"""What reading a DynamoDB stream takes: rights, and the filter that picks new items."""

import json
from collections.abc import Sequence

import pulumi

from components.shared.policy import Statement
from handlers.common.facts import ENTITY

# DynamoDB Developer Guide, "DynamoDB Streams and AWS Lambda triggers": a stream has at most two
# readers; ours are the order pipe and the function `metrics`.
STREAM_ACTIONS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
# Nothing is lost that was written before the reader was made.
FROM_THE_BEGINNING = "TRIM_HORIZON"


def stream_statements(stream_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """The IAM statements that a reader of the stream needs."""
    return [
        {
            "Sid": "Stream",
            "Effect": "Allow",
            "Action": list(STREAM_ACTIONS),
            "Resource": stream_arn,
        },
        {
            "Sid": "Streams",
            "Effect": "Allow",
            "Action": "dynamodb:ListStreams",
            # "Actions, resources, and condition keys for Amazon DynamoDB": it lists by account.
            "Resource": "*",
        },
    ]


def inserted(*entities: str) -> str:
    """The filter pattern for new items of the given entities.

    Source: Lambda Developer Guide, "Using event filtering with a DynamoDB event source".
    """
    return json.dumps(
        {
            "eventName": ["INSERT"],
            "dynamodb": {"NewImage": {ENTITY: {"S": list(entities)}}},
        }
    )
