"""The problems that API Gateway answers with are ones that callers understand (RFC 9457)."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from contract.gateway_responses import GATEWAY_RESPONSES, GatewayResponse, gateway_responses_body

PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
"""RFC 9110, section 15, and RFC 6585."""
HEADERS = {
    "UNAUTHORIZED": {"WWW-Authenticate": "Bearer"},
    "THROTTLED": {"Retry-After": "1"},
    "QUOTA_EXCEEDED": {"Retry-After": "3600"},
}
VARIABLES = {
    "BAD_REQUEST_BODY": "$context.error.validationErrorString",
    "BAD_REQUEST_PARAMETERS": "$context.error.validationErrorString",
    "DEFAULT_4XX": "$context.error.responseType",
    "DEFAULT_5XX": "$context.error.responseType",
}
"""What only the gateway knows, by the names of its `$context` variables."""
each = pytest.mark.parametrize("response", GATEWAY_RESPONSES, ids=lambda one: one.type)


def deployed(response: GatewayResponse) -> Any:
    return gateway_responses_body(["*"])[response.type]


def problem(response: GatewayResponse) -> Any:
    return json.loads(deployed(response)["responseTemplates"]["application/json"])


@each
def test_a_problem_without_a_type_has_the_phrase_of_its_status_as_title(
    response: GatewayResponse,
) -> None:
    """RFC 9457, section 4.2.1. The two defaults stand for many statuses."""
    found = problem(response)
    assert found["type"] == "about:blank"
    if response.status is None:
        assert "status" not in found
        assert found["title"] in ("Request refused", "Request failed")
    else:
        assert found["title"] == PHRASES[found["status"]]


@each
def test_the_detail_is_a_sentence_or_what_the_gateway_found(response: GatewayResponse) -> None:
    detail = problem(response)["detail"]
    if response.type in VARIABLES:
        assert detail == VARIABLES[response.type]
        return
    assert re.fullmatch(r"[A-Z].*\w\.", detail)
    words = re.findall(r"[A-Za-z]{3,}", detail)
    assert sum(word.islower() for word in words) > len(words) / 2, "reads as shouting"


@each
def test_headers_say_what_to_do_next(response: GatewayResponse) -> None:
    found = {
        name.removeprefix("gatewayresponse.header."): value.strip("'")
        for name, value in deployed(response)["responseParameters"].items()
    }
    for name in ("Content-Type", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        del found[name]
    assert found == HEADERS.get(response.type, {})


def test_the_sign_in_problem_names_both_things_to_send() -> None:
    detail = next(problem(one)["detail"] for one in GATEWAY_RESPONSES if one.type == "UNAUTHORIZED")
    assert "Authorization: Bearer" in detail
    assert "x-api-key" in detail
