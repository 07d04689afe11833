from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.handlers.conftest import Api
from tests.handlers.fulfilment.conftest import Fulfilment, placed


@pytest.fixture
def order(api: Api) -> Callable[[], str]:
    """Places an order and answers its id."""
    product = api.product(stock=1000)["productId"]
    numbers = iter(range(1000))
    return lambda: api.order(f"key-{next(numbers)}", {product: 1}).json["orderId"]


def status(api: Api, order_id: str) -> tuple[str, int]:
    found = api("GET", f"/v1/orders/{order_id}").json
    return found["status"], found["version"]


def test_a_placed_order_is_confirmed(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    order_id = order()
    before = api("GET", f"/v1/orders/{order_id}").json
    assert fulfilment.deliver([placed(order_id)]) == []
    after = api("GET", f"/v1/orders/{order_id}").json
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"status", "version", "updatedAt"}
    assert (after["status"], after["version"]) == ("CONFIRMED", 2)
    assert after["updatedAt"] >= before["updatedAt"]


def test_a_message_delivered_again_changes_nothing_and_succeeds(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    order_id = order()
    assert fulfilment.deliver([placed(order_id)] * 3) == []
    assert fulfilment.deliver([placed(order_id)]) == []
    assert status(api, order_id) == ("CONFIRMED", 2)


def test_an_order_cancelled_before_its_message_stays_cancelled(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    order_id = order()
    assert api("POST", f"/v1/orders/{order_id}/cancel").status == 200
    assert fulfilment.deliver([placed(order_id)]) == []
    assert status(api, order_id) == ("CANCELLED", 2)


def test_a_confirmed_order_can_be_cancelled_and_a_late_duplicate_does_not_bring_it_back(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    order_id = order()
    fulfilment.deliver([placed(order_id)])
    assert api("POST", f"/v1/orders/{order_id}/cancel").status == 200
    assert fulfilment.deliver([placed(order_id)]) == []
    assert status(api, order_id) == ("CANCELLED", 3)


@pytest.mark.parametrize(
    "poison",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"orderId": ""}',
        '{"orderId": 5}',
        placed("00000000-0000-7000-8000-000000000000"),
        placed("x" * 4000),
        "[" * 100_000,
    ],
)
def test_a_poison_message_fails_alone(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str], poison: str
) -> None:
    first, last = order(), order()
    assert fulfilment.deliver([placed(first), poison, placed(last)]) == [1]
    assert status(api, first)[0] == status(api, last)[0] == "CONFIRMED"


def test_a_message_never_confirms_an_item_that_is_no_order(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str], items: Callable[[], list[Any]]
) -> None:
    order()
    before = items()
    assert fulfilment.deliver([placed("../PRODUCT#1"), placed("PRODUCT")]) == [0, 1]
    assert items() == before


def test_a_batch_of_poison_only_is_answered_without_an_error(fulfilment: Fulfilment) -> None:
    assert fulfilment.deliver(["x", "y"]) == [0, 1]


def test_a_throttled_table_sends_the_message_back_and_the_others_on(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    throttled, fine = order(), order()
    batch = [placed(throttled), placed(fine)]
    assert fulfilment.deliver(batch, faults=["throttle"]) == [0]
    assert (status(api, throttled)[0], status(api, fine)[0]) == ("PLACED", "CONFIRMED")
    assert fulfilment.deliver(batch[:1]) == []
    assert status(api, throttled) == ("CONFIRMED", 2)


def test_after_a_crash_in_mid_batch_the_whole_batch_comes_again_and_is_confirmed_once(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str]
) -> None:
    order_ids = [order(), order(), order()]
    batch = [placed(one) for one in order_ids]
    assert fulfilment.deliver(batch, faults=["", "crash"]) == [0, 1, 2]
    assert [status(api, one)[0] for one in order_ids] == ["CONFIRMED", "CONFIRMED", "PLACED"]
    assert fulfilment.deliver(batch) == []
    assert [status(api, one) for one in order_ids] == [("CONFIRMED", 2)] * 3


def test_the_log_follows_the_request_that_placed_the_order_and_no_other(
    api: Api, fulfilment: Fulfilment, order: Callable[[], str], log: Callable[[], str]
) -> None:
    order_id = order()
    log()
    fulfilment.deliver([placed(order_id, "request-1"), placed(order_id), "poison"])
    first, second, third = log().strip().splitlines()
    assert '"correlation_id":"request-1"' in first
    assert f'"order_id":"{order_id}"' in first
    assert "request-1" not in second
    assert "MalformedMessage" in third
    assert order_id not in third


def test_the_order_keeps_the_request_that_placed_it(
    order: Callable[[], str], items: Callable[[], list[Any]]
) -> None:
    order()
    [stored] = [item for item in items() if item["entity"] == "order"]
    assert stored["correlationId"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text() | st.dictionaries(st.text(), st.text()).map(str))
def test_any_body_at_all_fails_alone(fulfilment: Fulfilment, body: str) -> None:
    assert fulfilment.deliver([body]) == [0]
