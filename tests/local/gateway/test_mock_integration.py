"""MOCK integrations: which template and which response answer."""

from __future__ import annotations

from typing import Any

import pytest

from local.gateway.api_request import RefusedRequest, api_request
from local.gateway.http_server import HttpRequest, HttpResponse
from local.gateway.mock_integration import mock_response
from local.rest_api.body import Method

RESPONSES = (
    {"statusCode": "404", "selectionPattern": "4\\d\\d"},
    {"statusCode": "200", "responseTemplates": {"application/json": "fine"}},
)


def answer(
    body: bytes = b"",
    media_type: str | None = None,
    responses: tuple[Any, ...] = RESPONSES,
    target: str = "/dev/v1",
    **integration: Any,
) -> HttpResponse:
    method = Method(
        parameters={},
        authorizer=None,
        validator=None,
        models={},
        integration={"type": "MOCK", **integration},
        integration_responses=responses,
        responses=(),
    )
    headers = [("X-Sent", "h"), *([("Content-Type", media_type)] if media_type else [])]
    http = HttpRequest(method="POST", target=target, headers=headers, body=body)
    context = {"stage": "dev"}
    return mock_response(method, api_request(http, "dev"), {"id": "7"}, context, {"v": "blue"})


def refusal(**arguments: Any) -> tuple[str, str]:
    with pytest.raises(RefusedRequest) as refused:
        answer(**arguments)
    return refused.value.kind, refused.value.cause


def template(status: int) -> dict[str, str]:
    return {"application/json": f'{{"statusCode": {status}}}'}


@pytest.mark.parametrize(
    ("asked", "status"), [(200, 200), (404, 404), (499, 404), (4040, 200), (500, 200)]
)
def test_the_response_is_the_one_whose_pattern_fits_the_whole_status_or_the_default(
    asked: int, status: int
) -> None:
    assert answer(requestTemplates=template(asked)).status == status


def test_without_a_default_a_status_that_nothing_fits_is_a_configuration_error() -> None:
    found = refusal(requestTemplates=template(200), responses=RESPONSES[:1])
    assert found == ("API_CONFIGURATION_ERROR", "No response fits.")


@pytest.mark.parametrize(
    ("passthrough", "templates", "passes"),
    [
        (None, template(200), True),
        ("WHEN_NO_MATCH", template(200), True),
        ("WHEN_NO_TEMPLATES", template(200), False),
        ("WHEN_NO_TEMPLATES", {}, True),
        ("WHEN_NO_TEMPLATES", None, True),
        ("NEVER", template(200), False),
        ("NEVER", {}, False),
    ],
)
def test_a_body_without_template_passes_as_the_integration_says(
    passthrough: str | None, templates: Any, passes: bool
) -> None:
    """Integration passthrough behaviors, in the API Gateway developer guide."""
    integration: dict[str, Any] = {"requestTemplates": templates}
    if passthrough:
        integration["passthroughBehavior"] = passthrough
    sent: dict[str, Any] = {"body": b'{"statusCode": 404}', "media_type": "text/plain"}
    if passes:
        assert answer(**sent, **integration).status == 404
    else:
        assert refusal(**sent, **integration)[0] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", "no JSON", "[" * 100_000])
def test_a_template_without_a_status_is_a_configuration_error(text: str) -> None:
    found = refusal(requestTemplates={"application/json": text})
    assert found == ("API_CONFIGURATION_ERROR", "The request template gives no statusCode.")


def test_a_template_that_fails_is_a_configuration_error() -> None:
    kind, cause = refusal(requestTemplates={"application/json": "#end"})
    assert (kind, cause) == ("API_CONFIGURATION_ERROR", "#end without #if")


def test_templates_see_the_request_the_context_and_the_stage() -> None:
    text = (
        "$input.params('id') $input.params('q') $input.params('X-Sent') $input.params('no')"
        "|$context.stage|$stageVariables.v|$input.body"
    )
    responses = ({"statusCode": "200", "responseTemplates": {"application/json": text}},)
    found = answer(
        requestTemplates=template(200),
        responses=responses,
        target="/dev/v1?q=1&q=2&X-Sent=query",
        body=b"caf\xe9",
        media_type="application/json",
    )
    assert found.body.decode() == "7 2 query |dev|blue|caf\ufffd"


def test_constants_are_headers_and_a_template_may_override_them() -> None:
    text = (
        "#set($context.responseOverride.header.X-A = 3)#set($context.responseOverride.status = 418)"
    )
    parameters = {
        "method.response.header.X-A": "'1'",
        "method.response.header.X-B": "'2'",
        "method.response.header.X-C": "integration.response.header.X-C",
    }
    response = {
        "statusCode": "200",
        "responseParameters": parameters,
        "responseTemplates": {"application/json": text},
    }
    found = answer(requestTemplates=template(200), responses=(response,))
    assert found.status == 418
    assert dict(found.headers) == {"Content-Type": "application/json", "X-A": "3", "X-B": "2"}


@pytest.mark.parametrize(
    ("templates", "media_type", "body"),
    [
        (None, "application/json", b""),
        ({"text/plain": "t"}, "text/plain", b"t"),
        ({"text/plain": "t", "application/json": "j"}, "application/json", b"j"),
    ],
)
def test_the_answer_is_json_unless_there_is_no_template_for_it(
    templates: Any, media_type: str, body: bytes
) -> None:
    response = {"statusCode": "200", "responseTemplates": templates}
    found = answer(requestTemplates=template(200), responses=(response,))
    assert dict(found.headers) == {"Content-Type": media_type}
    assert found.body == body
