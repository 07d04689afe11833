import json
from typing import Any

import pytest

from local.gateway.api_request import RefusedRequest
from local.gateway.http_server import HttpResponse
from local.gateway.proxy_response import proxy_response


def response(answer: Any, accept: str = "*/*", binary: tuple[str, ...] = ()) -> HttpResponse:
    return proxy_response(json.dumps(answer).encode(), accept=accept, binary_media_types=binary)


def test_nothing_but_a_status_is_json_and_empty() -> None:
    assert response({"statusCode": "201"}) == HttpResponse(
        status=201, headers=[("Content-Type", "application/json")], body=b""
    )


def test_several_values_win_over_one() -> None:
    answer = response(
        {
            "headers": {"A": "1", "b": True, "content-type": "text/plain"},
            "multiValueHeaders": {"a": ["2", "3"]},
        }
    )
    assert list(answer.headers) == [
        ("b", "true"),
        ("content-type", "text/plain"),
        ("a", "2"),
        ("a", "3"),
    ]


def test_headers_that_belong_to_the_gateway_are_renamed_or_dropped() -> None:
    headers = {"WWW-Authenticate": "Bearer", "Content-Length": "3", "Transfer-Encoding": "chunked"}
    answer = response({"headers": headers})
    assert ("x-amzn-Remapped-WWW-Authenticate", "Bearer") in answer.headers
    assert len(answer.headers) == 2


@pytest.mark.parametrize(
    ("accept", "body"),
    [("image/png", b"\x89P"), ("image/png;q=1, text/html", b"\x89P"), ("text/html", b"iVA=")],
)
def test_binary_content_is_decoded_for_clients_that_accept_it_first(
    accept: str, body: bytes
) -> None:
    answer = {"body": "iVA=", "isBase64Encoded": True}
    assert response(answer, accept, ("image/*",)).body == body


def test_content_that_is_no_base64_is_a_configuration_error() -> None:
    with pytest.raises(RefusedRequest) as refused:
        response({"body": "?", "isBase64Encoded": True}, "image/png", ("image/png",))
    assert refused.value.kind == "API_CONFIGURATION_ERROR"
