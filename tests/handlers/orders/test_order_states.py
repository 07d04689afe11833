"""Orders, cancels and stock changes in any sequence, beside a model of what must hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from handlers.common.facts import PARTITION_KEY, SORT_KEY
from tests.handlers.conftest import TABLE
from tests.walks import examples

KEYS = st.sampled_from(["k1", "k2", "k3"])
QUANTITIES = st.integers(1, 4)


def machine(api: Any, people: Any, clear: Any) -> type[RuleBasedStateMachine]:
    """A state machine over one API; each run begins with an empty table."""

    class Shop(RuleBasedStateMachine):
        orders: Bundle[str] = Bundle("orders")

        def __init__(self) -> None:
            super().__init__()
            clear()
            self.stock: dict[str, int] = {}
            self.placed: dict[str, dict[str, int]] = {}
            self.keys: dict[tuple[str, str], tuple[dict[str, int], str]] = {}
            self.cancelled: set[str] = set()

        @initialize(stocks=st.tuples(st.integers(0, 8), st.integers(0, 8)))
        def stock_up(self, stocks: tuple[int, int]) -> None:
            for stock in stocks:
                self.stock[api.product(stock=stock)["productId"]] = stock

        @rule(
            target=orders,
            name=st.sampled_from(["alice", "bob"]),
            key=KEYS,
            quantities=st.lists(st.tuples(st.integers(0, 1), QUANTITIES), min_size=1, max_size=3),
        )
        def place(self, name: str, key: str, quantities: list[tuple[int, int]]) -> str:
            ids = list(self.stock)
            wanted: dict[str, int] = {}
            for index, quantity in quantities:
                wanted[ids[index]] = wanted.get(ids[index], 0) + quantity
            lines = [{"productId": ids[index], "quantity": count} for index, count in quantities]
            answer = api("POST", "/v1/orders", people[name], {"lines": lines}, Idempotency_Key=key)
            earlier = self.keys.get((name, key))
            if earlier is not None:
                same = earlier[0] == wanted
                assert answer.status == (201 if same else 409)
                if same:
                    assert answer.json["orderId"] == earlier[1]
                return earlier[1]
            if any(self.stock[one] < count for one, count in wanted.items()):
                assert answer.status == 409
                return ""
            assert answer.status == 201
            order_id = answer.json["orderId"]
            assert order_id not in self.placed
            for one, count in wanted.items():
                self.stock[one] -= count
            self.placed[order_id] = wanted
            self.keys[name, key] = (wanted, order_id)
            return order_id

        @rule(order=orders)
        def cancel(self, order: str) -> None:
            self._cancel(order)

        @rule(order=consumes(orders))
        def cancel_twice(self, order: str) -> None:
            self._cancel(order)
            self._cancel(order)

        def _cancel(self, order: str) -> None:
            answer = api("POST", f"/v1/orders/{order or 'none'}/cancel", people["admin"])
            if not order:
                assert answer.status == 404
            elif order in self.cancelled:
                assert answer.status == 409
            else:
                assert answer.status == 200
                self.cancelled.add(order)
                for one, count in self.placed[order].items():
                    self.stock[one] += count

        @invariant()
        def stock_is_what_was_not_sold(self) -> None:
            for product, stock in self.stock.items():
                assert stock >= 0
                assert api.stock(product) == stock

        @invariant()
        def every_order_is_listed_once_with_its_status(self) -> None:
            listed = [
                (order["orderId"], order["status"])
                for name in ("alice", "bob")
                for order in api("GET", "/v1/orders?limit=100", people[name]).json["items"]
            ]
            assert sorted(listed) == sorted(
                (order, "CANCELLED" if order in self.cancelled else "PLACED")
                for order in self.placed
            )

    return Shop


@pytest.fixture
def clear(aws: None, items: Any) -> Any:
    from handlers.common.aws_clients import dynamodb
    from handlers.common.items import to_attributes

    def delete_all() -> None:
        for item in items():
            key = to_attributes({name: item[name] for name in (PARTITION_KEY, SORT_KEY)})
            dynamodb().delete_item(TableName=TABLE, Key=key)

    return delete_all


@pytest.mark.walk
def test_orders_and_stock_agree_after_every_sequence_of_requests(
    api: Any, people: Any, clear: Any
) -> None:
    run_state_machine_as_test(
        machine(api, people, clear),
        settings=settings(
            max_examples=examples(5, 40),
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
