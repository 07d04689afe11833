"""What the stage cache keeps, and for how long."""

from __future__ import annotations

import pytest

from local.gateway.http_server import HttpResponse
from local.gateway.stage_cache import MOST_BYTES, MOST_KEPT, StageCache


class Clock:
    now = 7.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_its_time_under_its_key() -> None:
    clock = Clock()
    cache = StageCache(clock)
    answer = HttpResponse(status=200, body=b"x")
    cache.put("key", answer, 300)
    clock.now += 299
    assert cache.get("key") == answer
    assert cache.get("other") is None
    clock.now += 1
    assert cache.get("key") is None


@pytest.mark.parametrize(
    ("status", "size", "kept"),
    [
        (200, 0, True),
        (299, 1, True),
        (300, 0, False),
        (404, 0, False),
        (200, 1_048_576, True),
        (200, 1_048_577, False),
    ],
)
def test_only_success_of_a_mebibyte_at_the_most_is_kept(status: int, size: int, kept: bool) -> None:
    """Cache settings for REST APIs in API Gateway: a response has 1048576 bytes at the most."""
    assert MOST_BYTES == 1_048_576
    cache = StageCache(Clock())
    cache.put("key", HttpResponse(status=status, body=bytes(size)), 1)
    assert (cache.get("key") is not None) is kept


def test_the_oldest_answer_makes_room() -> None:
    cache = StageCache(Clock())
    answer = HttpResponse(status=200)
    for key in range(MOST_KEPT):
        cache.put(key, answer, 300)
    assert cache.get(0) is answer
    cache.put("new", answer, 300)
    assert cache.get(0) is None
    assert cache.get(1) is answer
    assert cache.get("new") is answer
