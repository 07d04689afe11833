import json
from typing import Any

import pytest

from contract.gateway_responses import GATEWAY_RESPONSES, gateway_responses_body
from local.gateway.api_request import RefusedRequest
from local.gateway.gateway_response import DEFAULT_STATUSES, gateway_response
from local.rest_api.body import parse_body

CONTEXT = {"requestId": "r-1"}


def deployed(origins: tuple[str, ...] = ("*",)) -> dict[str, Any]:
    body = {"x-amazon-apigateway-gateway-responses": gateway_responses_body(origins)}
    return parse_body(json.dumps(body)).gateway_responses


@pytest.mark.parametrize("response", GATEWAY_RESPONSES, ids=lambda one: one.type)
def test_every_response_of_the_contract_is_a_problem_document(response: Any) -> None:
    quoted = 'it says "no"\n'
    refused = RefusedRequest(response.type, validation_error=quoted)
    answer = gateway_response(deployed(), refused, CONTEXT, lambda _: None)
    assert answer.status == (response.status or DEFAULT_STATUSES[response.type])
    assert dict(answer.headers)["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["requestId"] == "r-1"
    assert "$" not in problem["detail"]
    if "validationErrorString" in response.detail:
        assert problem["detail"] == quoted


def test_a_response_that_is_not_deployed_is_that_of_its_group() -> None:
    own = {"DEFAULT_4XX": {"responseTemplates": {"application/json": '"$context.error.message"'}}}
    answer = gateway_response(own, RefusedRequest("THROTTLED", cause="slow"), {}, lambda _: None)
    assert (answer.status, answer.body) == (429, b'"slow"')


def test_without_any_the_built_in_one_is_sent() -> None:
    answer = gateway_response({}, RefusedRequest("UNAUTHORIZED", cause='"x"'), {}, lambda _: None)
    assert (answer.status, json.loads(answer.body)) == (401, {"message": '"x"'})


@pytest.mark.parametrize(
    ("kind", "error_type"),
    [
        ("ACCESS_DENIED", "AccessDeniedException"),
        ("BAD_REQUEST_BODY", "BadRequestException"),
        ("INTEGRATION_FAILURE", "InternalServerErrorException"),
        ("INVALID_API_KEY", "ForbiddenException"),
        ("MISSING_AUTHENTICATION_TOKEN", "MissingAuthenticationTokenException"),
        ("QUOTA_EXCEEDED", "LimitExceededException"),
        ("THROTTLED", "TooManyRequestsException"),
        ("UNAUTHORIZED", "UnauthorizedException"),
        ("REQUEST_TOO_LARGE", "BadRequestException"),
        ("DEFAULT_4XX", None),
    ],
)
def test_a_header_has_the_name_that_aws_gives_the_error(kind: str, error_type: str | None) -> None:
    for responses in ({}, deployed()):
        answer = gateway_response(responses, RefusedRequest(kind), CONTEXT, lambda _: None)
        assert dict(answer.headers).get("x-amzn-ErrorType") == error_type


def test_the_origin_is_that_of_the_request_or_none() -> None:
    responses = deployed(("https://a.example", "https://b.example"))
    for sent in ("https://a.example", None):
        answer = gateway_response(responses, RefusedRequest("THROTTLED"), {}, lambda _, s=sent: s)
        assert dict(answer.headers).get("Access-Control-Allow-Origin") == sent
