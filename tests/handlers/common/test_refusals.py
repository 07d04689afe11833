"""What callers read when the API refuses: each reason, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.conftest import ADMIN, ALICE, BOB, Api

PROFILE = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}
PRODUCT = {"name": "Lamp", "category": "a", "price": {"amount": 1, "currency": "EUR"}, "stock": 1}


def order(product: str, quantity: int = 1) -> dict[str, Any]:
    return {"lines": [{"productId": product, "quantity": quantity}]}


REFUSED: list[tuple[str, tuple[Any, ...], dict[str, str], int, str]] = [
    ("no path", ("GET", "/v1/products/a/b", ADMIN), {}, 404, "There is no such path."),
    ("no method", ("PATCH", "/v1/users"), {}, 405, "This path takes GET, POST."),
    ("no admin", ("GET", "/v1/users"), {}, 403, "This needs the admin group."),
    ("nobody", ("GET", "/v1/orders", None), {}, 403, "This needs a signed-in caller."),
    (
        "page",
        ("GET", "/v1/orders?limit=101"),
        {},
        400,
        "limit must be a whole number from 1 to 100.",
    ),
    (
        "cursor",
        ("GET", "/v1/orders?cursor=x"),
        {},
        400,
        "cursor is not one that this API has given.",
    ),
    ("id", ("GET", "/v1/orders/a.b"), {}, 404, "There is no such order."),
    ("user", ("GET", "/v1/users/me"), {}, 404, "There is no such user."),
    (
        "another user",
        ("GET", f"/v1/users/{BOB.sub}"),
        {},
        403,
        "Another user's profile needs the admin group.",
    ),
    ("product", ("GET", "/v1/products/none"), {}, 404, "There is no such product."),
    (
        "category",
        ("GET", "/v1/products?category=A"),
        {},
        400,
        "category must be lower-case words joined by hyphens.",
    ),
    (
        "orders of another",
        ("GET", f"/v1/orders?userId={BOB.sub}"),
        {},
        403,
        "Another user's orders need the admin group.",
    ),
    ("orders of none", ("GET", "/v1/orders?userId=a.b"), {}, 400, "userId is not a user's id."),
    (
        "media type",
        ("POST", "/v1/orders", ALICE, {}),
        {"Content_Type": "text/plain", "Idempotency_Key": "k"},
        415,
        "Send the body as Content-Type: application/json in UTF-8.",
    ),
    (
        "size",
        ("POST", "/v1/users", ALICE, "x" * 65535),
        {},
        413,
        "The body has 65537 bytes; the limit is 65536.",
    ),
    (
        "no key",
        ("POST", "/v1/orders", ALICE, order("lamp")),
        {},
        400,
        "Idempotency-Key must hold 1 to 255 visible ASCII characters, new for each order.",
    ),
    (
        "products of none",
        ("POST", "/v1/orders", ALICE, order("none")),
        {"Idempotency_Key": "k"},
        422,
        "The order names products that do not exist.",
    ),
    (
        "If-Match",
        ("PUT", "/v1/users/me", ALICE, PROFILE),
        {"If_Match": "3"},
        400,
        'If-Match must be * or entity tags such as "3".',
    ),
]


@pytest.mark.parametrize(
    ("call", "headers", "status", "detail"),
    [one[1:] for one in REFUSED],
    ids=[one[0] for one in REFUSED],
)
def test_a_request_is_refused_with_the_reason(
    api: Api, call: tuple[Any, ...], headers: dict[str, str], status: int, detail: str
) -> None:
    answer = api(*call, **headers)
    assert (answer.status, answer.json["detail"]) == (status, detail)


def test_what_an_order_can_not_be_is_said(api: Api) -> None:
    lamp = api.product(**PRODUCT)["productId"]
    dollar = api.product(price={"amount": 1, "currency": "USD"})["productId"]
    dear = api.product(price={"amount": 10**12, "currency": "EUR"})["productId"]

    def detail(answer: Any) -> tuple[int, str]:
        return answer.status, answer.json["detail"]

    assert detail(api.order("1", {lamp: 2})) == (409, f"Not enough stock of product {lamp}.")
    assert detail(api.order("2", {lamp: 1, dollar: 1})) == (
        422,
        "One order has one currency; its products have EUR, USD.",
    )
    assert detail(api.order("3", {dear: 2})) == (
        422,
        "The total is above 1000000000000 minor units.",
    )
    placed = api.order("4", {lamp: 1}).json["orderId"]
    assert detail(api.order("4", {dollar: 1})) == (
        409,
        "This Idempotency-Key was used for another order.",
    )
    assert detail(api("GET", f"/v1/orders/{placed}", BOB)) == (404, "There is no such order.")
    assert api("POST", f"/v1/orders/{placed}/cancel").status == 200
    assert detail(api("POST", f"/v1/orders/{placed}/cancel")) == (
        409,
        "The order is CANCELLED and can't be cancelled.",
    )


def test_what_changed_or_went_is_said(api: Api) -> None:
    assert api("POST", "/v1/users", ALICE, PROFILE).status == 201
    again = api("POST", "/v1/users", ALICE, PROFILE)
    assert (again.status, again.json["detail"]) == (
        409,
        "This user has a profile, or was deleted within a day.",
    )
    stale = api("PUT", "/v1/users/me", ALICE, PROFILE, If_Match='"7"')
    assert (stale.status, stale.json["detail"]) == (412, "The user has changed; read it again.")


def test_a_cursor_of_another_listing_is_told_from_an_invented_one(api: Api) -> None:
    for _ in range(2):
        api.product()
    cursor = api("GET", "/v1/products?limit=1", None).json["nextCursor"]
    other = api("GET", f"/v1/products?limit=1&category=kitchen&cursor={cursor}", None)
    assert other.json["detail"] == "cursor was not given for this listing, query and caller."
