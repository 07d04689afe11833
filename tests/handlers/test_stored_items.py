"""What earlier deployments wrote into the table is found and changed where it is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import boto3
import pytest

from tests.handlers.conftest import ADMIN, ALICE, BOB, TABLE, Api

WRITTEN = "2026-04-09T12:34:56.789Z"
PRICE = {"amount": 1999, "currency": "EUR"}
TIMES = {"version": 3, "createdAt": WRITTEN, "updatedAt": WRITTEN}
PROFILE = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}
USER = {"userId": ALICE.sub, **PROFILE, **TIMES}
PRODUCT = {
    "productId": "teapot",
    "name": "Teapot",
    "category": "kitchen",
    "price": PRICE,
    "stock": 5,
    **TIMES,
}
ORDER = {
    "orderId": "an-order",
    "userId": ALICE.sub,
    "status": "CONFIRMED",
    "lines": [{"productId": "teapot", "name": "Teapot", "quantity": 2, "unitPrice": PRICE}],
    "total": {"amount": 3998, "currency": "EUR"},
    **TIMES,
}
HASH = hashlib.sha256(b"a-key").hexdigest()
ITEMS = (
    {
        "PK": f"USER#{ALICE.sub}",
        "SK": "PROFILE",
        "GSI1PK": "USERS#3",
        "GSI1SK": f"{WRITTEN}#{ALICE.sub}",
        "entity": "user",
        **USER,
    },
    {"PK": f"USER#{BOB.sub}", "SK": "PROFILE", "entity": "deletedUser", "expiresAt": 2**40},
    {
        "PK": "PRODUCT#teapot",
        "SK": "PRODUCT",
        "GSI1PK": "PRODUCTS#0",
        "GSI1SK": "kitchen#teapot",
        "entity": "product",
        **PRODUCT,
    },
    {
        "PK": "ORDER#an-order",
        "SK": "ORDER",
        "GSI1PK": f"ORDERS#{ALICE.sub}",
        "GSI1SK": "an-order",
        "entity": "order",
        "correlationId": "a-request",
        **ORDER,
    },
    {
        "PK": f"IDEMPOTENCY#{ALICE.sub}#{HASH}",
        "SK": "IDEMPOTENCY",
        "entity": "idempotency",
        "fingerprint": hashlib.sha256(b'[["teapot", 2]]').hexdigest(),
        "answer": json.dumps(ORDER),
        "expiresAt": 2**40,
    },
)


@pytest.fixture
def stored(api: Api) -> Api:
    """The API over a table with one item of each kind, as the first version wrote them."""
    table: Any = boto3.resource("dynamodb").Table(TABLE)
    for item in ITEMS:
        table.put_item(Item=item)
    return api


def test_a_user_is_found_listed_and_changed(stored: Api) -> None:
    assert stored("GET", "/v1/users/me").json == USER
    assert stored("GET", "/v1/users", ADMIN).json == {"items": [USER]}
    assert stored("PUT", "/v1/users/me", ALICE, PROFILE, If_Match='"3"').json["version"] == 4


def test_a_deleted_user_stays_deleted(stored: Api) -> None:
    assert stored("GET", "/v1/users/me", BOB).status == 404
    assert stored("POST", "/v1/users", BOB, PROFILE).status == 409


def test_a_product_is_found_and_listed_and_its_stock_taken(stored: Api) -> None:
    assert stored("GET", "/v1/products/teapot", None).json == PRODUCT
    assert stored("GET", "/v1/products?category=kitchen", None).json == {"items": [PRODUCT]}
    assert stored.order("another-key", {"teapot": 5}).status == 201
    assert stored.stock("teapot") == 0


def test_an_order_is_found_listed_and_cancelled(stored: Api) -> None:
    assert stored("GET", "/v1/orders/an-order").json == ORDER
    assert stored("GET", "/v1/orders").json == {"items": [ORDER]}
    assert stored("POST", "/v1/orders/an-order/cancel").json["version"] == 4
    assert stored.stock("teapot") == 7


def test_a_key_still_stands_for_its_order(stored: Api) -> None:
    again = stored.order("a-key", {"teapot": 2})
    assert (again.status, again.json) == (201, ORDER)
    assert stored.order("a-key", {"teapot": 1}).status == 409
    assert stored.stock("teapot") == 5
