"""A DynamoDB stream, read as its readers in AWS do."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from local.aws.clients import AwsClients

Record = dict[str, Any]
"""A record as Lambda hands it on (Lambda Developer Guide, "Using AWS Lambda with Amazon
DynamoDB")."""


class Stream:
    """The position of one reader in a stream; begins at its oldest record.

    Attributes:
        arn: the stream.
        shard_id: its shard; the embedded AWS never splits it.
    """

    def __init__(self, arn: str, clients: AwsClients) -> None:
        """Stand at the oldest record.

        Args:
            arn: the stream's ARN.
            clients: clients of the embedded AWS.
        """
        self.arn = arn
        self._client = clients("dynamodbstreams")
        description: dict[str, Any] = self._client.describe_stream(StreamArn=arn)
        self.shard_id: str = description["StreamDescription"]["Shards"][0]["ShardId"]
        self._iterator: str = self._client.get_shard_iterator(
            StreamArn=arn, ShardId=self.shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]

    def read(self, limit: int) -> list[Record]:
        """The next records, at most `limit`; none when there are none yet."""
        answer: dict[str, Any] = self._client.get_records(ShardIterator=self._iterator, Limit=limit)
        self._iterator = answer["NextShardIterator"]
        return [{**_as_json(record), "eventSourceARN": self.arn} for record in answer["Records"]]


def sequence_number(record: Record) -> str:
    """The record's place in the stream."""
    return record["dynamodb"]["SequenceNumber"]


def creation_time(record: Record) -> float:
    """When it was written, in seconds since 1970."""
    return record["dynamodb"]["ApproximateCreationDateTime"]


def batch_info(records: list[Record], stream: Stream) -> dict[str, Any]:
    """Where a batch stands in the stream, as the messages about lost records say it."""
    times = [datetime.fromtimestamp(creation_time(one)).astimezone() for one in records]
    return {
        "shardId": stream.shard_id,
        "startSequenceNumber": sequence_number(records[0]),
        "endSequenceNumber": sequence_number(records[-1]),
        "approximateArrivalOfFirstRecord": min(times).isoformat(),
        "approximateArrivalOfLastRecord": max(times).isoformat(),
        "batchSize": len(records),
        "streamArn": stream.arn,
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        return {name: _as_json(one) for name, one in entries.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in cast("list[Any]", value)]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
