"""The stage's cache.

"Cache settings for REST APIs in API Gateway": only GET methods, by the integration's cache key
parameters; requests that ask for other behaviour with Cache-Control need a right that nobody has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from local.gateway.http_server import HttpResponse

MOST_BYTES = 1_048_576
"""The largest answer that the cache keeps."""

MOST_KEPT = 1000


class StageCache:
    """Answers that were good a while ago; used from one thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[float, HttpResponse]] = {}

    def get(self, key: Hashable) -> HttpResponse | None:
        """The answer kept under a key, if it still holds."""
        until, response = self._kept.get(key, (0.0, None))
        return response if until > self._clock() else None

    def put(self, key: Hashable, response: HttpResponse, ttl_seconds: float) -> None:
        """Keep an answer that succeeded."""
        if response.status >= 300 or len(response.body) > MOST_BYTES:
            return
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (self._clock() + ttl_seconds, response)
