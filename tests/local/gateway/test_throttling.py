from datetime import UTC, datetime

import pytest

from local.gateway.api_request import RefusedRequest
from local.gateway.deployed_api import ApiKey, Limit
from local.gateway.throttling import Throttle


class Clock:
    now = 100.0
    today = datetime(2026, 2, 22, tzinfo=UTC)


def taken(throttle: Throttle, limit: Limit, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            throttle.take("method", limit)
            count += 1
        except RefusedRequest:
            continue
    return count


def test_a_burst_is_let_through_and_then_the_rate() -> None:
    clock = Clock()
    throttle = Throttle(lambda: clock.now)
    limit = Limit(rate=12, burst=5)
    assert taken(throttle, limit, 20) == 5
    clock.now += 0.25
    assert taken(throttle, limit, 20) == 3
    clock.now += 3600
    assert taken(throttle, limit, 20) == 5


def test_a_rate_of_zero_lets_nothing_through() -> None:
    assert taken(Throttle(), Limit(rate=0, burst=0), 3) == 0


@pytest.mark.parametrize(
    ("period", "still", "renewed"),
    [
        # 22 February 2026 is a Sunday, with which API Gateway's weeks begin.
        ("DAY", datetime(2026, 2, 22, 23), datetime(2026, 2, 23)),
        ("WEEK", datetime(2026, 2, 28), datetime(2026, 3, 1)),
        ("MONTH", datetime(2026, 2, 28), datetime(2026, 3, 1)),
    ],
)
def test_a_quota_is_renewed_with_its_period(
    period: str, still: datetime, renewed: datetime
) -> None:
    clock = Clock()
    throttle = Throttle(today=lambda: clock.today)
    key = ApiKey(id="k", value="v", quota=2, quota_period=period)
    throttle.take_of_key(key)
    throttle.take_of_key(key)
    clock.today = still.replace(tzinfo=UTC)
    with pytest.raises(RefusedRequest) as refused:
        throttle.take_of_key(key)
    assert refused.value.kind == "QUOTA_EXCEEDED"
    clock.today = renewed.replace(tzinfo=UTC)
    throttle.take_of_key(key)


def test_each_name_has_a_bucket_of_its_own_and_each_key() -> None:
    throttle, limit = Throttle(lambda: 0.0), Limit(rate=1, burst=1)
    for name in ("a", "b"):
        throttle.take(name, limit)
        throttle.take_of_key(ApiKey(id=name, value="v", limit=limit))
        for again in (
            lambda name=name: throttle.take(name, limit),
            lambda name=name: throttle.take_of_key(ApiKey(id=name, value="v", limit=limit)),
        ):
            with pytest.raises(RefusedRequest, match=r"^More than 1 requests a second\.$"):
                again()


def test_a_quota_counts_each_key_by_itself_and_says_what_it_is() -> None:
    throttle = Throttle()
    for name in ("a", "b"):
        key = ApiKey(id=name, value="v", quota=1, quota_period="MONTH")
        throttle.take_of_key(key)
        with pytest.raises(RefusedRequest, match=r"^1 requests a month\.$"):
            throttle.take_of_key(key)


def test_what_is_not_limited_is_not_counted() -> None:
    throttle = Throttle()
    for _ in range(100):
        throttle.take_of_key(ApiKey(id="k", value="v"))


def test_tokens_come_back_with_time_in_parts() -> None:
    clock = Clock()
    throttle = Throttle(lambda: clock.now)
    limit = Limit(rate=1, burst=1)
    assert taken(throttle, limit, 1) == 1
    for passed, expected in ((0.5, 0), (0.4, 0), (0.1, 1), (0.9, 0)):
        clock.now = round(clock.now + passed, 6)
        assert taken(throttle, limit, 1) == expected
