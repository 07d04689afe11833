from __future__ import annotations

from typing import Any

import boto3
import pytest

from handlers.common.keys import order_key
from tests.handlers.conftest import TABLE


@pytest.fixture
def teapot(api: Any) -> str:
    return api.product(name="Teapot", stock=5)["productId"]


def test_an_order_takes_stock_and_keeps_name_and_price(api: Any, people: Any, teapot: str) -> None:
    cup = api.product(name="Cup", price={"amount": 250, "currency": "EUR"})["productId"]
    answer = api.order("k", {teapot: 2, cup: 4})
    assert answer.status == 201
    order = answer.json
    assert answer.headers["Location"] == f"/test/v1/orders/{order['orderId']}"
    assert order["status"] == "PLACED"
    assert order["userId"] == people["alice"].sub
    assert order["total"] == {"amount": 2 * 1999 + 4 * 250, "currency": "EUR"}
    assert order["lines"] == [
        {
            "productId": teapot,
            "name": "Teapot",
            "quantity": 2,
            "unitPrice": {"amount": 1999, "currency": "EUR"},
        },
        {
            "productId": cup,
            "name": "Cup",
            "quantity": 4,
            "unitPrice": {"amount": 250, "currency": "EUR"},
        },
    ]
    assert (api.stock(teapot), api.stock(cup)) == (3, 6)
    assert api("GET", f"/v1/orders/{order['orderId']}").json == order


def test_lines_of_one_product_are_merged(api: Any, teapot: str) -> None:
    lines = [{"productId": teapot, "quantity": 2}] * 2
    answer = api("POST", "/v1/orders", json_body={"lines": lines}, Idempotency_Key="k")
    assert [line["quantity"] for line in answer.json["lines"]] == [4]
    assert api.stock(teapot) == 1


def test_stock_never_goes_below_zero(api: Any, teapot: str) -> None:
    cup = api.product(stock=100)["productId"]
    refused = api.order("k", {cup: 1, teapot: 6})
    assert refused.status == 409
    assert teapot in refused.json["detail"]
    assert (api.stock(cup), api.stock(teapot)) == (100, 5)
    assert api("GET", "/v1/orders").json == {"items": []}
    assert api.order("k", {teapot: 5}).status == 201, "a refused order uses up no key"
    assert api.stock(teapot) == 0


def test_the_same_key_and_body_give_the_same_answer(api: Any, teapot: str) -> None:
    first = api.order("k", {teapot: 2})
    api("POST", f"/v1/orders/{first.json['orderId']}/cancel")
    again = api.order("k", {teapot: 2})
    assert (again.status, again.text, again.headers) == (201, first.text, first.headers)
    assert api.stock(teapot) == 5
    assert len(api("GET", "/v1/orders").json["items"]) == 1


def test_the_same_key_with_another_body_is_a_conflict(api: Any, teapot: str) -> None:
    api.order("k", {teapot: 2})
    assert api.order("k", {teapot: 1}).status == 409
    assert api.stock(teapot) == 3


def test_keys_belong_to_their_user(api: Any, people: Any, teapot: str) -> None:
    alices, bobs = (api.order("k", {teapot: 1}, people[name]) for name in ("alice", "bob"))
    assert (alices.status, bobs.status) == (201, 201)
    assert alices.json["orderId"] != bobs.json["orderId"]


def test_a_key_is_forgotten_after_a_day(
    api: Any, teapot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.orders.repository.IDEMPOTENCY_SECONDS", -2)
    first = api.order("k", {teapot: 1}).json["orderId"]
    assert api.order("k", {teapot: 2}).json["orderId"] != first


@pytest.mark.parametrize("key", [None, "", " ", "x" * 256, "a b", "é"])
def test_an_order_needs_a_usable_key(api: Any, teapot: str, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency_Key": key}
    body = {"lines": [{"productId": teapot, "quantity": 1}]}
    assert api("POST", "/v1/orders", json_body=body, **headers).status == 400
    assert api.stock(teapot) == 5


def test_two_currencies_in_one_order_are_refused(api: Any, teapot: str) -> None:
    other = api.product(price={"amount": 1, "currency": "USD"})["productId"]
    assert api.order("k", {teapot: 1, other: 1}).status == 422
    assert api.stock(teapot) == 5


def test_a_total_beyond_the_limit_is_refused(api: Any) -> None:
    dear = api.product(price={"amount": 10**12, "currency": "EUR"})["productId"]
    assert api.order("k", {dear: 2}).status == 422


def test_unknown_products_are_named_by_their_line(api: Any, teapot: str) -> None:
    answer = api.order("k", {teapot: 1, "nothing": 1})
    assert answer.status == 422
    assert [one["field"] for one in answer.json["errors"]] == ["lines.1.productId"]


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([], "lines"),
        ([{"productId": "p", "quantity": 1}] * 51, "lines"),
        ([{"productId": "p", "quantity": 0}], "lines.0.quantity"),
        ([{"productId": "p", "quantity": 10_001}], "lines.0.quantity"),
        ([{"productId": "p", "quantity": "1"}], "lines.0.quantity"),
        ([{"productId": "a/b", "quantity": 1}], "lines.0.productId"),
        ([{"productId": "p", "quantity": 1, "unitPrice": 0}], "lines.0.unitPrice"),
        ("p", "lines"),
    ],
)
def test_a_bad_line_is_named(api: Any, items: Any, lines: Any, field: str) -> None:
    answer = api("POST", "/v1/orders", json_body={"lines": lines}, Idempotency_Key="k")
    assert answer.status == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert items() == []


