"""Where moto differs from AWS: answers of DynamoDB that moto never gives, played back by stubs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from handlers.common.aws_clients import CLIENT_CONFIG
from handlers.common.callers import Caller
from handlers.common.errors import Conflict, Unavailable
from handlers.common.facts import OrderStatus
from handlers.common.items import to_attributes
from handlers.orders.domain import NewOrder, Order, OrderRequest, cancel_order, place_order
from handlers.orders.repository import OrderRepository
from tests.handlers.conftest import TABLE

WANTED = NewOrder.model_validate({"lines": [{"productId": "p", "quantity": 2}]})
REQUEST = OrderRequest(user_id="user", key="key", wanted=WANTED, request_id="request")
CALLER = Caller("user", frozenset())
PRODUCT = {
    "entity": "product",
    "productId": "p",
    "name": "Teapot",
    "price": {"amount": 100, "currency": "EUR"},
    "stock": 5,
}
FINE = {"Code": "None"}
CONFLICT = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
THROTTLED = {"Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity"}
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=CLIENT_CONFIG,
    )


class StrictStubber(Stubber):
    """Fails at a call that no answer was prepared for; else it would look like an outage of AWS."""

    def _assert_expected_call_order(self, model: Any, params: Any) -> None:
        assert self._queue, f"{model.name} was not expected"
        super()._assert_expected_call_order(model, params)


@pytest.fixture
def stub(client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr("handlers.orders.attempts.time.sleep", lambda _: None)
    with StrictStubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def orders(client: Any) -> OrderRepository:
    return OrderRepository(client, "table")


def read(stub: Stubber, *items: dict[str, Any], unprocessed: bool = False) -> None:
    answer: dict[str, Any] = {"Responses": {"table": [to_attributes(item) for item in items]}}
    if unprocessed:
        answer["UnprocessedKeys"] = {"table": {"Keys": [to_attributes({"PK": "x", "SK": "x"})]}}
    stub.add_response("batch_get_item", answer, {"RequestItems": ANY})


def read_order(stub: Stubber, order: Order) -> None:
    stub.add_response(
        "get_item", {"Item": to_attributes(order.model_dump(by_alias=True, mode="json"))}
    )


def cancelled(stub: Stubber, *reasons: dict[str, Any]) -> None:
    stub.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": list(reasons)},
    )


def written(stub: Stubber) -> None:
    stub.add_response("transact_write_items", {})


@pytest.mark.parametrize("reason", [CONFLICT, THROTTLED])
def test_a_conflict_or_throttle_is_tried_again(
    stub: Stubber, orders: OrderRepository, reason: Any
) -> None:
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, reason)
    read(stub, PRODUCT)
    written(stub)
    assert place_order(orders, REQUEST).status is OrderStatus.PLACED


def test_endless_conflicts_end_as_unavailable(stub: Stubber, orders: OrderRepository) -> None:
    for _ in range(5):
        read(stub, PRODUCT)
        cancelled(stub, FINE, FINE, CONFLICT)
    with pytest.raises(Unavailable):
        place_order(orders, REQUEST)


def test_no_attempt_begins_that_could_outlast_the_gateway(
    stub: Stubber, orders: OrderRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 5.0])
    monkeypatch.setattr("handlers.orders.attempts.time.monotonic", lambda: next(clock))
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, CONFLICT)
    with pytest.raises(Unavailable):
        place_order(orders, REQUEST)


def test_stock_sold_meanwhile_is_a_conflict_that_names_the_product(
    stub: Stubber, orders: OrderRepository
) -> None:
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, {**FAILED, "Item": to_attributes({**PRODUCT, "stock": 1})})
    with pytest.raises(Conflict, match=r"product p\."):
        place_order(orders, REQUEST)


def test_a_price_changed_meanwhile_is_read_again(stub: Stubber, orders: OrderRepository) -> None:
    dearer = {**PRODUCT, "price": {"amount": 150, "currency": "EUR"}}
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, {**FAILED, "Item": to_attributes(dearer)})
    read(stub, dearer)
    written(stub)
    assert place_order(orders, REQUEST).total.amount == 300


def test_a_product_deleted_meanwhile_is_read_again(stub: Stubber, orders: OrderRepository) -> None:
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, FAILED)
    read(stub)
    with pytest.raises(Exception, match="do not exist"):
        place_order(orders, REQUEST)


def test_the_same_key_used_side_by_side_answers_the_stored_order(
    stub: Stubber, client: Any, orders: OrderRepository
) -> None:
    read(stub, PRODUCT)
    written(stub)
    first = place_order(orders, REQUEST)
    earlier = {
        "entity": "idempotency",
        "fingerprint": WANTED.fingerprint(),
        "answer": first.model_dump_json(by_alias=True),
        "expiresAt": 2**40,
    }
    read(stub, PRODUCT)
    # The other request took the last stock with the same key: it is not "out of stock".
    cancelled(stub, FINE, FAILED, {**FAILED, "Item": to_attributes({**PRODUCT, "stock": 0})})
    read(stub, earlier, PRODUCT)
    assert place_order(orders, REQUEST) == first


def test_unread_keys_of_a_throttled_batch_are_unavailable(
    stub: Stubber, orders: OrderRepository
) -> None:
    read(stub, PRODUCT, unprocessed=True)
    with pytest.raises(Unavailable):
        place_order(orders, REQUEST)


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "InternalServerError"]
)
def test_a_throttled_table_is_unavailable(
    stub: Stubber, orders: OrderRepository, code: str
) -> None:
    read(stub, PRODUCT)
    stub.add_client_error("transact_write_items", code)
    with pytest.raises(Unavailable):
        place_order(orders, REQUEST)


def test_every_attempt_has_a_request_token_of_its_own(
    stub: Stubber, client: Any, orders: OrderRepository
) -> None:
    """AWS refuses a token that comes again with other parameters within ten minutes."""
    tokens: list[str] = []
    client.meta.events.register(
        "provide-client-params.dynamodb.TransactWriteItems",
        lambda params, **_: tokens.append(params["ClientRequestToken"]),
    )
    read(stub, PRODUCT)
    cancelled(stub, FINE, FINE, CONFLICT)
    read(stub, PRODUCT)
    written(stub)
    place_order(orders, REQUEST)
    assert len(set(tokens)) == 2
    assert all(1 <= len(token) <= 36 for token in tokens)


def test_a_request_is_sent_again_with_the_token_it_had(
    client: Any, orders: OrderRepository
) -> None:
    """When the answer of a transaction is lost, the repeat must not write twice."""
    bodies: list[bytes] = []

    def lose(request: Any, **_: Any) -> Any:
        from botocore.exceptions import ReadTimeoutError

        bodies.append(request.body)
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    client.meta.events.register("before-send.dynamodb.TransactWriteItems", lose)
    client.meta.events.register(
        "before-send.dynamodb.BatchGetItem", lambda **_: _answered(read_body(PRODUCT))
    )
    with pytest.raises(Unavailable):
        place_order(orders, REQUEST)
    assert len(bodies) == 3
    assert len(set(bodies)) == 1


def test_a_cancel_goes_on_when_the_order_is_confirmed_meanwhile(
    stub: Stubber, orders: OrderRepository
) -> None:
    read(stub, PRODUCT)
    written(stub)
    order = place_order(orders, REQUEST)
    read_order(stub, order)
    cancelled(stub, FAILED, FINE)
    read_order(stub, order.model_copy(update={"status": OrderStatus.CONFIRMED, "version": 2}))
    written(stub)
    assert cancel_order(orders, CALLER, order.order_id).version == 3


def test_a_cancel_that_another_one_beat_is_a_conflict(
    stub: Stubber, orders: OrderRepository
) -> None:
    read(stub, PRODUCT)
    written(stub)
    order = place_order(orders, REQUEST)
    read_order(stub, order)
    cancelled(stub, FAILED, FINE)
    read_order(stub, order.model_copy(update={"status": OrderStatus.CANCELLED, "version": 2}))
    with pytest.raises(Conflict):
        cancel_order(orders, CALLER, order.order_id)


def test_a_cancel_that_only_met_another_transaction_is_written_again_as_it_was(
    stub: Stubber, orders: OrderRepository
) -> None:
    read(stub, PRODUCT)
    written(stub)
    order = place_order(orders, REQUEST)
    read_order(stub, order)
    cancelled(stub, CONFLICT, FINE)
    written(stub)
    assert cancel_order(orders, CALLER, order.order_id).version == 2


@pytest.mark.slow
def test_parallel_orders_for_the_last_items_leave_exactly_none(api: Any) -> None:
    from handlers.common.aws_clients import dynamodb

    product_id = api.product(stock=20)["productId"]
    wanted = NewOrder.model_validate({"lines": [{"productId": product_id, "quantity": 1}]})
    orders = OrderRepository(dynamodb(), TABLE)
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def order(user: str, key: str) -> Order:
        return place_order(
            orders, OrderRequest(user_id=user, key=key, wanted=wanted, request_id="request")
        )

    def shop(worker: int) -> None:
        start.wait()
        for number in range(5):
            try:
                outcomes.append(order(f"user-{worker}", f"{number}").order_id)
            except Conflict:
                outcomes.append("out of stock")

    threads = [threading.Thread(target=shop, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert api.stock(product_id) == 0
    assert outcomes.count("out of stock") == 20
    assert len(set(outcomes)) == 21


def test_parallel_requests_with_one_key_place_one_order(api: Any) -> None:
    from handlers.common.aws_clients import dynamodb

    product_id = api.product(stock=20)["productId"]
    wanted = NewOrder.model_validate({"lines": [{"productId": product_id, "quantity": 3}]})
    orders = OrderRepository(dynamodb(), TABLE)
    placed: list[str] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        placed.append(place_order(orders, replace(REQUEST, wanted=wanted)).order_id)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(placed) == 6
    assert len(set(placed)) == 1
    assert api.stock(product_id) == 17


def test_parallel_cancels_give_the_stock_back_once(api: Any) -> None:
    from handlers.common.aws_clients import dynamodb

    product_id = api.product(stock=20)["productId"]
    wanted = NewOrder.model_validate({"lines": [{"productId": product_id, "quantity": 3}]})
    order = place_order(OrderRepository(dynamodb(), TABLE), replace(REQUEST, wanted=wanted))
    outcomes: list[str] = []
    all_have_read = threading.Barrier(6)

    class ReadAtOnce(OrderRepository):
        """All have read the order before the first one writes."""

        has_read = False

        def get(self, order_id: str) -> Order:
            found = super().get(order_id)
            if not self.has_read:
                self.has_read = True
                all_have_read.wait()
            return found

    def cancel() -> None:
        try:
            orders = ReadAtOnce(dynamodb(), TABLE)
            outcomes.append(cancel_order(orders, CALLER, order.order_id).status)
        except Conflict:
            outcomes.append("late")

    threads = [threading.Thread(target=cancel) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CANCELLED", *["late"] * 5]
    assert api.stock(product_id) == 20


def read_body(*items: dict[str, Any]) -> bytes:
    import json

    return json.dumps(
        {"Responses": {"table": [to_attributes(item) for item in items]}, "UnprocessedKeys": {}}
    ).encode()


def _answered(body: bytes) -> Any:
    from io import BytesIO

    from botocore.awsrequest import AWSResponse

    class Raw(BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    return AWSResponse("https://dynamodb", 200, {}, Raw(body))
