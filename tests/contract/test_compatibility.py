from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contract.compatibility import breaking_changes
from contract.published import published_document

Change = Callable[[Any], Any]


def changed(change: Change) -> list[str]:
    old: Any = published_document()
    new = copy.deepcopy(old)
    change(new)
    return breaking_changes(old, new)


def schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def users(document: Any) -> Any:
    return document["paths"]["/v1/users"]


BREAKING: list[tuple[Change, str]] = [
    (lambda d: d["paths"].pop("/v1/orders"), "POST /v1/orders: is gone"),
    (lambda d: users(d).pop("get"), "GET /v1/users: is gone"),
    (
        lambda d: d["paths"]["/v1/products"]["get"].update(security=[{"accessToken": []}]),
        "GET /v1/products: needs signing in",
    ),
    (
        lambda d: users(d)["get"]["parameters"][0].update(required=True),
        "GET /v1/users: query parameter limit is required",
    ),
    (
        lambda d: users(d)["get"]["parameters"].pop(0),
        "GET /v1/users: query parameter limit is gone",
    ),
    (
        lambda d: users(d)["get"]["parameters"][0]["schema"].update(maximum=50),
        "GET /v1/users: query parameter limit has maximum 50",
    ),
    (
        lambda d: schemas(d)["NewUser"]["required"].append("userId"),
        "POST /v1/users: body.userId is required",
    ),
    (
        lambda d: schemas(d)["NewUser"]["properties"].pop("userId"),
        "POST /v1/users: body.userId is refused",
    ),
    (
        lambda d: schemas(d)["NewUser"]["properties"]["userId"].pop("nullable"),
        "POST /v1/users: body.userId may not be null",
    ),
    (
        lambda d: schemas(d)["NewLine"]["properties"]["quantity"].update(minimum=2),
        "POST /v1/orders: body.lines[].quantity has minimum 2",
    ),
    (
        lambda d: schemas(d)["Profile"]["properties"]["email"].update(pattern="^x$"),
        "PUT /v1/users/{userId}: body.email has another pattern",
    ),
    (
        lambda d: schemas(d)["User"]["properties"].pop("version"),
        "GET /v1/users: answer.items[].version is gone",
    ),
    (
        lambda d: schemas(d)["Order"]["required"].remove("total"),
        "POST /v1/orders: answer.total may be absent",
    ),
    (
        lambda d: schemas(d)["Line"]["properties"]["quantity"].update(type="string"),
        "POST /v1/orders: answer.lines[].quantity is string, was integer",
    ),
    (
        lambda d: schemas(d)["OrderStatus"]["enum"].append("SHIPPED"),
        "POST /v1/orders: answer.status may also be SHIPPED",
    ),
    (
        lambda d: users(d)["post"].update({"x-required-group": "admin"}),
        "POST /v1/users: needs the admin group",
    ),
    (
        lambda d: users(d)["post"]["responses"]["201"]["headers"].pop("Location"),
        "POST /v1/users: answer header Location is gone",
    ),
    (
        lambda d: d["paths"]["/v1/users/{userId}"]["get"].update(
            requestBody=d["paths"]["/v1/users/{userId}"]["put"]["requestBody"]
        ),
        "GET /v1/users/{userId}: body.email is required",
    ),
    (
        lambda d: users(d)["post"]["responses"].pop("201"),
        "POST /v1/users: does not answer 201 any more",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), BREAKING, ids=[one[1] for one in BREAKING])
def test_a_change_that_breaks_callers_is_named(change: Change, sentence: str) -> None:
    assert sentence in changed(change)


HARMLESS: list[Change] = [
    lambda d: d["paths"]["/v1/products"]["post"].pop("x-required-group"),
    lambda d: None,
    lambda d: d["paths"].update({"/v2/users": users(d)}),
    lambda d: users(d)["get"]["parameters"].append(
        {"name": "sort", "in": "query", "schema": {"type": "string"}}
    ),
    lambda d: schemas(d)["NewUser"]["properties"].update(phone={"type": "string"}),
    lambda d: schemas(d)["User"]["properties"].update(phone={"type": "string"}),
    lambda d: schemas(d)["NewOrder"]["properties"]["lines"].update(maxItems=99),
    lambda d: users(d)["get"]["responses"].update({"418": {"description": "short and stout"}}),
    lambda d: d["info"].update(version="1.1.0"),
]


def test_a_body_that_took_unknown_fields_and_refuses_them_breaks_callers() -> None:
    new: Any = published_document()
    old = copy.deepcopy(new)
    del schemas(old)["Money"]["additionalProperties"]
    assert "POST /v1/products: body.price refuses unknown fields" in breaking_changes(old, new)


@pytest.mark.parametrize("change", HARMLESS)
def test_an_addition_breaks_nobody(change: Change) -> None:
    assert changed(change) == []
