"""The last requests, for the start page."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass

MOST_REQUESTS = 200


@dataclass(frozen=True, kw_only=True)
class RecentRequest:
    """One request that was answered.

    Attributes:
        number: counts all requests, from 1.
        id: its request id.
        time: when it came, in seconds since 1970.
        method: verb.
        path: path with the stage, without the query, which may hold personal data.
        status: of the answer.
        milliseconds: time to the answer.
        note: why the gateway answered by itself.
    """

    number: int
    id: str
    time: float
    method: str
    path: str
    status: int
    milliseconds: float
    note: str = ""


class RecentRequests:
    """Keeps the last requests; used from one thread."""

    def __init__(self) -> None:
        self._requests: deque[RecentRequest] = deque(maxlen=MOST_REQUESTS)
        self._numbers = itertools.count(1)

    def add(
        self,
        *,
        id: str,
        time: float,
        method: str,
        path: str,
        status: int,
        milliseconds: float,
        note: str,
    ) -> None:
        """Keep one; arguments as the attributes of `RecentRequest`."""
        self._requests.append(
            RecentRequest(
                number=next(self._numbers),
                id=id,
                time=time,
                method=method,
                path=path[:200],
                status=status,
                milliseconds=milliseconds,
                note=note[:300],
            )
        )

    def after(self, number: int = 0) -> list[RecentRequest]:
        """Those after the one with a number."""
        return [request for request in self._requests if request.number > number]
