"""What the gateway answers by itself: health, preflights, odd paths, what is too large."""

from __future__ import annotations

import json
from collections.abc import Iterator

from contract.gateway_methods import gateway_shape
from handlers.common.requests import MAX_BODY_BYTES
from tests.second_aws.product_steps import PRODUCT
from tests.second_aws.step import ADMIN, JSON, ORIGIN, USER, Step

FUNCTION_EVENT_BYTES = 6 * 1024 * 1024
"""Quota "Invocation payload" of Lambda's synchronous invocations."""

GATEWAY_BODY_BYTES = 10 * 1024 * 1024
"""Quota "Payload size" of REST APIs."""

MOST_HEADER_BYTES = 10_240
"""Quota "Total combined size of request line and header values" of REST APIs."""


def health() -> Iterator[Step]:
    yield Step("health", "GET", "/health")
    yield Step("health of another origin", "GET", "/health", headers=ORIGIN)
    yield Step("health with a query", "GET", "/health?verbose=1")
    yield Step("health as text", "GET", "/health", headers={"Content-Type": "text/plain"})
    yield Step("health accepting HTML", "GET", "/health", headers={"Accept": "text/html"})
    yield Step("health, slash at its end", "GET", "/health/")
    yield Step("health in capitals", "GET", "/HEALTH")
    yield Step("health, percent-encoded", "GET", "/h%65alth")
    yield Step("health by HEAD", "HEAD", "/health")
    yield Step("health by POST", "POST", "/health", headers=JSON, body={})
    yield Step("health with a token", "GET", "/health", who=USER)


def preflights() -> Iterator[Step]:
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST"}
    for path in gateway_shape():
        concrete = path.replace("{proxy+}", "some").replace("{userId}", "some")
        yield Step(f"preflight of {path}", "OPTIONS", concrete, headers=asked)
    yield Step("preflight without Origin", "OPTIONS", "/v1/orders")
    yield Step(
        "preflight, lower case",
        "OPTIONS",
        "/v1/orders",
        headers={name.lower(): value for name, value in asked.items()},
    )
    yield Step(
        "preflight as text",
        "OPTIONS",
        "/v1/orders",
        headers={**asked, "Content-Type": "text/plain"},
    )
    yield Step("preflight far below", "OPTIONS", "/v1/orders/a/b/c", headers=asked)
    yield Step("preflight of no path", "OPTIONS", "/v1/nothing", headers=asked)
    yield Step("preflight with a token", "OPTIONS", "/v1/users", who=USER, headers=asked)


def paths() -> Iterator[Step]:
    for name, path in {
        "root": "/",
        "no such path": "/nothing",
        "half a path": "/v1",
        "below a leaf": "/health/more",
        "below a user": "/v1/users/me/more",
        "two slashes": "/v1//products",
        "slashes at the beginning": "//v1/products",
        "version in capitals": "/V1/products",
        "climbing": "/v1/products/../users",
        "climbing, encoded": "/v1/products/%2e%2e/users",
        "encoded slash between parts": "/v1%2Fproducts",
        "encoded part": "/v1/%70roducts",
        "bad escape": "/v1/products/%zz",
        "half an escape": "/v1/products/%4",
        "no UTF-8": "/v1/products/%ff",
        "null byte": "/v1/products/%00",
        "variable as such": "/v1/products/{proxy+}",
    }.items():
        yield Step(name, "GET", path, headers=ORIGIN)
    for verb in ("PATCH", "PUT", "DELETE", "HEAD", "TRACE", "FOO"):
        yield Step(f"users by {verb}", verb, "/v1/users", who=USER)
        yield Step(f"products by {verb}", verb, "/v1/products", who=ADMIN)
        yield Step(f"no such path by {verb}", verb, "/nothing", headers=ORIGIN)
    yield Step("verb in small", "get", "/v1/products")


PROFILE = {"email": "uma@example.com", "givenName": "Uma", "familyName": "Example"}


def large() -> Iterator[Step]:
    for name, size in {
        "the function takes": MAX_BODY_BYTES,
        "the function refuses": MAX_BODY_BYTES + 1,
        "Lambda refuses": FUNCTION_EVENT_BYTES,
        "the gateway refuses": GATEWAY_BODY_BYTES + 1,
    }.items():
        empty = json.dumps({**PRODUCT, "description": ""})
        body = empty.replace('"description": ""', f'"description": "{"x" * (size - len(empty))}"')
        yield Step(
            f"body that {name}",
            "POST",
            "/v1/products",
            who=ADMIN,
            headers=JSON,
            body=body,
        )
    yield Step(
        "headers that the gateway refuses",
        "GET",
        "/v1/products",
        headers={"X-Long": "x" * MOST_HEADER_BYTES},
    )
    yield Step(
        "query that the gateway refuses",
        "GET",
        f"/v1/products?long={'x' * MOST_HEADER_BYTES}",
    )
