from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common.routes import ROUTES
from tests.walks import examples

PROBLEM = "application/problem+json"
CALLS = [(route.method, re.sub(r"{\w+}", "{}", route.path)) for route in ROUTES if route.function]
METHODS_OF = {
    route.path: {one.method for one in ROUTES if one.path == route.path}
    for route in ROUTES
    if route.function
}
TEAPOT = {
    "name": "Teapot",
    "category": "kitchen",
    "price": {"amount": 1, "currency": "EUR"},
    "stock": 1,
}


@pytest.mark.walk
@settings(max_examples=examples(60, 400), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bytes_at_all_give_a_4xx_and_change_nothing(
    api: Any, gateway_event: Any, people: Any, items: Any, data: Any
) -> None:
    method, path = data.draw(st.sampled_from(CALLS))
    text = st.text(max_size=50)
    event = gateway_event(
        method,
        path.format("x"),
        person=people["admin"],
        body=data.draw(st.none() | text | st.binary(max_size=200)),
        headers={
            "Content-Type": data.draw(
                st.sampled_from(["application/json", "APPLICATION/JSON; charset=utf-8"]) | text
            ),
            "If-Match": data.draw(st.sampled_from(['"1"', "*"]) | text),
            "Idempotency-Key": data.draw(st.just("k") | text),
            "Origin": data.draw(text),
        },
    )
    event["path"] = path.format(data.draw(text))
    event["isBase64Encoded"] = data.draw(st.booleans())
    event["queryStringParameters"] = data.draw(
        st.none()
        | st.dictionaries(st.sampled_from(["limit", "cursor", "category", "userId"]), text)
    )
    event["multiValueQueryStringParameters"] = None
    if event["path"].split("/")[2] not in ("users", "products", "orders"):
        return
    answer = api.event(event)
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json["status"] == answer.status
    assert items() == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "7",
        '"text"',
        "{",
        "{}{}",
        "\ufeff{}",
        "\ud800",
        '{"name": "\\ud800"}',
        '{"price": {"amount": NaN}}',
        '{"price": {"amount": 1e999}}',
        '{"stock": ' + "9" * 5000 + "}",
        "[" * 20_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        b"\xff\xfe{}",
        b"",
        b"\x00",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_broken_body_is_unprocessable(
    api: Any, gateway_event: Any, people: Any, items: Any, body: str | bytes
) -> None:
    for url in ("/v1/users", "/v1/products", "/v1/orders"):
        event = gateway_event(
            "POST",
            url,
            person=people["admin"],
            headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
            body=body,
        )
        answer = api.event(event)
        assert answer.status == 422
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json["requestId"] == event["requestContext"]["requestId"]
    assert items() == []


def test_a_body_that_is_not_json_is_told_from_one_of_another_form(
    api: Any, gateway_event: Any, people: Any
) -> None:
    for body, detail in (
        ("", "The body is not JSON."),
        ("{", "The body is not JSON."),
        ("{}{}", "The body is not JSON."),
        (b"\xff", "The body is not JSON."),
        ("\ud800", "The body is not JSON in UTF-8."),
        ("[]", "The body is not what this route takes."),
        ("{}", "The body is not what this route takes."),
    ):
        event = gateway_event(
            "POST",
            "/v1/products",
            person=people["admin"],
            headers={"Content-Type": "application/json"},
            body=body,
        )
        answer = api.event(event).json
        assert answer["detail"] == detail
        assert ("errors" in answer) == (detail == "The body is not what this route takes.")


@pytest.mark.parametrize("in_base64", [True, False])
def test_a_body_has_at_most_64_kilobytes(
    api: Any, gateway_event: Any, people: Any, in_base64: bool
) -> None:
    text = json.dumps({**TEAPOT, "name": "Teapot \u00e9"}, ensure_ascii=False)
    for size, status in ((64 * 1024, 201), (64 * 1024 + 1, 413)):
        padded = text + " " * (size - len(text.encode()))
        event = gateway_event(
            "POST",
            "/v1/products",
            person=people["admin"],
            headers={"Content-Type": "application/json"},
            body=padded.encode() if in_base64 else padded,
        )
        assert api.event(event).status == status


@pytest.mark.parametrize("kilobytes", [65, 390, 400, 6000])
def test_a_body_near_or_beyond_dynamodb_s_limit_is_too_large(
    api: Any, people: Any, items: Any, kilobytes: int
) -> None:
    body = {**TEAPOT, "description": "x" * kilobytes * 1024}
    assert api("POST", "/v1/products", people["admin"], body).status == 413
    assert items() == []


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
                     "application/json; charset=utf-16"],
)  # fmt: skip
def test_a_body_that_is_not_sent_as_json_is_refused(
    api: Any, people: Any, content_type: str
) -> None:
    answer = api("POST", "/v1/products", people["admin"], TEAPOT, Content_Type=content_type)
    assert answer.status == 415


