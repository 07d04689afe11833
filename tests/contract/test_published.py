from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from openapi_spec_validator import validate

from contract.model_schemas import model_schemas
from contract.published import published_document
from handlers.common.answers import STATUS_OF
from handlers.common.errors import MethodNotAllowed
from handlers.common.routes import ROUTES, Access

DOC: Any = published_document()


def operations() -> list[tuple[Any, Any]]:
    return [(route, DOC["paths"][route.path][route.method.lower()]) for route in ROUTES]


def test_the_document_is_valid_openapi() -> None:
    validate(DOC)


def test_every_route_is_described_and_nothing_else() -> None:
    described = sum(len(methods) for methods in DOC["paths"].values())
    assert described == len(ROUTES)


def test_signed_in_routes_need_token_and_key() -> None:
    for route, operation in operations():
        expected = [] if route.access is Access.PUBLIC else [{"accessToken": [], "apiKey": []}]
        assert operation["security"] == expected
        assert ("401" in operation["responses"]) == (route.access is not Access.PUBLIC)


def test_what_only_admins_may_do_says_so() -> None:
    for route, operation in operations():
        is_admin = route.access is Access.ADMIN
        assert ("admin group" in operation["description"]) == is_admin
        assert (operation.get("x-required-group") == "admin") == is_admin


def test_headers_of_success_are_described() -> None:
    headers = {
        operation["operationId"]: set(operation["responses"][str(route.status)].get("headers", {}))
        for route, operation in operations()
    }
    assert headers["placeOrder"] == {"ETag", "Location"}
    assert headers["getOrder"] == {"ETag"}
    assert headers["listOrders"] == set()


def test_a_model_that_is_not_there_is_named() -> None:
    route = dataclasses.replace(ROUTES[-1], answer="Odrer")
    with pytest.raises(LookupError, match=r"cancelOrder names the model Odrer, .*orders/domain"):
        model_schemas([route])


def test_every_refusal_is_a_problem() -> None:
    for _, operation in operations():
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_refusal_of_the_handlers_is_documented_somewhere() -> None:
    documented = {status for _, one in operations() for status in one["responses"]}
    for error, status in STATUS_OF.items():
        # A path says what it has; methods it does not have have no place in the document.
        if error is not MethodNotAllowed:
            assert str(status) in documented


def test_a_caller_learns_when_to_come_back() -> None:
    for _, operation in operations():
        for status in {"429", "503"} & set(operation["responses"]):
            assert "Retry-After" in operation["responses"][status]["headers"]


def test_bodies_refuse_unknown_fields() -> None:
    schemas = DOC["components"]["schemas"]
    for name in ("NewUser", "Profile", "ProductContent", "NewOrder", "NewLine", "Money"):
        assert schemas[name]["additionalProperties"] is False
