"""Order, retries and loss in the delivery of a stream's records."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.event_sources import delivery
from local.event_sources.delivery import (
    RETRIES_EXHAUSTED,
    TOO_OLD,
    UNLIMITED,
    Delivery,
    Failure,
    Policy,
)
from local.event_sources.filters import Filters
from local.event_sources.stream import Record
from tests.walks import examples


@pytest.fixture(autouse=True, scope="module")
def no_pauses() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0)
        patch.setattr(delivery, "POLL_SECONDS", 0)
        yield  # pyright: ignore


@dataclass
class Reading:
    """One reader of records with the numbers from 0, all delivered or given up."""

    records: int
    fails: Callable[[list[int]], int | None]
    attempts: int = UNLIMITED
    bisect: bool = False
    batch_size: int = 4
    age: float = 0
    longest_age: float = UNLIMITED
    batches: list[list[int]] = field(default_factory=list[list[int]])
    delivered: list[int] = field(default_factory=list[int])
    lost: list[tuple[list[int], str, int]] = field(default_factory=list[Any])

    def run(self) -> Reading:
        left = [record(number, self.age) for number in range(self.records)]
        closing = threading.Event()

        class AllAtOnce:
            def read(self, limit: int) -> list[Record]:
                taken = left[:limit]
                del left[:limit]
                return taken

        reader = Delivery(
            AllAtOnce(),  # pyright: ignore
            Filters(None),
            Policy(
                batch_size=self.batch_size,
                window_seconds=0,
                retry_attempts=self.attempts,
                longest_age_seconds=self.longest_age,
                bisect=self.bisect,
            ),
            deliver=self._deliver,
            give_up=lambda records, reason, attempts, _: self.lost.append(
                (numbers(records), reason, attempts)
            ),
        )
        while left:
            reader.read(closing)
        return self

    def _deliver(self, records: list[Record]) -> Failure | None:
        batch = numbers(records)
        self.batches.append(batch)
        failed = self.fails(batch)
        self.delivered += batch[:failed]
        return None if failed is None else Failure(failed, {})


def record(number: int, age: float = 0) -> Record:
    return {
        "dynamodb": {
            "SequenceNumber": str(number),
            "ApproximateCreationDateTime": time.time() - age,
        }
    }


def numbers(records: list[Record]) -> list[int]:
    return [int(one["dynamodb"]["SequenceNumber"]) for one in records]


def never(_: list[int]) -> None:
    return None


def whole_batch_with(*poison: int) -> Callable[[list[int]], int | None]:
    return lambda batch: 0 if set(poison) & set(batch) else None


def from_the(*poison: int) -> Callable[[list[int]], int | None]:
    return lambda batch: next((i for i, one in enumerate(batch) if one in poison), None)


def test_records_are_delivered_in_their_order_in_batches() -> None:
    assert Reading(10, never).run().batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_a_batch_that_fails_is_tried_again_and_holds_back_what_follows() -> None:
    tries: list[int] = []

    def twice(_: list[int]) -> int | None:
        tries.append(1)
        return 0 if len(tries) <= 2 else None

    assert Reading(5, twice).run().batches == [[0, 1, 2, 3]] * 3 + [[4]]


def test_after_its_retries_a_batch_is_given_up_as_a_whole() -> None:
    reading = Reading(6, whole_batch_with(2), attempts=3).run()
    assert reading.batches == [[0, 1, 2, 3]] * 4 + [[4, 5]]
    assert reading.lost == [([0, 1, 2, 3], RETRIES_EXHAUSTED, 4)]


def test_no_retries_are_one_attempt() -> None:
    assert Reading(1, whole_batch_with(0), attempts=0).run().lost == [([0], RETRIES_EXHAUSTED, 1)]


def test_bisecting_parts_the_poison_record_from_the_others() -> None:
    reading = Reading(6, whole_batch_with(2), attempts=1, bisect=True).run()
    assert reading.batches == [[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3], [4, 5]]
    assert reading.delivered == [0, 1, 3, 4, 5]
    assert reading.lost == [([2], RETRIES_EXHAUSTED, 2)]


def test_a_report_begins_the_next_attempt_where_it_failed() -> None:
    reading = Reading(4, from_the(2), attempts=1, bisect=True).run()
    assert reading.batches == [[0, 1, 2, 3], [2, 3], [2], [2], [3]]
    assert reading.delivered == [0, 1, 3]
    assert reading.lost == [([2], RETRIES_EXHAUSTED, 2)]


def test_old_records_are_given_up_without_an_attempt() -> None:
    reading = Reading(2, never, age=100, longest_age=60).run()
    assert reading.batches == []
    assert reading.lost == [([0, 1], TOO_OLD, 0)]


def test_unlimited_attempts_end_with_the_record_s_age() -> None:
    reading = Reading(1, whole_batch_with(0), age=59, longest_age=60).run()
    assert reading.batches
    assert [(records, reason) for records, reason, _ in reading.lost] == [([0], TOO_OLD)]


def test_the_end_of_the_session_ends_the_attempts() -> None:
    closing = threading.Event()

    def fails(_: list[int]) -> int:
        closing.set()
        return 0

    reading = Reading(1, fails)
    reader = Delivery(
        type("One", (), {"read": lambda _, __: [record(0)]})(),
        Filters(None),
        Policy(
            batch_size=1,
            window_seconds=0,
            retry_attempts=UNLIMITED,
            longest_age_seconds=UNLIMITED,
            bisect=False,
        ),
        deliver=reading._deliver,  # pyright: ignore
        give_up=lambda *_: None,
    )
    reader.read(closing)
    assert reading.batches == [[0]]


@pytest.mark.walk
@settings(max_examples=examples(100, 1000), deadline=None)
@given(
    records=st.integers(1, 25),
    poison=st.sets(st.integers(0, 24)),
    partial=st.booleans(),
    bisect=st.booleans(),
    attempts=st.integers(0, 3),
    batch_size=st.integers(1, 8),
)
def test_each_record_is_delivered_once_or_given_up_and_none_overtakes_another(
    records: int, poison: set[int], partial: bool, bisect: bool, attempts: int, batch_size: int
) -> None:
    fails = from_the(*poison) if partial else whole_batch_with(*poison)
    reading = Reading(records, fails, attempts, bisect, batch_size).run()
    lost = [one for numbers, _, _ in reading.lost for one in numbers]
    assert sorted(reading.delivered + lost) == list(range(records))
    assert reading.delivered == sorted(reading.delivered)
    assert lost == sorted(lost)
    assert poison & set(range(records)) <= set(lost)
    if bisect:
        assert set(lost) <= poison