def test_a_long_list_of_errors_is_cut(api: Any, people: Any) -> None:
    body = {**TEAPOT, **{f"x{number}": 1 for number in range(3000)}}
    answer = api("POST", "/v1/products", people["admin"], body)
    assert answer.status == 422
    assert len(answer.json["errors"]) == 20


@pytest.mark.parametrize("path", METHODS_OF)
def test_other_methods_of_each_path_of_the_table_are_answered_405(
    api: Any, people: Any, path: str
) -> None:
    allowed = ", ".join(sorted(METHODS_OF[path]))
    url = re.sub(r"{\w+}", "x", path)
    for method in {"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} - METHODS_OF[path]:
        answer = api(method, url, people["admin"])
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)
        assert answer.json["status"] == 405


@pytest.mark.parametrize("path", ["/v1/orders/x/y", "/v1/products/x/y", "/v1/users/x/y"])
def test_other_paths_are_not_found(api: Any, people: Any, path: str) -> None:
    answer = api("GET", path, people["admin"])
    assert (answer.status, answer.headers["Content-Type"]) == (404, PROBLEM)


def test_browsers_of_listed_origins_may_read_every_answer(api: Any) -> None:
    for path in ("/v1/products", "/v1/products/x"):
        answer = api("GET", path, None, Origin="https://shop.example.com")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example.com"
        assert answer.headers["Vary"] == "Origin"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


def test_browsers_of_other_origins_may_not(api: Any) -> None:
    for origin in ("https://evil.example.com", "null", "https://shop.example.com.evil.example"):
        answer = api("GET", "/v1/products", None, Origin=origin)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


