"""The request validator ("Request validation for REST APIs in API Gateway")."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.gateway.api_request import RefusedRequest, api_request
from local.gateway.http_server import HttpRequest
from local.gateway.validation import RequestValidator
from local.rest_api.body import parse_body

SCHEMAS = {
    "Named": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"$ref": "#/components/schemas/Name"}},
    },
    "Name": {"type": "string", "minLength": 2},
}
BODY = {
    "paths": {
        "/things/{id}": {
            "post": {
                "parameters": [
                    {"in": "header", "name": "If-Match", "required": True},
                    {"in": "query", "name": "limit", "required": True},
                    {"in": "path", "name": "id", "required": True},
                    {"in": "query", "name": "optional"},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Named"}}
                    }
                },
            }
        }
    },
    "components": {"schemas": SCHEMAS},
    "x-amazon-apigateway-request-validators": {
        "parameters": {"validateRequestParameters": True},
        "body": {"validateRequestBody": True},
        "both": {"validateRequestParameters": True, "validateRequestBody": True},
        "nothing": {"validateRequestParameters": False, "validateRequestBody": False},
    },
}


def check(
    validator: str | None,
    *,
    target: str = "/dev/things/7?limit=5",
    headers: dict[str, str] | None = None,
    path_parameters: dict[str, str] | None = None,
    body: bytes = b"",
    default_model: bool = False,
) -> str:
    """The kind of the refusal and its validation error; empty when the request is fine."""
    document = json.loads(json.dumps(BODY))
    operation = document["paths"]["/things/{id}"]["post"]
    if validator:
        operation["x-amazon-apigateway-request-validator"] = validator
    content = operation["requestBody"]["content"]
    if default_model:
        content["$default"] = content.pop("application/json")
    parsed = parse_body(json.dumps(document))
    sent = {"If-Match": "1"} if headers is None else headers
    http = HttpRequest(method="POST", target=target, headers=list(sent.items()), body=body)
    parameters = {"id": "7"} if path_parameters is None else path_parameters
    try:
        RequestValidator(parsed).check(
            api_request(http, "dev"), parsed.methods["/things/{id}", "POST"], parameters
        )
    except RefusedRequest as refused:
        return f"{refused.kind}: {refused.validation_error}"
    return ""


MISSING = "BAD_REQUEST_PARAMETERS: Missing required request parameters: "
INVALID = "BAD_REQUEST_BODY: Invalid request body: "


@pytest.mark.parametrize("validator", ["parameters", "both"])
@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"headers": {}}, "[If-Match]"),
        ({"target": "/dev/things/7"}, "[limit]"),
        ({"path_parameters": {}}, "[id]"),
        ({"target": "/dev/things/7?limit="}, "[limit]"),
        ({"headers": {}, "target": "/dev/things/7?LIMIT=1"}, "[If-Match, limit]"),
    ],
)
def test_all_required_parameters_that_are_missing_are_named(
    validator: str, changes: Any, missing: str
) -> None:
    assert check(validator, **changes) == MISSING + missing


def test_parameters_are_checked_before_the_body() -> None:
    assert check("both", headers={}, body=b"?") == MISSING + "[If-Match]"


@pytest.mark.parametrize("validator", ["body", "both"])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"name": "ab"}', ""),
        (b'{"name": "ab", "more": 1}', ""),
        (b"", "it is not JSON"),
        (b"{", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b'"text"', '/ (type: "object")'),
        (b"{}", '/ (required: ["name"])'),
        (b'{"name": 7}', '/name (type: "string")'),
        (b'{"name": "a"}', "/name (minLength: 2)"),
        (b'{"name": "\xff\xff"}', ""),
    ],
)
def test_a_body_is_what_its_model_takes_or_the_place_and_rule_are_told(
    validator: str, body: bytes, error: str
) -> None:
    assert check(validator, body=body) == (INVALID + error if error else "")


def test_a_body_of_a_type_without_a_model_is_not_checked_unless_there_is_a_default() -> None:
    sent: dict[str, Any] = {"body": b"{}", "headers": {"If-Match": "1", "Content-Type": "text/x"}}
    assert check("body", **sent) == ""
    assert check("body", default_model=True, **sent) == INVALID + '/ (required: ["name"])'


@pytest.mark.parametrize("validator", [None, "nothing", "parameters"])
def test_a_validator_checks_what_it_is_for(validator: str | None) -> None:
    assert check(validator, body=b"?") == ""
    missing = check(validator, headers={})
    assert (missing != "") == (validator == "parameters")
