"""Many transactions at once, over HTTP as the functions send them."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.aws.access import AwsAccess
from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws

TABLE = "t"


@pytest.fixture(scope="module")
def access() -> Iterator[AwsAccess]:
    with EmbeddedAws() as aws:
        yield aws.access


@pytest.fixture(scope="module")
def client(access: AwsAccess) -> Any:
    client = boto3.client(
        "dynamodb",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key_id,
        aws_secret_access_key=access.secret_access_key,
        config=Config(max_pool_connections=16),
    )
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    )
    return client


def key(name: str) -> dict[str, Any]:
    return {"PK": {"S": name}, "SK": {"S": "x"}}


def put_stock(client: Any, product: str, stock: int) -> None:
    client.put_item(TableName=TABLE, Item={**key(product), "stock": {"N": str(stock)}})


def take(client: Any, product: str, order: str) -> bool:
    """One order: takes one from the stock, and is written, or neither."""
    with suppress(client.exceptions.TransactionCanceledException):
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": key(order)}},
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": key(product),
                        "UpdateExpression": "SET stock = stock - :one",
                        "ConditionExpression": "stock >= :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                },
            ]
        )
        return True
    return False


def read(client: Any, name: str) -> Any:
    return client.get_item(TableName=TABLE, Key=key(name)).get("Item")


def test_parallel_orders_take_what_is_there_and_lose_nothing(client: Any) -> None:
    put_stock(client, "scarce", 10)
    names = [f"order-{number}" for number in range(60)]
    notes = [f"note-{number}" for number in range(60)]

    def work(number: int) -> bool:
        client.put_item(TableName=TABLE, Item=key(notes[number]))
        return take(client, "scarce", names[number])

    with ThreadPoolExecutor(12) as executor:
        taken = list(executor.map(work, range(60)))
    assert sum(taken) == 10
    assert read(client, "scarce")["stock"] == {"N": "0"}
    assert [read(client, name) is not None for name in names] == taken
    # Written by others while transactions failed.
    assert all(read(client, note) for note in notes)


def test_a_failed_transaction_leaves_no_trace_in_table_or_stream(
    client: Any, access: AwsAccess
) -> None:
    put_stock(client, "empty", 0)
    before = read(client, "empty")
    count = len(Stream(client, access).read())
    assert not take(client, "empty", "refused")
    assert read(client, "refused") is None
    assert read(client, "empty") == before
    assert len(Stream(client, access).read()) == count


@pytest.mark.life
def test_a_transaction_does_not_take_longer_in_a_full_table(client: Any) -> None:
    put_stock(client, "plenty", 10_000)

    def seconds(prefix: str) -> float:
        began = time.monotonic()
        for number in range(20):
            assert take(client, "plenty", f"{prefix}-{number}")
        return time.monotonic() - began

    few = min(seconds(f"few-{run}") for run in range(3))
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda n: put_stock(client, f"filler-{n}", n), range(1500)))
    many = min(seconds(f"many-{run}") for run in range(3))
    assert many < 5 * few


def test_a_reader_of_the_stream_sees_each_write_once_and_none_that_failed(
    client: Any, access: AwsAccess
) -> None:
    put_stock(client, "last", 200)
    reader = Stream(client, access)
    seen: list[Any] = []
    done = threading.Event()

    def read_all() -> None:
        while True:
            ended = done.is_set()
            records = reader.read()
            seen.extend(records)
            if ended and not records:
                return

    thread = threading.Thread(target=read_all)
    thread.start()
    with ThreadPoolExecutor(8) as executor:
        taken = list(executor.map(lambda n: take(client, "last", f"read-{n}"), range(400)))
    done.set()
    thread.join()
    orders = {f"read-{number}" for number, was_taken in enumerate(taken) if was_taken}
    assert len(orders) == 200
    found = [name for record in seen if (name := inserted(record)).startswith("read-")]
    assert len(found) == len(orders)
    assert set(found) == orders


def inserted(record: Any) -> str:
    return record["dynamodb"]["Keys"]["PK"]["S"] if record["eventName"] == "INSERT" else ""


class Stream:
    """A reader that begins at the oldest record."""

    def __init__(self, client: Any, access: AwsAccess) -> None:
        self._client = AwsClients(access)("dynamodbstreams")
        arn = client.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
        description = self._client.describe_stream(StreamArn=arn)["StreamDescription"]
        self._iterator = self._client.get_shard_iterator(
            StreamArn=arn,
            ShardId=description["Shards"][0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]

    def read(self) -> list[Any]:
        answer = self._client.get_records(ShardIterator=self._iterator)
        self._iterator = answer["NextShardIterator"]
        return answer["Records"]
