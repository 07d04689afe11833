"""Products, read by everyone and written by admins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.second_aws.step import ADMIN, JSON, NOBODY, ORIGIN, USER, Headers, Step

PRODUCT = {
    "name": "Teapot",
    "category": "kitchen",
    "price": {"amount": 1250, "currency": "EUR"},
    "stock": 5,
}


def products() -> Iterator[Step]:
    path = "/v1/products"

    def post(name: str, body: Any, who: str = ADMIN) -> Step:
        return Step(f"new product: {name}", "POST", path, who=who, headers=JSON, body=body)

    yield post("by a user", PRODUCT, USER)
    yield post("no body", None)
    yield post("no JSON", "{no")
    yield post("a list", [])
    yield post("NaN", json.dumps(PRODUCT).replace("1250", "NaN"))
    yield post("stock as text", {**PRODUCT, "stock": "5"})
    yield post("stock as a fraction", json.dumps(PRODUCT).replace('"stock": 5', '"stock": 5.5'))
    yield post("stock 5.0", json.dumps(PRODUCT).replace('"stock": 5', '"stock": 5.0'))
    yield post("stock 1e1", json.dumps(PRODUCT).replace('"stock": 5', '"stock": 1e1'))
    yield post("stock true", {**PRODUCT, "stock": True})
    yield post("stock below nothing", {**PRODUCT, "stock": -1})
    yield post("stock of many digits", {**PRODUCT, "stock": 10**30})
    yield post("price without currency", {**PRODUCT, "price": {"amount": 1}})
    yield post("price unknown", {**PRODUCT, "price": {"amount": 1, "currency": "eur"}})
    yield post("category in capitals", {**PRODUCT, "category": "Kitchen"})
    yield post("unknown fields", {**PRODUCT, "price": {**PRODUCT["price"], "tax": 1}, "colour": 1})  # type: ignore[dict-item]
    yield post("deep", "[" * 2000 + "]" * 2000)
    yield post("too many errors", {f"field{number}": number for number in range(30)})
    yield Step(
        "new product",
        "POST",
        path,
        who=ADMIN,
        headers=JSON,
        body={**PRODUCT, "description": "Größe „M“\n\t<b>&amp;"},
        keeps={"product": "productId"},
    )
    yield Step(
        "second product",
        "POST",
        path,
        who=ADMIN,
        headers=JSON,
        body={**PRODUCT, "name": "Lamp", "price": {"amount": 100, "currency": "USD"}},
        keeps={"dollar_product": "productId"},
    )
    for who in (NOBODY, USER, ADMIN):
        yield Step(f"product by {who}", "GET", f"{path}/$product", who=who)
        yield Step(f"products by {who}", "GET", path, who=who)
    yield Step("product of another origin", "GET", f"{path}/$product", headers=ORIGIN)
    yield Step(
        "product with a bad token",
        "GET",
        f"{path}/$product",
        headers={"Authorization": "Bearer abc", "x-api-key": "none"},
    )
    yield Step(
        "product, known version",
        "GET",
        f"{path}/$product",
        headers={"If-None-Match": '"1"'},
    )
    yield Step(
        "product, kept off the cache",
        "GET",
        f"{path}/$product",
        headers={"Cache-Control": "max-age=0"},
    )
    yield Step(
        "product with a body",
        "GET",
        f"{path}/$product",
        headers=JSON,
        body={"a": 1},
    )
    yield Step("products as gzip", "GET", path, headers={"Accept-Encoding": "gzip"})
    yield Step("product, slash at its end", "GET", f"{path}/$product/")
    yield Step("products, slash at its end", "GET", f"{path}/")
    yield Step("product by HEAD", "HEAD", f"{path}/$product", who=USER)
    yield Step("product by HEAD, nobody", "HEAD", f"{path}/$product")
    yield Step("no such product", "GET", f"{path}/none", headers=ORIGIN)
    yield Step("below a product", "GET", f"{path}/$product/more")
    for name, part in {
        "slash": "a%2Fb",
        "space": "a%20b",
        "plus": "a+b",
        "umlaut": "%C3%A4",
        "percent": "a%25b",
        "percent twice": "a%252Fb",
        "question mark": "a%3Fb",
        "long": "x" * 300,
        "colon": "a:b",
        "encoded id": "%24product",
    }.items():
        yield Step(f"product's id with {name}", "GET", f"{path}/{part}")
    for name, query in {
        "category": "category=kitchen",
        "category of none": "category=garden",
        "category in capitals": "category=Kitchen",
        "category with umlaut": "category=caf%C3%A9",
        "category with plus": "category=a+b",
        "category empty": "category=",
        "category twice": "category=garden&category=kitchen",
        "limit 0": "limit=0",
        "limit 1": "limit=1",
        "cursor of users": "cursor=$next_users",
    }.items():
        yield Step(f"products: {name}", "GET", f"{path}?{query}")

    def put(name: str, body: Any, headers: Headers = JSON, *, by: str = ADMIN) -> Step:
        return Step(name, "PUT", f"{path}/$product", who=by, headers=headers, body=body)

    yield put("product replaced", {**PRODUCT, "stock": 7})
    yield put("product, version that was", PRODUCT, {**JSON, "If-Match": '"1"'})
    yield put("product, version that is", PRODUCT, {**JSON, "IF-MATCH": '"2"'})
    yield put("product replaced by a user", PRODUCT, by=USER)
    yield Step(
        "no such product replaced", "PUT", f"{path}/none", who=ADMIN, headers=JSON, body=PRODUCT
    )
    for verb in ("PATCH", "POST"):
        yield Step(f"product by {verb}", verb, f"{path}/$product", who=ADMIN, headers=JSON, body={})
    yield Step("no product deleted", "DELETE", f"{path}/none", who=ADMIN)
    yield Step("product deleted by a user", "DELETE", f"{path}/$product", who=USER)


def products_leave() -> Iterator[Step]:
    yield Step(
        "product deleted, version that was",
        "DELETE",
        "/v1/products/$product",
        who=ADMIN,
        headers={"If-Match": '"1"'},
    )
    yield Step("product deleted", "DELETE", "/v1/products/$product", who=ADMIN, headers=ORIGIN)
    yield Step("product deleted again", "DELETE", "/v1/products/$product", who=ADMIN)
    yield Step("product that is gone", "GET", "/v1/products/$product")
