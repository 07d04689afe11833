"""Schemathesis over the handlers: requests made from docs/openapi.json, answers held to it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
TOKENS = {"Bearer user": "alice", "Bearer admin": "admin"}
KEY = "the-key"


class Gateway:
    """A WSGI application that does of API Gateway what an answer depends on: identity and events.

    Attributes:
        people: callers by name.
        build_event: makes a proxy event.
        served: how many requests came.
    """

    people: Any
    build_event: Any
    served = 0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = "/" + environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/")
        path = path.removeprefix("/prod")
        if path == "/openapi.json":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [DOCUMENT.read_bytes()]
        self.served += 1
        status, headers, body = self._answer(environ, path)
        start_response(f"{status} Answer", list(headers.items()))
        return [body.encode()]

    def _answer(self, environ: Any, path: str) -> tuple[int, dict[str, str], str]:
        method = environ["REQUEST_METHOD"]
        if path == "/health":
            return self._health(method)
        headers = {
            name[5:].replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        person = None
        if not (method == "GET" and path.startswith("/v1/products")):
            name = TOKENS.get(headers.get("Authorization", ""))
            if name is None or "X-Api-Key" not in headers:
                return self._problem(401)
            if headers["X-Api-Key"] != KEY:
                return self._problem(403)
            person = self.people[name]
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        event = self.build_event(
            method,
            "/v1/users",
            person=person,
            headers=headers,
            # Without binary media types API Gateway hands every body over as text.
            body=raw.decode("utf-8", "replace") or None,
        )
        event["path"] = path
        pairs = [one.partition("=")[::2] for one in environ["QUERY_STRING"].split("&") if one]
        event["queryStringParameters"] = {
            unquote(name): unquote(value.replace("+", " ")) for name, value in pairs
        } or None
        event["multiValueQueryStringParameters"] = None
        function = path.split("/")[2] if path.count("/") > 1 else ""
        if not path.startswith("/v1/") or function not in ("users", "products", "orders"):
            return self._problem(404)
        answer = importlib.import_module(f"handlers.{function}.api").lambda_handler(event, None)
        return (
            answer["statusCode"],
            {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()},
            answer["body"],
        )

    def _health(self, method: str) -> tuple[int, dict[str, str], str]:
        if method != "GET":
            return self._problem(404)
        body = {"status": "healthy", "timestamp": "09/Apr/2026:12:34:56 +0000"}
        return 200, {"Content-Type": "application/json"}, json.dumps(body)

    def _problem(self, status: int) -> tuple[int, dict[str, str], str]:
        body = {"type": "about:blank", "title": "T", "status": status, "detail": "D"}
        return (
            status,
            {"Content-Type": "application/problem+json"},
            json.dumps({**body, "requestId": "r"}),
        )


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
