"""HTTP answers: JSON, problem details (RFC 9457) and the CORS headers of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from handlers.common import errors
from handlers.common.facts import EXPOSED_HEADERS, PROBLEM_JSON

RETRY_AFTER_SECONDS = 1

STATUS_OF: dict[type[errors.DomainError], int] = {
    errors.BadParameter: 400,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.VersionMismatch: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.InvalidBody: 422,
    errors.Unavailable: 503,
}

_TITLE_OF = {413: "Content Too Large", 422: "Unprocessable Content"}
"""RFC 9110's names where Python's are older."""


def json_answer(status: int, body: str, headers: Mapping[str, str] | None = None) -> Response[str]:
    """An answer whose body is JSON text already."""
    return Response(
        status_code=status,
        content_type="application/json",
        body=body,
        headers=dict(headers or {}),
    )


def empty_answer() -> Response[str]:
    return Response(status_code=204, content_type=None, body="")


def problem(error: errors.DomainError, request_id: str) -> Response[str]:
    """The problem details of a domain error."""
    headers: dict[str, str] = {}
    extra: dict[str, Any] = {}
    if isinstance(error, errors.Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, errors.MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    if isinstance(error, errors.InvalidBody) and error.errors:
        extra["errors"] = [
            {"field": found.field, "message": found.message} for found in error.errors
        ]
    return _problem(STATUS_OF[type(error)], str(error), request_id, headers, extra)


def unexpected_failure(request_id: str) -> Response[str]:
    """The answer to a fault of ours; the cause is in the log under the request's id."""
    return _problem(500, "The service failed; report the request id.", request_id, {}, {})


def cors_headers(allowed: tuple[str, ...], origin: str | None) -> dict[str, str]:
    """What lets a page of an allowed origin read the answer.

    With `*` the headers stand in every answer, since the stage cache may keep one that was asked
    for without an Origin and give it to a browser.

    Args:
        allowed: origins that may read; `*` for any.
        origin: the request's Origin.
    """
    exposed = {"Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS)}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", **exposed}
    if origin in allowed:
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", **exposed}
    return {"Vary": "Origin"}


def _problem(
    status: int,
    detail: str,
    request_id: str,
    headers: dict[str, str],
    extra: Mapping[str, Any],
) -> Response[str]:
    return Response(
        status_code=status,
        content_type=PROBLEM_JSON,
        body=json.dumps(
            {
                "type": "about:blank",
                "title": _TITLE_OF.get(status, HTTPStatus(status).phrase),
                "status": status,
                "detail": detail,
                "requestId": request_id,
                **extra,
            }
        ),
        headers=dict(headers),
    )
