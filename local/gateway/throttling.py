"""Limits of requests: token buckets, and quotas of API keys.

"Throttle requests to your REST APIs for better throughput in API Gateway": a limit of a stage or
method holds for each method by itself, the limit of a usage plan for each key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta

from local.gateway.api_request import RefusedRequest
from local.gateway.deployed_api import ApiKey, Limit


class Throttle:
    """All buckets and quotas of one stage; used from one thread."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._today = today
        self._buckets: dict[Hashable, tuple[float, float]] = {}
        self._used: dict[str, tuple[str, int]] = {}

    def take(self, name: Hashable, limit: Limit) -> None:
        """Count one request.

        Raises:
            RefusedRequest: there are too many.
        """
        now = self._clock()
        tokens, then = self._buckets.get(name, (float(limit.burst), now))
        tokens = min(float(limit.burst), tokens + (now - then) * limit.rate)
        if tokens < 1:
            self._buckets[name] = (tokens, now)
            raise RefusedRequest("THROTTLED", cause=f"More than {limit.rate:g} requests a second.")
        self._buckets[name] = (tokens - 1, now)

    def take_of_key(self, key: ApiKey) -> None:
        """Count one request with a key.

        Raises:
            RefusedRequest: its throttle or quota is exceeded.
        """
        if key.limit:
            self.take(("key", key.id), key.limit)
        if key.quota is None:
            return
        period = self._period(key.quota_period)
        counted_in, used = self._used.get(key.id, (period, 0))
        used = used if counted_in == period else 0
        if used >= key.quota:
            raise RefusedRequest(
                "QUOTA_EXCEEDED", cause=f"{key.quota} requests a {key.quota_period.lower()}."
            )
        self._used[key.id] = (period, used + 1)

    def _period(self, kind: str) -> str:
        today = self._today()
        if kind == "MONTH":
            return today.strftime("%Y-%m")
        if kind == "WEEK":
            today -= timedelta(days=today.isoweekday() % 7)
        return today.strftime("%Y-%m-%d")
