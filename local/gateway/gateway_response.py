"""What API Gateway answers by itself.

Types, default statuses and their fallbacks: "Gateway responses for REST APIs in API Gateway" and
"Gateway response types for API Gateway" of the API Gateway developer guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from local.gateway.api_request import RefusedRequest
from local.gateway.http_server import HttpResponse

DEFAULT_STATUSES = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": 400,
    "DEFAULT_5XX": 500,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
_INTERNAL = "InternalServerErrorException"
ERROR_TYPES = {
    "ACCESS_DENIED": "AccessDeniedException",
    "API_CONFIGURATION_ERROR": _INTERNAL,
    "AUTHORIZER_CONFIGURATION_ERROR": "AuthorizerConfigurationException",
    "AUTHORIZER_FAILURE": "AuthorizerConfigurationException",
    "BAD_REQUEST_BODY": "BadRequestException",
    "BAD_REQUEST_PARAMETERS": "BadRequestException",
    "INTEGRATION_FAILURE": _INTERNAL,
    "INTEGRATION_TIMEOUT": _INTERNAL,
    "INVALID_API_KEY": "ForbiddenException",
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "REQUEST_TOO_LARGE": "BadRequestException",
    "THROTTLED": "TooManyRequestsException",
    "UNAUTHORIZED": "UnauthorizedException",
    "UNSUPPORTED_MEDIA_TYPE": "BadRequestException",
}
"""The header `x-amzn-ErrorType`, by which clients tell one 403 from another.

Those of 403: "How do I troubleshoot HTTP 403 errors from API Gateway?" (AWS re:Post). The others
are those of answers that people have shown; of what is not here nobody has shown one.
"""

_BUILT_IN: Mapping[str, Any] = {
    "responseTemplates": {"application/json": '{"message":$context.error.messageString}'}
}
_VARIABLE = re.compile(r"\$(?:\{(context(?:\.[\w-]+)+)\}|(context(?:\.[\w-]+)+))")


def gateway_response(
    deployed: Mapping[str, Mapping[str, Any]],
    refused: RefusedRequest,
    context: Mapping[str, Any],
    value_of: Callable[[str], str | None],
) -> HttpResponse:
    """The answer to a request that was refused.

    Args:
        deployed: the deployed gateway responses by type.
        refused: why it was refused.
        context: `$context` of the request.
        value_of: what a mapping expression such as `method.request.header.Origin` holds.
    """
    own = deployed.get(refused.kind)
    status = refused.status or DEFAULT_STATUSES[refused.kind]
    group = "DEFAULT_5XX" if status >= 500 else "DEFAULT_4XX"
    response = own or deployed.get(group) or _BUILT_IN
    status = int(response.get("statusCode") or status)
    message = refused.cause or refused.kind
    variables = {
        **context,
        "status": str(status),
        "error": {
            "responseType": refused.kind,
            "message": message,
            "messageString": json.dumps(message),
            "validationErrorString": refused.validation_error,
        },
    }
    templates: Mapping[str, str] = response.get("responseTemplates") or {}
    template = templates.get("application/json", "")
    headers = [("Content-Type", "application/json")]
    if error_type := ERROR_TYPES.get(refused.kind):
        headers.append(("x-amzn-ErrorType", error_type))
    parameters: Mapping[str, str] = response.get("responseParameters") or {}
    for target, source in parameters.items():
        value = source[1:-1] if source.startswith("'") else value_of(source)
        name = target.removeprefix("gatewayresponse.header.")
        if value is not None:
            headers = [one for one in headers if one[0].lower() != name.lower()]
            headers.append((name, value))
    return HttpResponse(
        status=status,
        headers=headers,
        body=substituted(template, variables, escape=True).encode("utf-8", "replace"),
    )


def substituted(template: str, context: Mapping[str, Any], *, escape: bool = False) -> str:
    """A text with its `$context` variables replaced; unknown ones by `-`, as in access logs.

    Args:
        template: the text; other references stay.
        context: the variables.
        escape: escape values for a JSON text, except those that are JSON themselves.
    """

    def value(match: re.Match[str]) -> str:
        names = (match[1] or match[2]).split(".")[1:]
        found: Any = context
        for name in names:
            if not isinstance(found, Mapping):
                return "-"
            found = cast("Mapping[str, Any]", found).get(name)
        if found is None:
            return "-"
        text = str(found)
        return json.dumps(text)[1:-1] if escape and names[-1] != "messageString" else text

    return _VARIABLE.sub(value, template)