def test_with_any_origin_allowed_a_cached_answer_serves_browsers_too() -> None:
    from handlers.common.answers import cors_headers

    assert cors_headers(("*",), None)["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem"),
        ConnectTimeoutError(endpoint_url="https://dynamodb"),
        ReadTimeoutError(endpoint_url="https://dynamodb"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_busy_aws_is_503_with_the_time_to_wait(
    api: Any, people: Any, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    from handlers.common.aws_clients import dynamodb

    def fail(*_: Any, **__: Any) -> Any:
        raise failure

    monkeypatch.setattr(dynamodb(), "_make_api_call", fail)
    for method, path, body in (
        ("GET", "/v1/users", None),
        ("GET", "/v1/users/me", None),
        ("GET", "/v1/products", None),
        ("POST", "/v1/products", TEAPOT),
        ("PUT", "/v1/products/x", TEAPOT),
        ("DELETE", "/v1/products/x", None),
        ("GET", "/v1/orders/x", None),
        ("POST", "/v1/orders", {"lines": [{"productId": "x", "quantity": 1}]}),
    ):
        answer = api(method, path, people["admin"], body, Idempotency_Key="k")
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Content-Type"] == PROBLEM


def test_a_fault_of_ours_is_answered_without_its_cause(
    api: Any, monkeypatch: pytest.MonkeyPatch, log: Any
) -> None:
    from handlers.common.aws_clients import dynamodb

    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("ada@example.com")

    monkeypatch.setattr(dynamodb(), "_make_api_call", fail)
    answer = api("GET", "/v1/products/x", None)
    assert answer.status == 500
    logged = log()
    assert "RuntimeError" in logged
    assert "ada@example.com" not in answer.text + logged


def test_no_log_line_holds_a_token_key_or_personal_datum(api: Any, people: Any, log: Any) -> None:
    secrets = {
        "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.secret-token.signature",
        "x_api_key": "secret-api-key",
        "Idempotency_Key": "secret-idempotency-key",
    }
    ada = {"email": "ada@example.com", "givenName": "Augusta", "familyName": "Lovelace"}
    product = api.product()["productId"]
    for method, url, body in (
        ("POST", "/v1/users", ada),
        ("POST", "/v1/users", ada),
        ("POST", "/v1/users", {**ada, "email": "ada@nowhere@example.com"}),
        ("PUT", "/v1/users/me", ada),
        ("GET", "/v1/users/me", None),
        ("GET", f"/v1/users/{people['alice'].sub}", None),
        ("GET", "/v1/orders?cursor=secret-cursor", None),
        ("POST", "/v1/orders", {"lines": [{"productId": product, "quantity": 1}]}),
        ("GET", f"/v1/orders?userId={people['bob'].sub}", None),
        ("DELETE", "/v1/users/me", None),
    ):
        api(method, url, json_body=body, **secrets)
    logged = log()
    lines = [json.loads(line) for line in logged.splitlines()]
    assert any(line.get("correlation_id") for line in lines)
    personal = {*ada.values(), people["alice"].sub, people["bob"].sub, "nowhere", "secret"}
    assert [word for word in personal if word in logged] == []


def test_the_log_tells_method_resource_and_status(api: Any, log: Any) -> None:
    api("GET", "/v1/products/x", None)
    lines = [json.loads(line) for line in log().splitlines()]
    answered = next(line for line in lines if line.get("message") == "answered")
    assert (answered["method"], answered["status"]) == ("GET", 404)
    assert answered["resource"] == "/v1/products/{proxy+}"
    assert answered["correlation_id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    counted = next(line for line in lines if "_aws" in line)
    assert counted["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "AwsPlatform/api"
    assert counted["Answers4xx"] == [1.0]


def test_a_request_costs_a_constant_number_of_calls(
    api: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.common import aws_clients

    calls: list[str] = []
    for client in (aws_clients.dynamodb(), aws_clients.cognito()):
        original = client._make_api_call

        def count(operation: str, parameters: Any, _original: Any = original) -> Any:
            calls.append(operation)
            return _original(operation, parameters)

        monkeypatch.setattr(client, "_make_api_call", count)

    def cost(
        method: str, url: str, person: Any = people["alice"], body: Any = None, **headers: str
    ) -> Any:
        calls.clear()
        answer = api(method, url, person, body, **headers)
        assert answer.status < 300, answer.text
        return dict.fromkeys(sorted(calls)), len(calls), answer

    ada = {"email": "ada@example.com", "givenName": "A", "familyName": "L"}
    products = [api.product()["productId"] for _ in range(12)]
    lines = {"lines": [{"productId": one, "quantity": 1} for one in products]}
    admin = people["admin"]
    assert cost("POST", "/v1/users", body=ada)[:2] == ({"PutItem": None}, 1)
    assert cost("GET", "/v1/users/me")[:2] == ({"GetItem": None}, 1)
    assert cost("PUT", "/v1/users/me", body=ada)[:2] == ({"UpdateItem": None}, 1)
    assert cost("GET", "/v1/users", admin)[:2] == ({"Query": None}, 4)
    assert cost("GET", "/v1/products", None)[:2] == ({"Query": None}, 4)
    assert cost("GET", "/v1/products?category=kitchen", None)[:2] == ({"Query": None}, 4)
    assert cost("GET", f"/v1/products/{products[0]}", None)[:2] == ({"GetItem": None}, 1)
    assert cost("POST", "/v1/products", admin, TEAPOT)[:2] == ({"PutItem": None}, 1)
    assert cost("PUT", f"/v1/products/{products[0]}", admin, TEAPOT)[:2] == (
        {"UpdateItem": None},
        1,
    )
    names, count_, placed = cost("POST", "/v1/orders", body=lines, Idempotency_Key="k")
    assert (list(names), count_) == (["BatchGetItem", "TransactWriteItems"], 2)
    assert cost("POST", "/v1/orders", body=lines, Idempotency_Key="k")[1] == 1
    order = f"/v1/orders/{placed.json['orderId']}"
    assert cost("GET", order)[:2] == ({"GetItem": None}, 1)
    assert cost("GET", "/v1/orders")[:2] == ({"Query": None}, 1)
    names, count_, _ = cost("POST", f"{order}/cancel")
    assert (list(names), count_) == (["GetItem", "TransactWriteItems"], 2)
    assert cost("DELETE", f"/v1/products/{products[0]}", admin)[:2] == ({"DeleteItem": None}, 1)
    assert cost("DELETE", "/v1/users/me")[1] == 3, "two in DynamoDB, and one try at Cognito"
