"""Pages of a listing whose keys are spread over several partitions.

A listing under one index key would send every write of its type to one partition; so the key ends
in a shard number, a page reads one query a shard, and the answers are merged by sort key.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.common.aws_clients import unavailable_when_busy
from handlers.common.facts import INDEX, INDEX_PARTITION_KEY, INDEX_SORT_KEY
from handlers.common.items import Item, from_attributes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARD_COUNT = 4
"""Partitions of a listing. It may grow; items keep the shard they were written to."""

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20


@dataclass(frozen=True)
class Page:
    """Items of one page, and the sort key after which the next one begins (None: no more)."""

    items: list[Item]
    next_after: str | None


def sharded(listing: str, item_id: str) -> str:
    """The index key of an item: the listing's name and the shard that its id falls into."""
    digest = hashlib.sha256(item_id.encode()).digest()
    return f"{listing}#{digest[0] % SHARD_COUNT}"


def shards(listing: str) -> list[str]:
    """Every index key of a sharded listing."""
    return [f"{listing}#{shard}" for shard in range(SHARD_COUNT)]


def read_page(
    client: DynamoDBClient,
    table_name: str,
    keys: Sequence[str],
    *,
    limit: int,
    after: str | None,
    prefix: str = "",
    newest_first: bool = False,
) -> Page:
    """One page of a listing, ordered by index sort key: one query a key, side by side.

    Args:
        client: the DynamoDB client.
        table_name: the table.
        keys: index partition keys that make up the listing.
        limit: items of the page.
        after: sort key of the last item already seen.
        prefix: sort keys must begin with it.
        newest_first: descending order.

    Raises:
        Unavailable: DynamoDB is throttling or out of reach.
    """

    def read(key: str) -> _Shard:
        with unavailable_when_busy():
            answer = client.query(
                **_query(
                    table_name, key, limit=limit + 1, after=after, prefix=prefix, down=newest_first
                )
            )
        return _Shard(
            [from_attributes(item) for item in answer["Items"]], "LastEvaluatedKey" in answer
        )

    return _merged(_all(read, keys), limit=limit, newest_first=newest_first)


@dataclass(frozen=True)
class _Shard:
    items: list[Item]
    cut_short: bool


def _merged(found: Sequence[_Shard], *, limit: int, newest_first: bool) -> Page:
    items = list(
        heapq.merge(*(shard.items for shard in found), key=_sort_key, reverse=newest_first)
    )
    ends = [_sort_key(shard.items[-1]) for shard in found if shard.cut_short]
    if ends:
        # A query also ends at 1 MB: what lies behind the first such end may not be the next item.
        end = max(ends) if newest_first else min(ends)
        items = [
            item
            for item in items
            if (_sort_key(item) >= end if newest_first else _sort_key(item) <= end)
        ]
    more = len(items) > limit or bool(ends)
    items = items[:limit]
    return Page(items, _sort_key(items[-1]) if more else None)


def _all(read: Callable[[str], _Shard], keys: Sequence[str]) -> list[_Shard]:
    if len(keys) == 1:
        return [read(keys[0])]
    return list(_threads.map(read, keys))


_threads = ThreadPoolExecutor(max_workers=SHARD_COUNT, thread_name_prefix="shard")


def _sort_key(item: Item) -> str:
    return str(item[INDEX_SORT_KEY])


def _query(
    table_name: str, key: str, *, limit: int, after: str | None, prefix: str, down: bool
) -> Any:
    values: dict[str, Any] = {":key": {"S": key}}
    condition = f"{INDEX_PARTITION_KEY} = :key"
    if after is not None and not down:
        # A key condition takes one test of the sort key: a range holds the place and the prefix.
        condition += f" AND {INDEX_SORT_KEY} BETWEEN :after AND :end"
        values |= {":after": {"S": after + "\u0000"}, ":end": {"S": prefix + "\U0010ffff"}}
    elif after is not None:
        condition += f" AND {INDEX_SORT_KEY} < :after"
        values[":after"] = {"S": after}
    elif prefix:
        condition += f" AND begins_with({INDEX_SORT_KEY}, :prefix)"
        values[":prefix"] = {"S": prefix}
    return {
        "TableName": table_name,
        "IndexName": INDEX,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        "Limit": limit,
        "ScanIndexForward": not down,
    }
