"""The OpenAPI 3.0 body that API Gateway imports.

Rules and names: "x-amazon-apigateway extensions to OpenAPI" in the API Gateway developer guide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contract.cors import ALLOWED_HEADERS, ANY_ORIGIN, PREFLIGHT_MAX_AGE_SECONDS
from contract.gateway_methods import ANY, GatewayMethod, gateway_methods, gateway_shape
from contract.gateway_responses import gateway_responses_body
from handlers.common.facts import EXPOSED_HEADERS

INTEGRATION_TIMEOUT_MS = 29_000
"""The longest API Gateway waits without a raised account quota."""

AUTHORIZER_IDENTITY_SOURCE = "method.request.header.Authorization, method.request.header.x-api-key"

PREFLIGHT_METHODS = "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"

_VALIDATORS = {
    "parameters": {"validateRequestParameters": True, "validateRequestBody": False},
    "body and parameters": {"validateRequestParameters": True, "validateRequestBody": True},
}


def deployed_body(
    *,
    title: str,
    function_uris: Mapping[str, str],
    authorizer_uri: str,
    authorizer_ttl_seconds: int,
    cors_origins: Sequence[str],
) -> dict[str, object]:
    """The body of the REST API.

    Args:
        title: name of the API.
        function_uris: invocation URI of each function in the table of routes, by its short name.
        authorizer_uri: invocation URI of the authorizer function.
        authorizer_ttl_seconds: how long API Gateway keeps an authorizer's answer; 0 to 3600.
        cors_origins: origins that browsers may call from; `*` for any.
    """
    authorizer: dict[str, object] = {
        "type": "request",
        "authorizerUri": authorizer_uri,
        "authorizerResultTtlInSeconds": authorizer_ttl_seconds,
        "identitySource": AUTHORIZER_IDENTITY_SOURCE,
    }
    paths: dict[str, dict[str, object]] = {path: {} for path in gateway_shape()}
    for method in gateway_methods():
        name = "x-amazon-apigateway-any-method" if method.method == ANY else method.method.lower()
        paths[method.path][name] = _operation(method, function_uris, cors_origins)
    for path, operations in paths.items():
        operations["options"] = _preflight(path, cors_origins)
    return {
        "openapi": "3.0.1",
        "info": {
            "title": title,
            "version": "1.0",
            "description": "Users, products and orders on Lambda and DynamoDB",
        },
        "paths": paths,
        "components": {
            "schemas": {"JsonObject": {"type": "object"}},
            "securitySchemes": {
                "authorizer": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": authorizer,
                },
                "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            },
        },
        "x-amazon-apigateway-api-key-source": "HEADER",
        "x-amazon-apigateway-request-validators": _VALIDATORS,
        "x-amazon-apigateway-gateway-responses": gateway_responses_body(cors_origins),
    }


def _operation(
    method: GatewayMethod, function_uris: Mapping[str, str], cors_origins: Sequence[str]
) -> dict[str, object]:
    if method.function is None:
        return _health(cors_origins)
    keys = _cache_keys(method, cors_origins) if method.cached else []
    integration: dict[str, object] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": function_uris[method.function],
        "passthroughBehavior": "when_no_match",
        "timeoutInMillis": INTEGRATION_TIMEOUT_MS,
    }
    if keys:
        integration["cacheKeyParameters"] = [
            f"method.request.{place}.{name}" for place, name in keys
        ]
    operation: dict[str, object] = {
        "security": [] if method.public else [{"authorizer": [], "api_key": []}],
        "responses": {},
        "x-amazon-apigateway-integration": integration,
    }
    parameters = [
        *_path_parameters(method.path),
        *(_parameter(name, "query") for name in method.query),
        *(_parameter(name, "header") for place, name in keys if place == "header"),
    ]
    if parameters:
        operation["parameters"] = parameters
    if method.validated:
        operation["x-amazon-apigateway-request-validator"] = (
            "body and parameters" if method.needs_body else "parameters"
        )
        if method.needs_body:
            operation["requestBody"] = {
                "required": True,
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/JsonObject"}}
                },
            }
    return operation


def _cache_keys(method: GatewayMethod, cors_origins: Sequence[str]) -> list[tuple[str, str]]:
    """Everything the cached answer depends on, as (place, name)."""
    keys = [("path", "proxy")] if "{proxy+}" in method.path else []
    keys += [("querystring", name) for name in method.query]
    if ANY_ORIGIN not in cors_origins:
        keys.append(("header", "Origin"))
    return keys


def _path_parameters(path: str) -> list[dict[str, object]]:
    names = [part.strip("{}").rstrip("+") for part in path.split("/") if part.startswith("{")]
    return [{**_parameter(name, "path"), "required": True} for name in names]


def _parameter(name: str, place: str) -> dict[str, object]:
    return {"name": name, "in": place, "schema": {"type": "string"}}


def _health(cors_origins: Sequence[str]) -> dict[str, object]:
    """`$context.requestTime` is CLF-formatted (`dd/MMM/yyyy:HH:mm:ss +0000`), as in the source."""
    body = '{"status": "healthy", "timestamp": "$context.requestTime"}'
    headers, origin_template = _origin_headers(cors_origins)
    headers["Access-Control-Expose-Headers"] = f"'{', '.join(EXPOSED_HEADERS)}'"
    return {
        "security": [],
        "responses": _declared_response(headers, "200"),
        "x-amazon-apigateway-integration": _mock(
            status="200", headers=headers, template=origin_template + body
        ),
    }


def _preflight(path: str, cors_origins: Sequence[str]) -> dict[str, object]:
    headers, origin_template = _origin_headers(cors_origins)
    headers |= {
        "Access-Control-Allow-Methods": f"'{PREFLIGHT_METHODS}'",
        "Access-Control-Allow-Headers": f"'{','.join(ALLOWED_HEADERS)}'",
        "Access-Control-Max-Age": f"'{PREFLIGHT_MAX_AGE_SECONDS}'",
    }
    operation: dict[str, object] = {
        "security": [],
        "responses": _declared_response(headers, "204"),
        "x-amazon-apigateway-integration": _mock(
            status="204", headers=headers, template=origin_template
        ),
    }
    parameters = _path_parameters(path)
    if parameters:
        operation["parameters"] = parameters
    return operation


def _origin_headers(cors_origins: Sequence[str]) -> tuple[dict[str, str], str]:
    """The CORS origin header of a mock integration, and the template that picks it from a list.

    With several origins the header holds the first, and the template replaces it by the request's
    Origin when that is one of them.
    """
    first = ANY_ORIGIN if ANY_ORIGIN in cors_origins else cors_origins[0]
    headers = {"Access-Control-Allow-Origin": f"'{first}'"}
    if first == ANY_ORIGIN or len(cors_origins) == 1:
        return headers, ""
    headers["Vary"] = "'Origin'"
    condition = " || ".join(f'$origin == "{origin}"' for origin in cors_origins)
    template = (
        '#set($origin = $input.params("Origin"))\n'
        '#if($origin == "")\n'
        '#set($origin = $input.params("origin"))\n'
        "#end\n"
        f"#if({condition})\n"
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)\n"
        "#end\n"
    )
    return headers, template


def _mock(*, status: str, headers: Mapping[str, str], template: str) -> dict[str, object]:
    return {
        "type": "mock",
        "passthroughBehavior": "when_no_templates",
        "requestTemplates": {"application/json": f'{{"statusCode": {status}}}'},
        "responses": {
            "default": {
                "statusCode": status,
                "responseParameters": {
                    f"method.response.header.{name}": value for name, value in headers.items()
                },
                "responseTemplates": {"application/json": template},
            }
        },
    }


def _declared_response(headers: Mapping[str, str], status: str) -> dict[str, object]:
    return {
        status: {
            "description": "Answered by API Gateway itself",
            "headers": {name: {"schema": {"type": "string"}} for name in headers},
            "content": {},
        }
    }
