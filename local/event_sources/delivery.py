"""Delivers the records of a stream in their order, and gives up those that can't be delivered."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.event_sources.filters import Filters
from local.event_sources.stream import Record, Stream, creation_time

POLL_SECONDS = 0.25
"""Lambda Developer Guide, "Polling and batching streams": four times a second a shard."""

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10
UNLIMITED = -1
RETRIES_EXHAUSTED, TOO_OLD = "RetryAttemptsExhausted", "RecordAgeExceeded"


@dataclass(frozen=True)
class Failure:
    """A batch was not delivered, or in part only.

    Attributes:
        first: index of the first record that was not; those before it were.
        context: what is said of it to those who look after lost records.
    """

    first: int
    context: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a stream is read.

    Attributes:
        batch_size: most records of a batch.
        window_seconds: how long a batch that is not full waits for more.
        retry_attempts: how often a batch is tried again; -1 for as often as its age allows.
        longest_age_seconds: age at which a record is given up; -1 for never.
        bisect: split a batch that fails, so that good records part from bad ones.
    """

    batch_size: int
    window_seconds: float
    retry_attempts: int
    longest_age_seconds: float
    bisect: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any], *, batch_size: int, bisect: bool) -> Policy:
        """The policy in an event source's settings, as the API has them.

        Args:
            settings: of an event source mapping, or a pipe's stream parameters.
            batch_size: most records of a batch where the settings have none.
            bisect: whether a failed batch is split.
        """

        def given(name: str, otherwise: float) -> Any:
            value = settings.get(name)
            return otherwise if value is None else value

        return cls(
            batch_size=given("BatchSize", batch_size),
            window_seconds=given("MaximumBatchingWindowInSeconds", 0),
            retry_attempts=given("MaximumRetryAttempts", UNLIMITED),
            longest_age_seconds=given("MaximumRecordAgeInSeconds", UNLIMITED),
            bisect=bisect,
        )


class Delivery:
    """One reader of a stream: nothing is passed over, nothing overtakes what failed before it."""

    def __init__(
        self,
        stream: Stream,
        filters: Filters,
        policy: Policy,
        *,
        deliver: Callable[[list[Record]], Failure | None],
        give_up: Callable[[list[Record], str, int, Failure | None], None],
    ) -> None:
        """Make a reader.

        Args:
            stream: what it reads.
            filters: which records it delivers.
            policy: how it reads.
            deliver: takes a batch, and says what of it failed.
            give_up: told the lost records, why, after how many attempts, and the last failure.
        """
        self._stream = stream
        self._filters = filters
        self._policy = policy
        self._deliver = deliver
        self._give_up = give_up
        self._batch: list[Record] = []
        self._pending: deque[tuple[list[Record], int]] = deque()
        self._full_at = 0.0

    def read(self, closing: threading.Event) -> None:
        """Read once, and deliver the batch when it is full or has waited long enough.

        Args:
            closing: set to return soon, with what is not delivered yet left undelivered.
        """
        if self._pending:
            self._process(closing)
            return
        policy = self._policy
        records = self._stream.read(policy.batch_size - len(self._batch))
        passed = [record for record in records if record in self._filters]
        if passed and not self._batch:
            self._full_at = time.monotonic() + policy.window_seconds
        self._batch += passed
        full = len(self._batch) >= policy.batch_size or time.monotonic() >= self._full_at
        if self._batch and full:
            self._pending.append((self._batch, 0))
            self._batch = []
            self._process(closing)
        elif not records:
            closing.wait(POLL_SECONDS)

    def _process(self, closing: threading.Event) -> None:
        # A batch is pending until all is done: an error on the way must not lose it.
        while self._pending and not closing.is_set():
            whole, attempts = self._pending[0]
            batch = self._young(whole, attempts)
            failure = self._deliver(batch) if batch else None
            after, pause = self._after(batch, attempts, failure)
            self._pending.popleft()
            self._pending.extendleft(reversed(after))
            closing.wait(pause)

    def _after(
        self, batch: list[Record], attempts: int, failure: Failure | None
    ) -> tuple[list[tuple[list[Record], int]], float]:
        """What is to be delivered next of a batch, and how long to wait before."""
        if failure is None:
            return [], 0
        rest = batch[failure.first :]
        if failure.first:
            # Some went through: what is left begins anew where it failed.
            return [(rest, attempts)], 0
        if self._policy.bisect and len(rest) > 1:
            # A split is not counted as an attempt.
            half = len(rest) // 2
            return [(rest[:half], attempts), (rest[half:], attempts)], 0
        if attempts == self._policy.retry_attempts:
            self._give_up(rest, RETRIES_EXHAUSTED, attempts + 1, failure)
            return [], 0
        pause = min(FIRST_PAUSE_SECONDS * 2 ** min(attempts, 10), LONGEST_PAUSE_SECONDS)
        return [(rest, attempts + 1)], pause

    def _young(self, batch: list[Record], attempts: int) -> list[Record]:
        longest = self._policy.longest_age_seconds
        if longest == UNLIMITED:
            return batch
        oldest = time.time() - longest
        old = [record for record in batch if creation_time(record) < oldest]
        if old:
            self._give_up(old, TOO_OLD, attempts, None)
        return [record for record in batch if creation_time(record) >= oldest]
