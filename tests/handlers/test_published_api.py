"""Schemathesis over the handlers: requests made from docs/openapi.json, answers held to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.handlers.wsgi_gateway import DOCUMENT, KEY, Gateway

pytestmark = pytest.mark.slow

gateway = Gateway()
schema = schemathesis.openapi.from_wsgi("/openapi.json", gateway)

CONFORMANCE = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
PATHS = json.loads(DOCUMENT.read_text())["paths"]


def is_documented(case: Any) -> bool:
    """Whether the path has the method: schemathesis also tries others."""
    return case.method.lower() in PATHS[case.operation.path]


def checks_of(case: Any) -> list[Any]:
    known = {
        one["name"] for one in PATHS[case.operation.path][case.method.lower()].get("parameters", ())
    }
    if set(case.query or ()) <= known:
        return [*CONFORMANCE, checks.negative_data_rejection, checks.missing_required_header]
    # Query parameters that nobody reads are passed over.
    return list(CONFORMANCE)


@pytest.fixture
def existing(api: Any, people: Any, gateway_event: Any) -> dict[str, str]:
    """Ids of things that are there, so that requests get past "not found"."""
    gateway.people = people
    gateway.build_event = gateway_event
    ada = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}
    api("POST", "/v1/users", people["alice"], ada)
    product = api.product(stock=1000)["productId"]
    order = api.order("k", {product: 1}, people["alice"]).json
    return {"userId": people["alice"].sub, "productId": product, "orderId": order["orderId"]}


@pytest.mark.parametrize("role", ["user", "admin"])
@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_documented_one(case: Any, role: str, existing: dict[str, str]) -> None:
    credentials = {"Authorization": f"Bearer {role}", "x-api-key": KEY}
    response = case.call(headers=credentials)
    if not is_documented(case):
        assert response.status_code in (404, 405)
        return
    case.validate_response(response, checks=checks_of(case))
    if not case.path_parameters:
        return
    case.path_parameters = {name: existing[name] for name in case.path_parameters}
    response = case.call(headers=credentials)
    case.validate_response(response, checks=list(CONFORMANCE))


@schema.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_without_identity_only_public_routes_answer(case: Any, existing: dict[str, str]) -> None:
    response = case.call(headers={"Authorization": "", "x-api-key": ""})
    if case.operation.definition.raw["security"] or not is_documented(case):
        assert response.status_code in (401, 404)
    else:
        assert response.status_code != 401
