"""The last requests that a gateway answered."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, replace

from local.gateway.answered_request import AnsweredRequest

MOST_REQUESTS = 200
LONGEST_PATH, LONGEST_NOTE = 200, 300


@dataclass(frozen=True, kw_only=True)
class RecentRequest:
    """A request with its place among all.

    Attributes:
        number: counts all requests, from 1.
        request: the request; its texts are cut where they are very long.
    """

    number: int
    request: AnsweredRequest


class RecentRequests:
    """Keeps the last requests; used from one thread."""

    def __init__(self) -> None:
        self._requests: deque[RecentRequest] = deque(maxlen=MOST_REQUESTS)
        self._numbers = itertools.count(1)

    def add(self, request: AnsweredRequest) -> None:
        """Keep one."""
        short = replace(request, path=request.path[:LONGEST_PATH], note=request.note[:LONGEST_NOTE])
        self._requests.append(RecentRequest(number=next(self._numbers), request=short))

    def after(self, number: int = 0) -> list[RecentRequest]:
        """Those after the one with a number."""
        return [one for one in self._requests if one.number > number]
