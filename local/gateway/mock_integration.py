"""MOCK integrations: the templates of a method answer.

"Mock integrations for REST APIs in API Gateway", "Integration passthrough behaviors" and "Use
`$context.responseOverride`" (variable reference for mapping templates) of the developer guide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from local.gateway.api_request import ApiRequest, RefusedRequest, decoded
from local.gateway.http_server import HttpResponse
from local.gateway.velocity import TemplateError, render
from local.rest_api.body import Method

JSON = "application/json"


class Input:
    """`$input` of mapping templates."""

    def __init__(self, request: ApiRequest, path_parameters: Mapping[str, str]) -> None:
        self.body = request.http.body.decode("utf-8", "replace")
        self._values = {
            **{name: values[-1] for name, values in request.headers.items()},
            **{name: values[-1] for name, values in request.query_values.items()},
            **{name: decoded(value) for name, value in path_parameters.items()},
        }

    def params(self, name: str) -> str:
        """A parameter's value from path, query or headers; empty when it was not sent."""
        return self._values.get(name, "")


def mock_response(
    method: Method,
    request: ApiRequest,
    path_parameters: Mapping[str, str],
    context: Mapping[str, Any],
    stage_variables: Mapping[str, str],
) -> HttpResponse:
    """The answer of a MOCK integration.

    Raises:
        RefusedRequest: there is no template for the content type, or a template fails.
    """
    variables: dict[str, Any] = {
        "input": Input(request, path_parameters),
        "context": {**context, "responseOverride": {"header": {}}},
        "stageVariables": dict(stage_variables),
    }
    status = _status(method, request, variables)
    response = _chosen(method, status)
    templates: Mapping[str, str] = response.get("responseTemplates") or {}
    media_type = JSON if JSON in templates or not templates else next(iter(templates))
    body = _rendered(templates.get(media_type, ""), variables)
    override = cast("dict[str, Any]", variables["context"]["responseOverride"])
    headers = {"Content-Type": media_type}
    parameters: Mapping[str, str] = response.get("responseParameters") or {}
    for target, source in parameters.items():
        if source.startswith("'"):
            headers[target.removeprefix("method.response.header.")] = source[1:-1]
    headers |= {name: str(value) for name, value in override["header"].items()}
    return HttpResponse(
        status=int(override.get("status") or response["statusCode"]),
        headers=list(headers.items()),
        body=body.encode(),
    )


def _status(method: Method, request: ApiRequest, variables: dict[str, Any]) -> str:
    templates: Mapping[str, str] = method.integration.get("requestTemplates") or {}
    template = templates.get(request.media_type)
    if template is None:
        passthrough = method.integration.get("passthroughBehavior", "WHEN_NO_MATCH")
        if passthrough == "NEVER" or (passthrough == "WHEN_NO_TEMPLATES" and templates):
            raise RefusedRequest("UNSUPPORTED_MEDIA_TYPE")
        text = request.http.body.decode("utf-8", "replace")
    else:
        text = _rendered(template, variables)
    try:
        return str(json.loads(text)["statusCode"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise RefusedRequest(
            "API_CONFIGURATION_ERROR", cause="The request template gives no statusCode."
        ) from None


def _chosen(method: Method, status: str) -> Mapping[str, Any]:
    default: Mapping[str, Any] | None = None
    for response in method.integration_responses:
        pattern = response.get("selectionPattern")
        if pattern is None:
            default = response
        elif re.fullmatch(pattern, status):
            return response
    if default is None:
        raise RefusedRequest("API_CONFIGURATION_ERROR", cause="No response fits.")
    return default


def _rendered(template: str, variables: dict[str, Any]) -> str:
    try:
        return render(template, variables)
    except TemplateError as error:
        raise RefusedRequest("API_CONFIGURATION_ERROR", cause=str(error)) from None
