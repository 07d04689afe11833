"""What functions return to API Gateway.

"Output format of a Lambda function for proxy integration" and "Amazon API Gateway important notes"
(headers that are remapped or left out) of the API Gateway developer guide.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Any, cast

from local.gateway.api_request import RefusedRequest
from local.gateway.binary import is_binary
from local.gateway.http_server import HttpResponse

_FIELDS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
_DROPPED = frozenset({"content-length", "transfer-encoding"})
_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
    }
)
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class _MalformedError(Exception):
    pass


def proxy_response(
    payload: bytes, *, accept: str | None, binary_media_types: Sequence[str]
) -> HttpResponse:
    """The answer that a function's return value means.

    Args:
        payload: the return value, JSON.
        accept: the request's Accept header.
        binary_media_types: those of the API.

    Raises:
        RefusedRequest: the return value has not the right form.
    """
    try:
        return _response(json.loads(payload), _wants_binary(accept, binary_media_types))
    except (ValueError, _MalformedError) as error:
        raise RefusedRequest(
            "INTEGRATION_FAILURE", status=502, cause=f"Malformed Lambda proxy response: {error}"
        ) from None


def _wants_binary(accept: str | None, binary_media_types: Sequence[str]) -> bool:
    first = (accept or "").split(",")[0].split(";")[0].strip().lower()
    return bool(binary_media_types) and is_binary(first, binary_media_types)


def _response(returned: Any, wants_binary: bool) -> HttpResponse:
    if not isinstance(returned, dict):
        raise _MalformedError("it is no object")
    answer = cast("dict[str, Any]", returned)
    if unknown := answer.keys() - _FIELDS:
        raise _MalformedError(f"unknown {', '.join(sorted(unknown))}")
    status = answer.get("statusCode", 200)
    if isinstance(status, bool) or not re.fullmatch(r"[2-5]\d\d", str(status)):
        raise _MalformedError(f"statusCode is {status!r}")
    body: Any = answer.get("body")
    if body is not None and not isinstance(body, str):
        raise _MalformedError("body is no text")
    content = (body or "").encode("utf-8", "replace")
    if answer.get("isBase64Encoded") and wants_binary:
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error:
            raise RefusedRequest("API_CONFIGURATION_ERROR", cause="body is no Base64") from None
    return HttpResponse(status=int(status), headers=_headers(answer), body=content)


def _headers(answer: dict[str, Any]) -> list[tuple[str, str]]:
    single = _object(answer, "headers")
    multiple = _object(answer, "multiValueHeaders")
    taken = {name.lower() for name in multiple}
    values: list[tuple[str, Any]] = [
        (name, value) for name, value in single.items() if name.lower() not in taken
    ]
    for name, several in multiple.items():
        if not isinstance(several, list):
            raise _MalformedError(f"multiValueHeaders.{name} is no list")
        values += [(name, value) for value in cast("list[Any]", several)]
    headers = [
        (_sent_name(name), _text(name, value))
        for name, value in values
        if name.lower() not in _DROPPED
    ]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return headers


def _object(answer: dict[str, Any], name: str) -> dict[str, Any]:
    value = answer.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _MalformedError(f"{name} is no object")
    return cast("dict[str, Any]", value)


def _sent_name(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise _MalformedError(f"{name!r} is no header name")
    return f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise _MalformedError(f"header {name} is no text")
    text = str(value).strip()
    if _CONTROL.search(text):
        raise _MalformedError(f"header {name} holds control characters")
    return text