@pytest.mark.slow
def test_the_longest_order_is_one_transaction(api: Any) -> None:
    products = [api.product(name="\U0001f375" * 200)["productId"] for _ in range(50)]
    assert api.order("k", dict.fromkeys(products, 1)).status == 201
    assert api.order("k", dict.fromkeys(products, 1)).status == 201
    assert {api.stock(product) for product in products} == {9}


def test_someone_else_s_order_looks_like_none(api: Any, people: Any, teapot: str) -> None:
    url = f"/v1/orders/{api.order('k', {teapot: 1}).json['orderId']}"
    for method, path in (("GET", url), ("POST", f"{url}/cancel")):
        stranger = api(method, path, people["bob"])
        unknown = api(method, path.replace(url, "/v1/orders/unknown"), people["bob"])
        assert stranger.status == unknown.status == 404
        assert stranger.text == unknown.text
    assert api("GET", url, people["admin"]).status == 200
    assert api("POST", f"{url}/cancel", people["admin"]).status == 200


def test_a_cancel_gives_the_stock_back_exactly_once(api: Any, teapot: str) -> None:
    url = f"/v1/orders/{api.order('k', {teapot: 2}).json['orderId']}/cancel"
    cancelled = api("POST", url)
    assert (cancelled.status, cancelled.json["status"]) == (200, "CANCELLED")
    assert cancelled.headers["ETag"] == '"2"'
    assert api("POST", url).status == 409
    assert api.stock(teapot) == 5


def test_a_confirmed_order_can_be_cancelled(api: Any, teapot: str) -> None:
    order = api.order("k", {teapot: 2}).json
    boto3.resource("dynamodb").Table(TABLE).update_item(
        Key=order_key(order["orderId"]),
        UpdateExpression="SET #status = :confirmed, version = version + :one",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":confirmed": "CONFIRMED", ":one": 1},
    )
    assert api("POST", f"/v1/orders/{order['orderId']}/cancel").json["version"] == 3
    assert api.stock(teapot) == 5


def test_an_order_of_a_deleted_product_can_be_cancelled(api: Any, people: Any, teapot: str) -> None:
    cup = api.product(stock=3)["productId"]
    order = api.order("k", {teapot: 2, cup: 1}).json
    api("DELETE", f"/v1/products/{teapot}", people["admin"])
    assert api("POST", f"/v1/orders/{order['orderId']}/cancel").status == 200
    assert api.stock(cup) == 3
    assert api("GET", f"/v1/products/{teapot}", None).status == 404


def test_orders_are_listed_newest_first_and_only_one_s_own(
    api: Any, people: Any, teapot: str
) -> None:
    cup = api.product(stock=100)["productId"]
    placed = [api.order(f"k{number}", {cup: 1}).json["orderId"] for number in range(7)]
    api.order("k", {cup: 1}, people["bob"])
    pages = list(api.pages("/v1/orders?limit=3"))
    assert [len(page) for page in pages] == [3, 3, 1]
    seen = [order["orderId"] for page in pages for order in page]
    assert sorted(seen) == sorted(placed)
    assert seen == sorted(seen, reverse=True)


def test_an_admin_lists_another_user_s_orders(api: Any, people: Any, teapot: str) -> None:
    order = api.order("k", {teapot: 1}, people["bob"]).json
    url = f"/v1/orders?userId={people['bob'].sub}"
    assert api("GET", url, people["admin"]).json["items"] == [order]
    assert api("GET", url, people["bob"]).json["items"] == [order]
    assert api("GET", url, people["alice"]).status == 403
    assert api("GET", "/v1/orders?userId=a%2Fb", people["admin"]).status == 400


def test_a_cursor_is_good_for_its_caller_and_query_only(api: Any, people: Any, teapot: str) -> None:
    for key in ("a", "b"):
        api.order(key, {teapot: 1})
    cursor = api("GET", "/v1/orders?limit=1").json["nextCursor"]
    alice = people["alice"].sub
    assert api("GET", f"/v1/orders?limit=1&cursor={cursor}").status == 200
    for person, url in (
        ("bob", f"/v1/orders?cursor={cursor}"),
        ("admin", f"/v1/orders?cursor={cursor}"),
        ("admin", f"/v1/orders?userId={alice}&cursor={cursor}"),
        ("admin", f"/v1/users?cursor={cursor}"),
        ("alice", f"/v1/products?cursor={cursor}"),
    ):
        assert api("GET", url, people[person]).status == 400


def test_an_order_without_signing_in_is_forbidden(api: Any, teapot: str) -> None:
    assert api("GET", "/v1/orders", None).status == 403
    assert api("POST", "/v1/orders/x/cancel", None).status == 403
