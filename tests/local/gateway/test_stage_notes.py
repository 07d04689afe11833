"""What the developer is told of each request, and what the gateway says where nothing is deployed.

In one process, with functions that answer as told.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from contract.gateway_responses import PROBLEM_JSON
from local.functions.outcome import Outcome
from local.gateway.answered_request import AnsweredRequest
from local.gateway.deployed_api import DeployedApi, Limit, MethodSettings
from local.gateway.gateway_response import DEFAULT_STATUSES, ERROR_TYPES
from local.gateway.http_server import HttpRequest, HttpResponse
from local.gateway.stage import Stage
from tests.local.gateway.served_api import KEY, api_of

ALLOWED = {
    "principalId": "someone",
    "policyDocument": {
        "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    },
    "context": {"sub": "s"},
}


@dataclass
class Logs:
    lines: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    def add(self, source: str, text: str) -> None:
        self.lines.append((source, json.loads(text)))


@dataclass
class Functions:
    """The authorizer allows all; the others return `returned`, or fail."""

    returned: Any = field(default_factory=lambda: {"statusCode": 200, "body": "fine"})
    error: str | None = None
    fails_to_start: bool = False
    hangs: bool = False
    usage_key: str | None = None
    logs: Logs = field(default_factory=Logs)

    def start(self, arn: str, event: Any) -> Future[Outcome]:
        future: Future[Outcome] = Future()
        if ":authorizer" in arn:
            answer, error = {**ALLOWED, "usageIdentifierKey": self.usage_key}, None
        elif self.fails_to_start:
            future.set_exception(LookupError("there is no such function"))
            return future
        elif self.hangs:
            return future
        else:
            answer, error = self.returned, self.error
        payload = json.dumps(answer).encode()
        future.set_result(Outcome(request_id="function-1", payload=payload, error=error))
        return future


def ask(
    target: str = "/dev/v1/orders",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    functions: Functions | None = None,
    api: DeployedApi | None = None,
    body: bytes = b"",
    defect: int | None = None,
    **changes: Any,
) -> tuple[HttpResponse, AnsweredRequest]:
    """The answer, and what is noted of it."""
    notes: list[AnsweredRequest] = []
    api = replace(api or api_of(), **changes)
    stage = Stage(api, functions or Functions(), notes.append)  # pyright: ignore
    sent = {"Authorization": "Bearer a", "X-Api-Key": KEY.value} if headers is None else headers
    http = HttpRequest(
        method=method, target=target, headers=list(sent.items()), body=body, defect=defect
    )
    answer = asyncio.run(stage.answer(http))
    (note,) = notes
    return answer, note


def without_gateway_responses() -> DeployedApi:
    api = api_of()
    return replace(api, body=replace(api.body, gateway_responses={}))


def test_a_request_that_a_function_answered_needs_no_note() -> None:
    answer, note = ask("/dev/v1/orders?x=1", "POST")
    assert (answer.status, answer.body) == (200, b"fine")
    assert (note.method, note.path, note.status, note.note) == ("POST", "/dev/v1/orders", 200, "")
    assert 0 <= note.milliseconds < 5000
    headers = dict(answer.headers)
    assert headers["x-amzn-RequestId"] == note.id
    assert headers["x-amz-apigw-id"].endswith("=")
    assert headers["X-Amzn-Trace-Id"].startswith("Root=1-")


FAILURE = {"errorMessage": "no stock", "errorType": "ValueError"}
REFUSALS: list[tuple[dict[str, Any], int, str]] = [
    ({"target": "/dev/v2"}, 403, "MISSING_AUTHENTICATION_TOKEN: No such path and method."),
    (
        {"target": "/v1/orders"},
        403,
        "MISSING_AUTHENTICATION_TOKEN: Paths of this stage begin with /dev/.",
    ),
    ({"headers": {}}, 401, "UNAUTHORIZED: An identity source is missing."),
    (
        {"headers": {"Authorization": "a", "x-api-key": "wrong"}},
        403,
        "INVALID_API_KEY: x-api-key is no key of this stage.",
    ),
    (
        {"headers": {"a": "b" * 10_240}},
        431,
        "DEFAULT_4XX: Headers have more than 10240 bytes.",
    ),
    (
        {"method_settings": {"*/*": MethodSettings(limit=Limit(rate=0, burst=0))}},
        429,
        "THROTTLED: More than 0 requests a second.",
    ),
    ({"keys": [replace(KEY, quota=0)]}, 429, "QUOTA_EXCEEDED: 0 requests a day."),
    (
        {"keys": [replace(KEY, limit=Limit(rate=2.5, burst=0))]},
        429,
        "THROTTLED: More than 2.5 requests a second.",
    ),
    (
        {"functions": Functions(fails_to_start=True)},
        502,
        "INTEGRATION_FAILURE: there is no such function",
    ),
    (
        {"functions": Functions(FAILURE, error="ValueError")},
        502,
        "INTEGRATION_FAILURE: ValueError: no stock",
    ),
    (
        {"functions": Functions(["a"])},
        502,
        "INTEGRATION_FAILURE: Malformed Lambda proxy response: it is no object",
    ),
    (
        {"functions": Functions(hangs=True)},
        504,
        "INTEGRATION_TIMEOUT: The function took more than 0.7 s.",
    ),
    (
        {"target": "/dev/v1/users", "method": "POST", "body": b"?"},
        400,
        "BAD_REQUEST_BODY: Invalid request body: it is not JSON",
    ),
    (
        {
            "target": "/dev/health",
            "headers": {"Content-Type": "text/plain"},
        },
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
]


@pytest.mark.parametrize(("request_", "status", "note"), REFUSALS, ids=[one[2] for one in REFUSALS])
def test_a_refusal_says_why_and_has_the_status_of_its_case(
    request_: dict[str, Any], status: int, note: str
) -> None:
    """Where nothing else is deployed: "Gateway response types for API Gateway"."""
    answer, noted = ask(api=without_gateway_responses(), **request_)
    assert (answer.status, noted.status, noted.note) == (status, status, note)
    headers = dict(answer.headers)
    assert headers.get("x-amzn-ErrorType") == ERROR_TYPES.get(note.partition(":")[0])
    assert headers["Content-Type"] == "application/json"
    kind, _, cause = note.partition(": ")
    assert json.loads(answer.body) == {"message": cause or kind}


def test_a_refusal_is_the_deployed_one() -> None:
    answer, _ = ask("/dev/v2")
    headers = dict(answer.headers)
    assert headers["Content-Type"] == PROBLEM_JSON
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert answer.status == 404
    assert json.loads(answer.body)["requestId"] == headers["x-amzn-RequestId"]


def test_the_statuses_of_cases_that_no_request_brings_about() -> None:
    """Gateway response types for API Gateway: default status codes."""
    expected = {
        "ACCESS_DENIED": 403,
        "API_CONFIGURATION_ERROR": 500,
        "AUTHORIZER_CONFIGURATION_ERROR": 500,
        "AUTHORIZER_FAILURE": 500,
        "BAD_REQUEST_PARAMETERS": 400,
        "DEFAULT_4XX": 400,
        "DEFAULT_5XX": 500,
        "EXPIRED_TOKEN": 403,
        "INTEGRATION_FAILURE": 504,
        "INVALID_SIGNATURE": 403,
        "REQUEST_TOO_LARGE": 413,
        "RESOURCE_NOT_FOUND": 404,
        "WAF_FILTERED": 403,
    }
    assert {kind: DEFAULT_STATUSES[kind] for kind in expected} == expected


@pytest.mark.parametrize(("size", "status"), [(10_240, 200), (10_241, 431)])
def test_request_line_and_header_values_have_10240_bytes_at_the_most(
    size: int, status: int
) -> None:
    target = "/dev/health"
    answer, _ = ask(target, headers={"a": "b" * (size - len(target))})
    assert answer.status == status


def test_what_a_function_does_not_take_is_refused() -> None:
    """Lambda quotas: an invocation has 6 MB at the most, a letter of two bytes counted as two."""
    mega = 1024 * 1024
    for body, status in ((b"x" * (6 * mega - 8192), 200), (("ä" * (3 * mega)).encode(), 413)):
        answer, note = ask(method="POST", body=body)
        assert answer.status == note.status == status
    assert note.note == "REQUEST_TOO_LARGE: The event has more than 6 MB."
    assert dict(answer.headers)["Content-Type"] == PROBLEM_JSON


def test_what_api_gateway_does_not_read_is_refused_without_a_gateway_response() -> None:
    answer, note = ask(method="POST", defect=413)
    assert (answer.status, note.status, note.note) == (413, 413, "The body has more than 10 MB.")
    assert answer.body == b"HTTP content length exceeded 10485760 bytes."
    assert answer.headers == [("Content-Type", "text; charset=utf-8")]


def test_a_key_may_come_from_the_authorizer() -> None:
    """Choose an API key source: with AUTHORIZER the header counts for nothing."""
    api = api_of()
    api = replace(api, body=replace(api.body, api_key_source="AUTHORIZER"))
    sent = {"Authorization": "a", "x-api-key": "whatever"}
    assert ask(headers=sent, api=api, functions=Functions(usage_key=KEY.value))[0].status == 200
    sent["x-api-key"] = KEY.value
    for wrong in (None, "other"):
        assert ask(headers=sent, api=api, functions=Functions(usage_key=wrong))[0].status == 403


def test_an_integration_that_is_neither_mock_nor_proxy_is_a_configuration_error() -> None:
    api = api_of()
    method = api.body.methods["/v1/orders", "ANY"]
    method.integration["type"] = "HTTP_PROXY"
    answer, note = ask(api=api)
    assert answer.status == 500
    assert note.note == "API_CONFIGURATION_ERROR: Neither MOCK nor AWS_PROXY."


def test_the_access_log_tells_what_only_the_gateway_knows() -> None:
    names = {
        "bytes": "$context.responseLength",
        "latency": "$context.responseLatency",
        "status": "$context.status",
        "error": "$context.error.responseType",
        "function": "$context.integration.requestId",
        "trace": "$context.xrayTraceId",
        "path": "$context.resourcePath",
        "key": "$context.identity.apiKey",
    }
    functions = Functions()
    answer, _ = ask(functions=functions, access_log_format=json.dumps(names))
    ((source, line),) = functions.logs.lines
    assert source == "access log"
    assert line.pop("latency").isdecimal()
    assert f"Root={line.pop('trace')}" == dict(answer.headers)["X-Amzn-Trace-Id"]
    assert line == {
        "bytes": "4",
        "status": "200",
        "error": "-",
        "function": "function-1",
        "path": "/v1/orders",
        "key": "-",
    }
    functions = Functions()
    ask("/dev/v2", functions=functions, access_log_format=json.dumps(names))
    ((_, line),) = functions.logs.lines
    assert (line["status"], line["error"]) == ("404", "MISSING_AUTHENTICATION_TOKEN")
    assert (line["path"], line["function"]) == ("", "-")
    functions = Functions()
    ask(functions=functions)
    assert functions.logs.lines == []
