"""Makes moto's DynamoDB keep the promises of transactions when many write at once.

moto copies the whole table, its stream included, once for each action of a transaction, which takes
longer with each item; and a transaction that fails puts that copy back, with which whatever others
wrote meanwhile is lost. Here one request is handled at a time, and copies share what never changes.
"""

from __future__ import annotations

import copy
import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any

READS_AND_WRITES = (
    "delete_item",
    "get_item",
    "put_item",
    "query",
    "scan",
    "transact_write_items",
    "update_item",
)


def make_transactions_atomic() -> None:
    """Change moto's classes in this process; a second time is no error."""
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.table import Table

    if "__deepcopy__" in vars(Table):
        return
    Table.__deepcopy__ = _snapshot  # pyright: ignore[reportAttributeAccessIssue]
    DynamoDBBackend.update_item = _on_a_copy(DynamoDBBackend.update_item)
    lock = threading.RLock()
    for name in READS_AND_WRITES:
        setattr(DynamoDBBackend, name, _alone(getattr(DynamoDBBackend, name), lock))


def _alone(method: Callable[..., Any], lock: threading.RLock) -> Callable[..., Any]:
    @functools.wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return method(*args, **kwargs)

    return run


def _on_a_copy(update_item: Callable[..., Any]) -> Callable[..., Any]:
    """moto changes items in place; now those that a snapshot may share stay as they are."""

    @functools.wraps(update_item)
    def run(
        backend: Any, table_name: str, key: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        table = backend.tables.get(table_name)
        if table is not None:
            hash_key, range_key = backend.get_keys_value(table, key)
            holder = table.items if range_key is None else table.items.get(hash_key, {})
            name = hash_key if range_key is None else range_key
            if name in holder:
                holder[name] = copy.deepcopy(holder[name])
        return update_item(backend, table_name, key, *args, **kwargs)

    return run



def _snapshot(table: Any, memo: dict[int, Any]) -> Any:
    """What a failed transaction puts back: containers of its own, and the same items."""
    kept = copy.copy(table)
    memo[id(table)] = kept
    kept.items = copy.copy(table.items)
    for key, value in table.items.items():
        if isinstance(value, dict):
            kept.items[key] = dict(value)  # pyright: ignore[reportUnknownArgumentType]
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table = kept
        kept.stream_shard.items = list(table.stream_shard.items)
    return kept
