from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.common.facts import INDEX, INDEX_PARTITION_KEY, INDEX_SORT_KEY
from handlers.common.pages import SHARD_COUNT, read_page, sharded, shards


class Index:
    """Answers queries as an index does, with pages cut short as DynamoDB does at 1 MB."""

    def __init__(self, keys_of: dict[str, list[str]], page: int) -> None:
        self._keys_of = keys_of
        self._page = page

    def query(self, **query: Any) -> Any:
        assert query["IndexName"] == INDEX
        values = {name: one["S"] for name, one in query["ExpressionAttributeValues"].items()}
        listing, _, condition = query["KeyConditionExpression"].partition(" AND ")
        assert listing == f"{INDEX_PARTITION_KEY} = :key"
        listed = sorted(self._keys_of.get(values.pop(":key"), []))
        keys = [key for key in listed if _holds(condition, key, values)]
        if not query["ScanIndexForward"]:
            keys.reverse()
        found = keys[: min(query["Limit"], self._page)]
        answer: dict[str, Any] = {"Items": [{INDEX_SORT_KEY: {"S": key}} for key in found]}
        if len(found) < len(keys):
            answer["LastEvaluatedKey"] = {INDEX_SORT_KEY: {"S": found[-1]}}
        return answer


def _holds(condition: str, key: str, values: dict[str, str]) -> bool:
    """Whether a sort key meets a key condition, which must use all values, as in DynamoDB."""
    name = INDEX_SORT_KEY
    tests: dict[str, Callable[..., bool]] = {
        "": lambda: True,
        f"{name} < :after": lambda after: key < after,
        f"{name} BETWEEN :after AND :end": lambda after, end: after <= key <= end,
        f"begins_with({name}, :prefix)": lambda prefix: key.startswith(prefix),
    }
    return tests[condition](**{one.removeprefix(":"): value for one, value in values.items()})


def walk(index: Index, *, limit: int, **query: Any) -> list[str]:
    """The sort keys of all pages; a listing that does not end is a failure."""
    seen: list[str] = []
    after = None
    for _ in range(MOST_KEYS + 2):
        page = read_page(
            index,  # pyright: ignore[reportArgumentType]
            "table",
            shards("T"),
            limit=limit,
            after=after,
            **query,
        )
        assert len(page.items) <= limit
        seen += [item[INDEX_SORT_KEY] for item in page.items]
        after = page.next_after
        if after is None:
            return seen
    raise AssertionError("the listing does not end")


MOST_KEYS = 30
SORT_KEYS = st.text(st.sampled_from("abc#"), min_size=1, max_size=4)


@given(
    keys=st.sets(SORT_KEYS, max_size=MOST_KEYS),
    limit=st.integers(1, 10),
    cut=st.integers(1, 12),
    newest_first=st.booleans(),
    data=st.data(),
)
def test_pages_hold_every_item_once_in_order(
    keys: set[str], limit: int, cut: int, newest_first: bool, data: Any
) -> None:
    spread: dict[str, list[str]] = {}
    for key in keys:
        spread.setdefault(data.draw(st.sampled_from(shards("T"))), []).append(key)
    seen = walk(Index(spread, cut), limit=limit, newest_first=newest_first)
    assert seen == sorted(keys, reverse=newest_first)


@given(keys=st.sets(SORT_KEYS, max_size=MOST_KEYS), prefix=SORT_KEYS, limit=st.integers(1, 5))
def test_a_prefix_holds_on_every_page(keys: set[str], prefix: str, limit: int) -> None:
    spread: dict[str, list[str]] = {}
    for key in keys:
        spread.setdefault(sharded("T", key), []).append(key)
    seen = walk(Index(spread, 100), limit=limit, prefix=prefix)
    assert seen == sorted(key for key in keys if key.startswith(prefix))


def test_no_shard_takes_much_more_than_its_part_of_the_writes() -> None:
    counts = dict.fromkeys(shards("T"), 0)
    for number in range(4000):
        counts[sharded("T", f"id-{number}")] += 1
    assert len(counts) == SHARD_COUNT
    assert max(counts.values()) < 1.2 * 4000 / SHARD_COUNT
