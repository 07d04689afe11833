"""Makes moto's DynamoDB keep the promises of transactions when many write at once.

moto copies the whole table, its stream included, once for each action of a transaction, which takes
longer with each item; and a transaction that fails puts that copy back, with which whatever others
wrote meanwhile is lost. Here one request is handled at a time, and copies share what never changes.

moto's stream readers see what a transaction writes before it is decided, and are left with a stream
that nobody writes to when it fails. Here they wait for its end and read the table's own stream.
"""

from __future__ import annotations

import copy
import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

WRITES = ("delete_item", "put_item", "update_item")
READS_AND_WRITES = (*WRITES, "get_item", "query", "scan", "transact_write_items")
MOST_ITERATORS = 10_000
"""Positions in streams that are kept, which a reader each quarter of a second adds to; on AWS they
last for 15 minutes."""


def make_transactions_atomic() -> None:
    """Change moto's classes in this process; a second time is no error."""
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.table import Table
    from moto.dynamodbstreams.models import DynamoDBStreamsBackend

    if "__deepcopy__" in vars(Table):
        return
    Table.__deepcopy__ = _snapshot  # pyright: ignore[reportAttributeAccessIssue]
    for name in WRITES:
        setattr(DynamoDBBackend, name, _on_copies(getattr(DynamoDBBackend, name)))
    lock = threading.RLock()
    for name in READS_AND_WRITES:
        setattr(DynamoDBBackend, name, _alone(getattr(DynamoDBBackend, name), lock))
    read = DynamoDBStreamsBackend.get_records
    DynamoDBStreamsBackend.get_records = _alone(_from_the_table_s_stream(read), lock)


def _alone(method: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @functools.wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return method(*args, **kwargs)

    return run


def _on_copies(change: Callable[..., Any]) -> Callable[..., Any]:
    """moto changes partitions and items in place; now those that a snapshot shares stay as is."""

    @functools.wraps(change)
    def run(
        backend: Any, table_name: str, key: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        table = backend.tables.get(table_name)
        if table is not None:
            hash_key, range_key = backend.get_keys_value(table, key)
            found = table.items.get(hash_key)
            if isinstance(found, dict):
                partition = cast("dict[Any, Any]", found).copy()
                if range_key in partition:
                    partition[range_key] = copy.deepcopy(partition[range_key])
                table.items[hash_key] = partition
            elif found is not None:
                table.items[hash_key] = copy.deepcopy(found)
        return change(backend, table_name, key, *args, **kwargs)

    return run


def _from_the_table_s_stream(read: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(read)
    def run(backend: Any, iterator_arn: str, limit: int) -> Any:
        iterators: dict[str, Any] = backend.shard_iterators
        iterator = iterators[iterator_arn]
        table = backend.dynamodb.tables[iterator.stream_shard.table.name]
        iterator.stream_shard = table.stream_shard
        for oldest in list(iterators)[: len(iterators) - MOST_ITERATORS]:
            del iterators[oldest]
        return read(backend, iterator_arn, limit)

    return run


def _snapshot(table: Any, memo: dict[int, Any]) -> Any:
    """What a failed transaction puts back: a table of its own with the same partitions."""
    kept = copy.copy(table)
    memo[id(table)] = kept
    kept.items = table.items.copy()
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table = kept
        kept.stream_shard.items = table.stream_shard.items.copy()
    return kept
