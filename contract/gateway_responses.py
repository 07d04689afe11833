"""What API Gateway itself answers when a request does not reach, or fails in, a function.

One table; the bodies are problem details (RFC 9457) with the request's id. Names and default status
codes: "Gateway response types for API Gateway" in the API Gateway developer guide.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from contract.cors import ANY_ORIGIN
from handlers.common.facts import EXPOSED_HEADERS, PROBLEM_JSON


@dataclass(frozen=True, kw_only=True)
class GatewayResponse:
    """One gateway response.

    Attributes:
        type: API Gateway's name of the case.
        status: HTTP status; None leaves the status of the case (the two defaults).
        title: the problem's short name.
        detail: what the caller can do about it; may hold `$context` variables.
        headers: response headers beyond CORS and content type.
    """

    type: str
    status: int | None
    title: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


_CHALLENGE = (("WWW-Authenticate", "Bearer"),)
_RETRY_SOON = (("Retry-After", "1"),)
_RETRY_LATER = (("Retry-After", "3600"),)

GATEWAY_RESPONSES: tuple[GatewayResponse, ...] = (
    GatewayResponse(
        type="UNAUTHORIZED",
        status=401,
        title="Unauthorized",
        detail="Send Authorization: Bearer with a valid access token, and x-api-key.",
        headers=_CHALLENGE,
    ),
    GatewayResponse(
        type="ACCESS_DENIED",
        status=403,
        title="Forbidden",
        detail="This identity may not call the API.",
    ),
    GatewayResponse(
        type="INVALID_API_KEY",
        status=403,
        title="Forbidden",
        detail="The x-api-key header holds no key of this API.",
    ),
    GatewayResponse(
        type="EXPIRED_TOKEN",
        status=403,
        title="Forbidden",
        detail="The security token has expired.",
    ),
    GatewayResponse(
        type="INVALID_SIGNATURE",
        status=403,
        title="Forbidden",
        detail="The request's AWS signature is not valid.",
    ),
    GatewayResponse(
        type="WAF_FILTERED",
        status=403,
        title="Forbidden",
        detail="The request was refused by the web application firewall.",
    ),
    GatewayResponse(
        type="MISSING_AUTHENTICATION_TOKEN",
        status=404,
        title="Not Found",
        detail="There is no such path, or it does not take this method.",
    ),
    GatewayResponse(
        type="RESOURCE_NOT_FOUND",
        status=404,
        title="Not Found",
        detail="There is no such path.",
    ),
    GatewayResponse(
        type="BAD_REQUEST_PARAMETERS",
        status=400,
        title="Bad Request",
        detail="$context.error.validationErrorString",
    ),
    GatewayResponse(
        type="BAD_REQUEST_BODY",
        status=422,
        title="Unprocessable Content",
        detail="$context.error.validationErrorString",
    ),
    GatewayResponse(
        type="REQUEST_TOO_LARGE",
        status=413,
        title="Content Too Large",
        detail="The request is larger than the 6 MB that a function takes.",
    ),
    GatewayResponse(
        type="UNSUPPORTED_MEDIA_TYPE",
        status=415,
        title="Unsupported Media Type",
        detail="Send application/json.",
    ),
    GatewayResponse(
        type="THROTTLED",
        status=429,
        title="Too Many Requests",
        detail="The rate limit is exceeded; try again shortly.",
        headers=_RETRY_SOON,
    ),
    GatewayResponse(
        type="QUOTA_EXCEEDED",
        status=429,
        title="Too Many Requests",
        detail="The quota of this API key is used up.",
        headers=_RETRY_LATER,
    ),
    GatewayResponse(
        type="AUTHORIZER_FAILURE",
        status=500,
        title="Internal Server Error",
        detail="The identity could not be checked; try again.",
    ),
    GatewayResponse(
        type="AUTHORIZER_CONFIGURATION_ERROR",
        status=500,
        title="Internal Server Error",
        detail="The identity could not be checked.",
    ),
    GatewayResponse(
        type="API_CONFIGURATION_ERROR",
        status=500,
        title="Internal Server Error",
        detail="The API is not set up correctly.",
    ),
    GatewayResponse(
        type="INTEGRATION_FAILURE",
        status=502,
        title="Bad Gateway",
        detail="The service failed to answer; try again.",
    ),
    GatewayResponse(
        type="INTEGRATION_TIMEOUT",
        status=504,
        title="Gateway Timeout",
        detail="The service did not answer in time; try again.",
    ),
    GatewayResponse(
        type="DEFAULT_4XX",
        status=None,
        title="Request refused",
        detail="$context.error.responseType",
    ),
    GatewayResponse(
        type="DEFAULT_5XX",
        status=None,
        title="Request failed",
        detail="$context.error.responseType",
    ),
)


def gateway_responses_body(cors_origins: Sequence[str]) -> dict[str, object]:
    """The value of `x-amazon-apigateway-gateway-responses`.

    Gateway responses run no templates, so a list of origins can't be compared here: the request's
    Origin is taken as it is, and credentials are never allowed.

    Args:
        cors_origins: origins that browsers may call from; `*` for any.
    """
    origin = f"'{ANY_ORIGIN}'" if ANY_ORIGIN in cors_origins else "method.request.header.Origin"
    return {
        response.type: _response_body(response, origin=origin) for response in GATEWAY_RESPONSES
    }


def _response_body(response: GatewayResponse, *, origin: str) -> dict[str, object]:
    headers = {
        "Content-Type": f"'{PROBLEM_JSON}'",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": f"'{', '.join(EXPOSED_HEADERS)}'",
        **{name: f"'{value}'" for name, value in response.headers},
    }
    if not origin.startswith("'"):
        headers["Vary"] = "'Origin'"
    problem: dict[str, object] = {"type": "about:blank", "title": response.title}
    if response.status is not None:
        problem["status"] = response.status
    problem |= {"detail": response.detail, "requestId": "$context.requestId"}
    body: dict[str, object] = {
        "responseParameters": {
            f"gatewayresponse.header.{name}": value for name, value in headers.items()
        },
        "responseTemplates": {"application/json": json.dumps(problem)},
    }
    if response.status is not None:
        body["statusCode"] = response.status
    return body
