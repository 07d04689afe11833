"""The order of checks, and every answer that the gateway gives by itself, over HTTP."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from contract.gateway_methods import gateway_methods, gateway_shape
from contract.gateway_responses import GATEWAY_RESPONSES
from local.functions.functions import Functions
from local.gateway.deployed_api import Limit, MethodSettings
from local.gateway.gateway_response import ERROR_TYPES
from tests.local.gateway.served_api import KEY, SIGNED_IN, Client, api_of, calls

Serve = Callable[..., Client]
JSON = {"Content-Type": "application/json"}


def do(what: str) -> str:
    """A path whose function does this."""
    return f"/v1/products?do={quote(what)}"


def assert_refused(answer: Any, kind: str, status: int | None = None) -> None:
    response = next(one for one in GATEWAY_RESPONSES if one.type == kind)
    status = status or response.status
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers.get("x-amzn-ErrorType") == ERROR_TYPES.get(kind)
    assert answer.json["title"] == response.title
    assert answer.json["requestId"] == answer.headers["x-amzn-RequestId"]
    for name, value in response.headers:
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "UNAUTHORIZED"),
        ({"Authorization": "Bearer good"}, "UNAUTHORIZED"),
        ({"x-api-key": KEY.value}, "UNAUTHORIZED"),
        ({"Authorization": "", "x-api-key": KEY.value}, "UNAUTHORIZED"),
        ({"Authorization": "Bearer unknown", "x-api-key": KEY.value}, "UNAUTHORIZED"),
        ({"Authorization": "Bearer denied", "x-api-key": KEY.value}, "ACCESS_DENIED"),
        ({"Authorization": "Bearer outage", "x-api-key": KEY.value}, "AUTHORIZER_FAILURE"),
        *(
            (
                {"Authorization": f"Bearer {token}", "x-api-key": KEY.value},
                "AUTHORIZER_CONFIGURATION_ERROR",
            )
            for token in ("odd", "list", "object", "array-of-contexts")
        ),
        ({"Authorization": "Bearer good", "x-api-key": "wrong"}, "INVALID_API_KEY"),
        ({"Authorization": "Bearer good", "x-api-key": "schlüssel"}, "INVALID_API_KEY"),
    ],
)
def test_who_is_not_known_is_refused(client: Client, headers: dict[str, str], kind: str) -> None:
    assert_refused(client("GET", "/v1/orders", headers=headers), kind)


def test_a_missing_identity_source_costs_no_call(client: Client, functions: Functions) -> None:
    client("GET", "/v1/orders", headers={"Authorization": "Bearer lonely"})
    assert calls(functions, "asked lonely", 0) == 0


def test_an_answer_of_the_authorizer_holds_for_all_routes_and_for_each_key_by_itself(
    client: Client, functions: Functions
) -> None:
    for path in ("/v1/orders", "/v1/orders/1", "/v1/users"):
        headers = {**SIGNED_IN, "Authorization": "Bearer frequent"}
        assert client("GET", path, headers=headers).status == 200
    assert calls(functions, "asked frequent", 1) == 1
    other = {"Authorization": "Bearer frequent", "x-api-key": "another"}
    assert_refused(client("GET", "/v1/orders", headers=other), "INVALID_API_KEY")
    assert calls(functions, "asked frequent", 2) == 2


def test_without_ttl_the_authorizer_is_asked_each_time(serve: Serve, functions: Functions) -> None:
    client = serve(api_of(ttl_seconds=0))
    for _ in range(2):
        client("GET", "/v1/orders", headers={**SIGNED_IN, "Authorization": "Bearer always"})
    assert calls(functions, "asked always", 2) == 2


def test_what_the_authorizer_says_reaches_the_function_as_text(client: Client) -> None:
    event = client("GET", "/v1/orders", headers=SIGNED_IN).json
    authorizer = event["requestContext"]["authorizer"]
    assert {name: authorizer[name] for name in ("principalId", "sub", "level", "trusted")} == {
        "principalId": "good",
        "sub": "good",
        "level": "3",
        "trusted": "true",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/v2/orders"),
        ("PATCH", "/v1/users"),
        ("HEAD", "/v1/users"),
        ("POST", "/health"),
        ("GET", "/v1/users/1/orders"),
    ],
)
def test_what_is_not_there_is_not_found(client: Client, method: str, path: str) -> None:
    answer = client(method, path, headers=SIGNED_IN)
    assert answer.status == 404
    if method != "HEAD":
        assert_refused(answer, "MISSING_AUTHENTICATION_TOKEN")


def test_another_stage_is_not_found(client: Client) -> None:
    for target in ("/v1/products", "/prod/v1/products", "/devil/v1/products", "//v1/products"):
        assert_refused(client.at_origin("GET", target), "MISSING_AUTHENTICATION_TOKEN")


def test_a_slash_too_many_before_the_path_does_not_count(client: Client) -> None:
    for target in ("/dev//v1/products", "//dev/v1/products"):
        event = client.at_origin("GET", target).json
        assert (event["path"], event["resource"]) == ("/v1/products", "/v1/products")


def test_every_method_of_the_body_is_served_and_guarded_as_declared(client: Client) -> None:
    for method in gateway_methods():
        verb = "POST" if method.method == "ANY" else method.method
        path = method.path.replace("{userId}", "1").replace("{proxy+}", "a/b")
        answer = client(verb, path, headers=JSON, body=b"{}")
        assert answer.status == (200 if method.public else 401), (verb, path)


def test_a_body_that_the_model_refuses_is_told_why(client: Client) -> None:
    headers = {**SIGNED_IN, **JSON}
    for body in (b"[1]", b'"text"', b"{", b"", b"[" * 20_000, b"\xff\xfe"):
        answer = client("POST", "/v1/users", headers=headers, body=body)
        assert_refused(answer, "BAD_REQUEST_BODY")
        assert answer.json["detail"].startswith("Invalid request body")
    assert client("POST", "/v1/users", headers=headers, body=b'{"a": 1}').status == 200


def test_a_body_of_another_type_is_left_to_the_function(client: Client) -> None:
    headers = {**SIGNED_IN, "Content-Type": "text/plain"}
    assert client("POST", "/v1/users", headers=headers, body=b"no json").status == 200


def test_a_missing_parameter_is_named(serve: Serve) -> None:
    api = api_of()
    method = api.body.methods["/v1/users", "GET"]
    parameters = {
        **method.parameters,
        "requestParameters": {"method.request.querystring.team": True},
    }
    methods = {**api.body.methods, ("/v1/users", "GET"): replace(method, parameters=parameters)}
    client = serve(api, body=replace(api.body, methods=methods))
    answer = client("GET", "/v1/users", headers=SIGNED_IN)
    assert_refused(answer, "BAD_REQUEST_PARAMETERS")
    assert answer.json["detail"] == "Missing required request parameters: [team]"
    assert client("GET", "/v1/users?team=a", headers=SIGNED_IN).status == 200


@pytest.mark.parametrize("target", ["/v1/products/%zz", "/v1/products/%", "/v1/products/caf\xe9"])
def test_a_path_that_is_not_percent_encoded_is_a_bad_request(client: Client, target: str) -> None:
    with socket.create_connection((client.address.hostname, client.address.port), 10) as raw:
        raw.sendall(f"GET /dev{target} HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1"))
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")


def test_headers_above_the_quota_are_refused(client: Client) -> None:
    answer = client("GET", "/v1/products", headers={"x-large": "x" * 11_000})
    assert_refused(answer, "DEFAULT_4XX", 431)


@pytest.mark.parametrize("what", ["crash", "raise"])
def test_a_function_that_fails_is_a_bad_gateway_and_the_next_call_works(
    client: Client, what: str
) -> None:
    assert_refused(client("GET", do(what)), "INTEGRATION_FAILURE")
    assert client("GET", "/v1/products").status == 200


@pytest.mark.parametrize(
    "returned",
    [
        '"text"',
        "null",
        '{"statusCode": "abc"}',
        '{"statusCode": 99}',
        '{"statusCode": 200, "body": {}}',
        '{"statusCode": 200, "extra": 1}',
        '{"statusCode": 200, "headers": {"a b": "c"}}',
        '{"statusCode": 200, "headers": {"a": "b\\r\\nc: d"}}',
        '{"statusCode": 200, "headers": {"a": {}}}',
        '{"statusCode": 200, "multiValueHeaders": {"a": "b"}}',
    ],
)
def test_a_malformed_answer_is_a_bad_gateway(client: Client, returned: str) -> None:
    assert_refused(client("GET", do(f"return {returned}")), "INTEGRATION_FAILURE")


def test_a_function_that_hangs_times_out_while_others_answer(client: Client) -> None:
    began = time.monotonic()
    answers: list[Any] = []
    hanging = threading.Thread(target=lambda: answers.append(client("GET", do("hang"))))
    hanging.start()
    assert client("GET", "/v1/products").status == 200
    assert time.monotonic() - began < 0.6
    hanging.join()
    assert_refused(answers[0], "INTEGRATION_TIMEOUT")
    assert time.monotonic() - began < 2


def test_a_method_is_throttled_by_itself(serve: Serve) -> None:
    settings = {
        "~1v1~1products/GET": MethodSettings(limit=Limit(rate=0.001, burst=2)),
        "*/*": MethodSettings(limit=Limit(rate=1000, burst=1000)),
    }
    client = serve(method_settings=settings)
    assert [client("GET", "/v1/products").status for _ in range(2)] == [200, 200]
    assert_refused(client("GET", "/v1/products"), "THROTTLED")
    assert client("GET", "/health").status == 200


def test_a_key_has_its_throttle_and_its_quota(serve: Serve) -> None:
    slow = replace(KEY, limit=Limit(rate=0.001, burst=1))
    client = serve(keys=(slow,))
    assert client("GET", "/v1/orders", headers=SIGNED_IN).status == 200
    assert_refused(client("GET", "/v1/orders", headers=SIGNED_IN), "THROTTLED")
    assert client("GET", "/v1/products").status == 200
    client = serve(keys=(replace(KEY, quota=1),))
    assert client("GET", "/v1/orders", headers=SIGNED_IN).status == 200
    assert_refused(client("GET", "/v1/orders", headers=SIGNED_IN), "QUOTA_EXCEEDED")


@pytest.mark.parametrize("path", sorted(gateway_shape()))
def test_a_preflight_is_answered_without_identity(client: Client, path: str) -> None:
    headers = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    path = path.replace("{userId}", "1").replace("{proxy+}", "x")
    answer = client("OPTIONS", path, headers=headers)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]


def test_a_list_of_origins_is_answered_with_the_one_that_asks(serve: Serve) -> None:
    origins = ("https://app.example.com", "https://admin.example.com")
    client = serve(api_of(origins=origins))

    def allowed(path: str, origin: str, method: str = "OPTIONS") -> str:
        answer = client(method, path, headers={"Origin": origin})
        assert answer.headers["Vary"] == "Origin"
        return answer.headers["Access-Control-Allow-Origin"]

    for origin in origins:
        assert allowed("/v1/orders", origin) == origin
        assert allowed("/health", origin, "GET") == origin
        assert allowed("/v1/orders", origin, "GET") == origin
    assert allowed("/v1/orders", "https://evil.example.com") == origins[0]


def test_health_is_answered_by_the_template(client: Client) -> None:
    answer = client("GET", "/health")
    assert answer.status == 200
    assert answer.json["status"] == "healthy"
    assert time.strptime(answer.json["timestamp"], "%d/%b/%Y:%H:%M:%S +0000")


def test_a_template_takes_only_its_media_type(client: Client) -> None:
    answer = client("GET", "/health", headers={"Content-Type": "text/xml"})
    assert_refused(answer, "UNSUPPORTED_MEDIA_TYPE")


def test_the_cache_answers_by_its_keys_and_only_public_reads(
    serve: Serve, functions: Functions
) -> None:
    cached = MethodSettings(cached=True, cache_ttl_seconds=60)
    settings = {"~1v1~1products/GET": cached, "~1v1~1products~1{proxy+}/GET": cached}
    client = serve(method_settings=settings, cache_cluster=True)

    def answered_as(path: str) -> str:
        return client("GET", path).json["requestContext"]["requestId"]

    first = answered_as("/v1/products?category=a&other=1")
    assert answered_as("/v1/products?category=a&other=2") == first
    assert answered_as("/v1/products?category=b") != first
    for _ in range(2):
        client("GET", "/v1/products/cached-one")
        client("POST", "/v1/products/posted", headers=SIGNED_IN)
        client("GET", "/v1/orders/ordered", headers=SIGNED_IN)
    assert calls(functions, "called /v1/products/cached-one", 1) == 1
    assert calls(functions, "called /v1/products/posted", 2) == 2
    assert calls(functions, "called /v1/orders/ordered", 2) == 2


def test_without_a_cache_cluster_nothing_is_kept(serve: Serve, functions: Functions) -> None:
    client = serve(method_settings={"~1v1~1products~1{proxy+}/GET": MethodSettings(cached=True)})
    for _ in range(2):
        client("GET", "/v1/products/fresh")
    assert calls(functions, "called /v1/products/fresh", 2) == 2


def test_head_is_answered_by_any_without_a_body(client: Client) -> None:
    answer = client("HEAD", "/v1/orders", headers=SIGNED_IN)
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


def test_answers_carry_the_gateways_ids(client: Client) -> None:
    answer = client("GET", "/v1/products")
    assert answer.json["requestContext"]["requestId"] == answer.headers["x-amzn-RequestId"]
    assert answer.json["headers"]["X-Amzn-Trace-Id"] == answer.headers["X-Amzn-Trace-Id"]


def test_the_access_log_has_the_deployed_form_and_no_key(
    serve: Serve, functions: Functions
) -> None:
    form = {
        "id": "$context.requestId",
        "status": "$context.status",
        "who": "$context.authorizer.sub",
        "error": "$context.error.responseType",
        "key": "$context.identity.apiKeyId",
        "value": "$context.identity.apiKey",
    }
    client = serve(access_log_format=json.dumps(form))
    answer = client("GET", "/v1/orders", headers=SIGNED_IN)
    client("GET", "/v1/orders")
    lines = [json.loads(line.text) for line in functions.logs.after(0, "access log")]
    assert lines[-2] == {
        "id": answer.headers["x-amzn-RequestId"],
        "status": "200",
        "who": "good",
        "error": "-",
        "key": KEY.id,
        "value": "-",
    }
    assert (lines[-1]["status"], lines[-1]["error"]) == ("401", "UNAUTHORIZED")
