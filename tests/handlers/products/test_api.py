from __future__ import annotations

from typing import Any

import pytest

TEAPOT = {
    "name": "Teapot",
    "description": "Holds one litre.",
    "category": "kitchen",
    "price": {"amount": 1999, "currency": "EUR"},
    "stock": 10,
}


def test_everyone_reads_what_an_admin_has_added(api: Any, people: Any) -> None:
    answer = api("POST", "/v1/products", people["admin"], TEAPOT)
    assert answer.status == 201
    product = answer.json
    assert answer.headers["Location"] == f"/test/v1/products/{product['productId']}"
    assert product | TEAPOT == product
    read = api("GET", f"/v1/products/{product['productId']}", None)
    assert (read.status, read.json, read.headers["ETag"]) == (200, product, '"1"')


def test_only_admins_change_the_catalogue(api: Any, people: Any) -> None:
    product = api.product()
    url = f"/v1/products/{product['productId']}"
    for method, path, body in (
        ("POST", "/v1/products", TEAPOT),
        ("PUT", url, TEAPOT),
        ("DELETE", url, None),
    ):
        assert api(method, path, people["alice"], body).status == 403
        assert api(method, path, None, body).status == 403
    assert api("GET", url, None).json == product


def test_a_replacement_removes_what_it_leaves_out(api: Any, people: Any) -> None:
    product = api.product(description="old")
    url = f"/v1/products/{product['productId']}"
    content = {key: value for key, value in TEAPOT.items() if key != "description"}
    answer = api("PUT", url, people["admin"], {**content, "category": "tea"}, If_Match='"1"')
    assert answer.status == 200
    assert "description" not in answer.json
    assert api("GET", "/v1/products?category=tea", None).json["items"] == [answer.json]
    assert api("GET", "/v1/products?category=kitchen", None).json == {"items": []}


def test_a_stale_version_neither_replaces_nor_deletes(api: Any, people: Any) -> None:
    product = api.product()
    url = f"/v1/products/{product['productId']}"
    assert api("PUT", url, people["admin"], TEAPOT, If_Match='"3"').status == 412
    assert api("DELETE", url, people["admin"], If_Match='"3"').status == 412
    assert api("GET", url, None).json == product
    assert api("DELETE", url, people["admin"], If_Match='"1"').status == 204
    assert api("GET", url, None).status == 404


def test_stock_taken_by_an_order_changes_the_version(api: Any, people: Any) -> None:
    product = api.product()
    api.order("k", {product["productId"]: 1})
    url = f"/v1/products/{product['productId']}"
    assert api("PUT", url, people["admin"], TEAPOT, If_Match='"1"').status == 412


def test_an_unknown_product_is_not_found(api: Any, people: Any) -> None:
    for unknown in ("nothing", "x" * 129, "x" * 5000, "%00", "a b", "é"):
        url = f"/v1/products/{unknown}"
        assert api("GET", url, None).status == 404
        assert api("PUT", url, people["admin"], TEAPOT).status == 404
        assert api("DELETE", url, people["admin"]).status == 404


def test_pages_hold_every_product_once_in_order_of_category(api: Any) -> None:
    added = [
        (category, api.product(category=category)["productId"])
        for number in range(7)
        for category in ("b", "a", "b-2")
    ]
    pages = list(api.pages("/v1/products?limit=4", None))
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 1]
    seen = [(one["category"], one["productId"]) for page in pages for one in page]
    assert seen == sorted(added, key=lambda one: (one[0] + "#", one[1]))


def test_a_category_is_not_a_prefix_of_another(api: Any) -> None:
    api.product(category="tea")
    api.product(category="tea-cups")
    page = api("GET", "/v1/products?category=tea", None).json
    assert [one["category"] for one in page["items"]] == ["tea"]


def test_a_filtered_listing_goes_on_within_its_category(api: Any) -> None:
    wanted = sorted(api.product(category="b")["productId"] for _ in range(3))
    api.product(category="a")
    api.product(category="c")
    first, rest = api.pages("/v1/products?category=b&limit=2", None)
    assert [one["productId"] for one in first + rest] == wanted


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=ten", "limit=", "limit=%D9%A3",
        "limit=00001", "category=", "category=Tea", "category=a%0A", "cursor=", "cursor=x",
        "cursor=a.b", "cursor=%F0%9F%92%A5.AA", "cursor=" + "A" * 5000,
    ],
)  # fmt: skip
def test_a_bad_parameter_is_a_bad_request(api: Any, query: str) -> None:
    answer = api("GET", f"/v1/products?{query}", None)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": {"amount": 1.5, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": -1, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": 10**13, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": True, "currency": "EUR"}}, "price.amount"),
        ({"price": {"amount": 1, "currency": "eur"}}, "price.currency"),
        ({"price": {"amount": 1, "currency": "EUR\n"}}, "price.currency"),
        ({"stock": -1}, "stock"),
        ({"stock": "7"}, "stock"),
        ({"stock": 10**400}, "stock"),
        ({"name": "x" * 201}, "name"),
        ({"name": "\u0000"}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"category": "Kitchen Sink"}, "category"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_field_is_named(api: Any, people: Any, change: Any, field: str) -> None:
    answer = api("POST", "/v1/products", people["admin"], {**TEAPOT, **change})
    assert answer.status == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_the_largest_product_is_stored_and_listed(api: Any, people: Any) -> None:
    largest = {**TEAPOT, "name": "\U0001f375" * 200, "description": "\U0001f375" * 2000}
    for _ in range(101):
        assert api("POST", "/v1/products", people["admin"], largest).status == 201
    first = api("GET", "/v1/products?limit=100", None).json
    assert len(first["items"]) == 100
    assert first["nextCursor"]
