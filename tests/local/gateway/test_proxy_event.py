"""Events against one as the developer guide and real APIs show it, field for field."""

from typing import Any

from local.gateway.api_request import api_request
from local.gateway.http_server import HttpRequest
from local.gateway.proxy_event import authorizer_event, proxy_event
from local.gateway.routing import Match
from tests.local.gateway.served_api import KEY, api_of

MATCH = Match("/v1/orders/{proxy+}", "ANY", {"proxy": "a%20b"})


def event_of(**changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": "POST",
        "target": "/dev/v1/orders/a%20b?x=1&x=2&empty=&plus=a+b%26",
        "headers": [
            ("Host", "127.0.0.1:8000"),
            ("User-Agent", "curl/8"),
            ("X-Two", "1"),
            ("x-two", "2"),
            ("Content-Length", "9"),
            ("Connection", "keep-alive"),
            ("X-Forwarded-For", "6.6.6.6"),
        ],
        "body": '{"a": "ä"}'.encode(),
    } | changes
    api = api_of()
    return proxy_event(
        api, api_request(HttpRequest(**request), "dev"), MATCH, authorizer={"sub": "s"}, key=KEY
    )


def test_an_event_has_every_field_of_a_real_one() -> None:
    event = event_of()
    context = event.pop("requestContext")
    trace = event["headers"].pop("X-Amzn-Trace-Id")
    assert event.pop("multiValueHeaders") == {
        "Host": ["127.0.0.1:8000"],
        "User-Agent": ["curl/8"],
        "X-Two": ["1", "2"],
        "X-Amzn-Trace-Id": [trace],
        "X-Forwarded-For": ["127.0.0.1"],
        "X-Forwarded-Port": ["8000"],
        "X-Forwarded-Proto": ["http"],
    }
    assert event == {
        "resource": "/v1/orders/{proxy+}",
        "path": "/v1/orders/a%20b",
        "httpMethod": "POST",
        "headers": {
            "Host": "127.0.0.1:8000",
            "User-Agent": "curl/8",
            "X-Two": "2",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Port": "8000",
            "X-Forwarded-Proto": "http",
        },
        "queryStringParameters": {"x": "2", "empty": "", "plus": "a b&"},
        "multiValueQueryStringParameters": {"x": ["1", "2"], "empty": [""], "plus": ["a b&"]},
        "pathParameters": {"proxy": "a%20b"},
        "stageVariables": None,
        "body": '{"a": "ä"}',
        "isBase64Encoded": False,
    }
    assert trace.startswith("Root=1-")
    for name in ("requestId", "extendedRequestId", "requestTime", "requestTimeEpoch", "resourceId"):
        context.pop(name)
    identity = context.pop("identity")
    assert context == {
        "resourcePath": "/v1/orders/{proxy+}",
        "httpMethod": "POST",
        "path": "/dev/v1/orders/a%20b",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "dev",
        "domainPrefix": "abc123",
        "domainName": "abc123.execute-api.us-east-1.amazonaws.com",
        "deploymentId": "dep1",
        "apiId": "abc123",
        "authorizer": {"sub": "s"},
    }
    assert {name: value for name, value in identity.items() if value is not None} == {
        "sourceIp": "127.0.0.1",
        "userAgent": "curl/8",
        "apiKey": KEY.value,
        "apiKeyId": KEY.id,
    }
    assert len(identity) == 14


def test_what_is_empty_is_null() -> None:
    event = event_of(target="/dev/v1/orders/a", body=b"")
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["body"] is None


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert event_of(body=b"caf\xe9")["body"] == "caf\ufffd"


def test_an_authorizer_event_names_the_method() -> None:
    request = api_request(HttpRequest(method="GET", target="/dev/v1/orders", headers=[]), "dev")
    event = authorizer_event(api_of(), request, MATCH, "arn:m")
    assert (event["type"], event["methodArn"]) == ("REQUEST", "arn:m")
    assert "body" not in event
    assert "authorizer" not in event["requestContext"]
