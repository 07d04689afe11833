from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest

from contract.gateway_responses import GATEWAY_RESPONSES, gateway_responses_body

STATUS_OF_THE_DESIGN = {
    "UNAUTHORIZED": 401,
    "ACCESS_DENIED": 403,
    "INVALID_API_KEY": 403,
    "WAF_FILTERED": 403,
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "BAD_REQUEST_PARAMETERS": 400,
    "BAD_REQUEST_BODY": 422,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    "QUOTA_EXCEEDED": 429,
    "INTEGRATION_FAILURE": 502,
    "INTEGRATION_TIMEOUT": 504,
    "AUTHORIZER_FAILURE": 500,
}


def body(*origins: str) -> Any:
    return gateway_responses_body(origins)


def test_every_case_that_api_gateway_knows_is_in_the_table() -> None:
    model = botocore.session.get_session().get_service_model("apigateway")
    known = set(model.shape_for("GatewayResponseType").enum)
    assert {response.type for response in GATEWAY_RESPONSES} == known


def test_each_case_has_the_status_that_callers_expect() -> None:
    found = {name: response.get("statusCode") for name, response in body("*").items()}
    assert found | STATUS_OF_THE_DESIGN == found


def test_each_body_is_a_problem_with_the_request_s_id() -> None:
    for response in body("*").values():
        problem = json.loads(response["responseTemplates"]["application/json"])
        assert problem["requestId"] == "$context.requestId"
        assert problem.get("status") == response.get("statusCode")
        content_type = response["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert content_type == "'application/problem+json'"


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        (("*",), "'*'"),
        (("https://a.example",), "method.request.header.Origin"),
        (("https://a.example", "https://b.example"), "method.request.header.Origin"),
    ],
)
def test_browsers_may_read_each_of_them(origins: tuple[str, ...], allowed: str) -> None:
    for response in body(*origins).values():
        parameters = response["responseParameters"]
        assert parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == allowed
        assert "gatewayresponse.header.Access-Control-Allow-Credentials" not in parameters


def test_a_throttled_caller_learns_when_to_come_back() -> None:
    for name in ("THROTTLED", "QUOTA_EXCEEDED"):
        assert "gatewayresponse.header.Retry-After" in body("*")[name]["responseParameters"]
