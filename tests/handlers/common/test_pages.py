from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handlers.common.pages import SHARD_COUNT, read_page, sharded, shards


class Index:
    """Answers queries as an index does, with pages cut short as DynamoDB does at 1 MB."""

    def __init__(self, keys_of: dict[str, list[str]], page: int) -> None:
        self._keys_of = keys_of
        self._page = page

    def query(self, **query: Any) -> Any:
        values = query["ExpressionAttributeValues"]
        keys = sorted(self._keys_of.get(values[":key"]["S"], []))
        after = values.get(":after", {}).get("S")
        if not query["ScanIndexForward"]:
            keys = [key for key in reversed(keys) if after is None or key < after]
        else:
            prefix = values.get(":prefix", {}).get("S", "")
            end = values.get(":end", {}).get("S", "\U0010ffff")
            keys = [
                key
                for key in keys
                if key.startswith(prefix) and (after is None or after <= key <= end)
            ]
        found = keys[: min(query["Limit"], self._page)]
        answer: dict[str, Any] = {"Items": [{"GSI1SK": {"S": key}} for key in found]}
        if len(found) < len(keys):
            answer["LastEvaluatedKey"] = {"GSI1SK": {"S": found[-1]}}
        return answer


SORT_KEYS = st.text(st.sampled_from("abc#"), min_size=1, max_size=4)


@given(
    keys=st.sets(SORT_KEYS, max_size=30),
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
    seen: list[str] = []
    after = None
    for _ in range(len(keys) + 2):
        page = read_page(
            Index(spread, cut),  # pyright: ignore[reportArgumentType]
            "table",
            shards("T"),
            limit=limit,
            after=after,
            newest_first=newest_first,
        )
        assert len(page.items) <= limit
        seen += [item["GSI1SK"] for item in page.items]
        after = page.next_after
        if after is None:
            break
    assert after is None
    assert seen == sorted(keys, reverse=newest_first)


@given(keys=st.sets(SORT_KEYS, max_size=30), prefix=SORT_KEYS, limit=st.integers(1, 5))
def test_a_prefix_holds_on_every_page(keys: set[str], prefix: str, limit: int) -> None:
    spread: dict[str, list[str]] = {}
    for key in keys:
        spread.setdefault(sharded("T", key), []).append(key)
    seen: list[str] = []
    after = None
    while True:
        page = read_page(
            Index(spread, 100),  # pyright: ignore[reportArgumentType]
            "table",
            shards("T"),
            limit=limit,
            after=after,
            prefix=prefix,
        )
        seen += [item["GSI1SK"] for item in page.items]
        after = page.next_after
        if after is None:
            break
    assert seen == sorted(key for key in keys if key.startswith(prefix))


def test_no_shard_takes_much_more_than_its_part_of_the_writes() -> None:
    counts = dict.fromkeys(shards("T"), 0)
    for number in range(4000):
        counts[sharded("T", f"id-{number}")] += 1
    assert len(counts) == SHARD_COUNT
    assert max(counts.values()) < 1.2 * 4000 / SHARD_COUNT
