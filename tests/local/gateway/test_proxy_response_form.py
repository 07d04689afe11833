"""The form that a function's answer must have.

"Output format of a Lambda function for proxy integration" of the API Gateway developer guide.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.gateway.api_request import RefusedRequest
from local.gateway.http_server import HttpResponse
from local.gateway.proxy_response import proxy_response

# "Amazon API Gateway important notes": headers of an answer that are remapped.
REMAPPED = [
    *("Authorization", "Connection", "Content-MD5", "Date", "Expect", "Host", "Max-Forwards"),
    *("Proxy-Authenticate", "Server", "TE", "Trailer", "Upgrade", "User-Agent"),
    "WWW-Authenticate",
]


def response(answer: Any, accept: str | None = None, binary: tuple[str, ...] = ()) -> HttpResponse:
    payload = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return proxy_response(payload, accept=accept, binary_media_types=binary)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("text", "it is no object"),
        ([], "it is no object"),
        (None, "it is no object"),
        ({"status": 200, "content": ""}, "unknown content, status"),
        ({"statusCode": True}, "statusCode is True"),
        ({"statusCode": None}, "statusCode is None"),
        ({"statusCode": 199}, "statusCode is 199"),
        ({"statusCode": 600}, "statusCode is 600"),
        ({"statusCode": 2000}, "statusCode is 2000"),
        ({"statusCode": 200.0}, "statusCode is 200.0"),
        ({"body": {"a": 1}}, "body is no text"),
        ({"body": 7}, "body is no text"),
        ({"headers": []}, "headers is no object"),
        ({"headers": "a: b"}, "headers is no object"),
        ({"multiValueHeaders": ["a"]}, "multiValueHeaders is no object"),
        ({"multiValueHeaders": {"a": "b"}}, "multiValueHeaders.a is no list"),
        ({"headers": {"a b": "c"}}, "'a b' is no header name"),
        ({"headers": {"": "c"}}, "'' is no header name"),
        ({"headers": {"a": None}}, "header a is no text"),
        ({"headers": {"a": ["b"]}}, "header a is no text"),
        ({"headers": {"a": "b\r\nc: d"}}, "header a holds control characters"),
        ({"headers": {"a": "b\x00"}}, "header a holds control characters"),
        ({"headers": {"a": "\x7fb"}}, "header a holds control characters"),
    ],
)
def test_another_form_is_a_bad_gateway_that_says_why(answer: Any, why: str) -> None:
    with pytest.raises(RefusedRequest) as refused:
        response(answer)
    assert (refused.value.kind, refused.value.status) == ("INTEGRATION_FAILURE", 502)
    assert refused.value.cause == f"Malformed Lambda proxy response: {why}"


def test_what_is_no_json_is_a_bad_gateway() -> None:
    with pytest.raises(RefusedRequest, match=r"^Malformed Lambda proxy response: Expecting"):
        response(b"{")


@pytest.mark.parametrize("status", [200, "200", 204, 404, "599"])
def test_every_status_that_ends_a_request_is_taken(status: Any) -> None:
    assert response({"statusCode": status}).status == int(status)


def test_nothing_at_all_is_an_empty_success() -> None:
    empty = HttpResponse(status=200, headers=[("Content-Type", "application/json")], body=b"")
    assert response({}) == empty
    nulls = dict.fromkeys(["headers", "multiValueHeaders", "body", "isBase64Encoded"])
    assert response(nulls) == empty


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (" a\t", "a"),
        ("a\tb", "a\tb"),
        ("", ""),
        (3, "3"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
    ],
)
def test_values_of_headers_are_texts(value: Any, text: str) -> None:
    assert response({"headers": {"a": value}}).headers[0] == ("a", text)
    assert response({"multiValueHeaders": {"a": [value]}}).headers[0] == ("a", text)


@pytest.mark.parametrize("name", [*REMAPPED, *map(str.lower, REMAPPED)])
def test_headers_of_the_gateway_itself_are_sent_under_another_name(name: str) -> None:
    headers = response({"headers": {name: "x"}}).headers
    assert headers[0] == (f"x-amzn-Remapped-{name}", "x")


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_what_the_gateway_decides_itself_is_dropped(name: str) -> None:
    answer = {"headers": {name: "9"}, "multiValueHeaders": {name: ["8"]}}
    assert list(response(answer).headers) == [("Content-Type", "application/json")]


def test_a_type_of_the_function_is_kept_whatever_its_case() -> None:
    answer = {"multiValueHeaders": {"CONTENT-TYPE": ["text/plain"]}}
    assert list(response(answer).headers) == [("CONTENT-TYPE", "text/plain")]


@pytest.mark.parametrize(
    ("accept", "binary", "encoded", "body"),
    [
        ("image/png", ("image/png",), True, b"\x89P"),
        ("IMAGE/PNG", ("image/*",), True, b"\x89P"),
        ("text/html", ("*/*",), True, b"\x89P"),
        ("text/html, image/png", ("image/png",), True, b"iVA="),
        (None, ("image/png",), True, b"iVA="),
        ("image/png", (), True, b"iVA="),
        ("image/png", ("image/png",), False, b"iVA="),
    ],
)
def test_base64_is_decoded_where_the_client_first_accepts_a_binary_type(
    accept: str | None, binary: tuple[str, ...], encoded: bool, body: bytes
) -> None:
    """ "Content type conversions in API Gateway": the first type of Accept decides."""
    answer = {"body": "iVA=", "isBase64Encoded": encoded}
    assert response(answer, accept, binary).body == body


def test_text_that_has_no_bytes_is_replaced() -> None:
    assert response({"body": "\ud800ä"}).body == "?ä".encode()


def test_content_that_is_no_base64_says_so() -> None:
    with pytest.raises(RefusedRequest, match=r"^body is no Base64$"):
        response({"body": "a b=", "isBase64Encoded": True}, "image/png", ("image/png",))
