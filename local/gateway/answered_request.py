"""What a gateway tells of each request that it has answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AnsweredRequest:
    """One request and its answer.

    Attributes:
        id: its request id.
        time: when it came, in seconds since 1970.
        method: verb.
        path: path with the stage, without the query, which may hold personal data.
        status: of the answer.
        milliseconds: time to the answer.
        note: why the gateway answered by itself.
    """

    id: str
    time: float
    method: str
    path: str
    status: int
    milliseconds: float
    note: str


OnAnswer = Callable[[AnsweredRequest], None]
