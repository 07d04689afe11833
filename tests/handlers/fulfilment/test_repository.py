"""Orders against every order of deliveries, cancels, faults and crashes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.handlers.conftest import TABLE, Api, create_table
from tests.handlers.fulfilment.conftest import Fulfilment, placed
from tests.walks import examples

MOST_RECEIVES = 5
BATCH = 5
STOCK = 40
_keys = itertools.count()


@dataclass
class Message:
    order_id: str
    receives: int = 0


FAULTS = st.lists(st.sampled_from(["", "", "throttle", "crash"]), max_size=BATCH)
PICKS = st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=BATCH)


@pytest.mark.walk
def test_every_order_ends_confirmed_or_cancelled_or_in_the_dead_letter_queue(
    api: Api, fulfilment: Fulfilment
) -> None:
    class Orders(RuleBasedStateMachine):
        """An SQS queue that delivers at least once, in any order, and the API beside it."""

        @initialize()
        def begin(self) -> None:
            # moto's transactions copy the whole table: an example begins with an empty one.
            fulfilment.client.client.delete_table(TableName=TABLE)
            create_table(fulfilment.client.client)
            self.product = api.product(stock=STOCK)["productId"]
            self.orders: list[str] = []
            self.cancelled: set[str] = set()
            self.queue: list[Message] = []
            self.dead: list[Message] = []

        @rule()
        def place(self) -> None:
            answer = api.order(f"state-{next(_keys)}", {self.product: 1})
            assert answer.status == 201
            self.orders.append(answer.json["orderId"])
            self.queue.append(Message(self.orders[-1]))

        @precondition(lambda self: self.orders)
        @rule(pick=st.integers(min_value=0, max_value=1000))
        def cancel(self, pick: int) -> None:
            order_id = self.orders[pick % len(self.orders)]
            answer = api("POST", f"/v1/orders/{order_id}/cancel")
            assert answer.status == (409 if order_id in self.cancelled else 200)
            self.cancelled.add(order_id)

        @precondition(lambda self: self.queue)
        @rule(picks=PICKS, faults=FAULTS, twice=st.booleans())
        def deliver(self, picks: list[int], faults: list[str], twice: bool) -> None:
            batch = list({id(one): one for one in map(self._pick, picks)}.values())
            self._deliver(batch, faults)
            if twice:
                fulfilment.deliver([placed(one.order_id) for one in batch], faults[::-1])

        def _pick(self, pick: int) -> Message:
            return self.queue[pick % len(self.queue)]

        def _deliver(self, batch: list[Message], faults: list[str]) -> None:
            failed = fulfilment.deliver([placed(one.order_id) for one in batch], faults)
            for place, message in enumerate(batch):
                message.receives += 1
                if place not in failed:
                    self.queue.remove(message)
                elif message.receives >= MOST_RECEIVES:
                    self.queue.remove(message)
                    self.dead.append(message)

        def teardown(self) -> None:
            while self.queue:
                self._deliver(self.queue[:BATCH], [])
            dead = {message.order_id for message in self.dead}
            kept = 0
            for order_id in self.orders:
                found = api("GET", f"/v1/orders/{order_id}").json
                if order_id in self.cancelled:
                    assert found["status"] == "CANCELLED"
                    # At most one confirmation came before the one cancel.
                    assert found["version"] in (2, 3)
                else:
                    kept += 1
                    confirmed = (found["status"], found["version"]) == ("CONFIRMED", 2)
                    waiting = (found["status"], found["version"]) == ("PLACED", 1)
                    assert confirmed or (waiting and order_id in dead)
            if self.orders:
                assert api.stock(self.product) == STOCK - kept
            # A redrive of the dead letters loses nothing either.
            for order_id in dead:
                assert fulfilment.deliver([placed(order_id)]) == []
            for order_id in dead - self.cancelled:
                assert api("GET", f"/v1/orders/{order_id}").json["status"] == "CONFIRMED"

    run_state_machine_as_test(
        Orders,
        settings=settings(max_examples=examples(5, 40), stateful_step_count=15, deadline=None),
    )
