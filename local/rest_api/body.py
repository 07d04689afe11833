"""An OpenAPI 3.0 body with API Gateway extensions, as the parts a REST API is made of.

API Gateway imports such a body in one call. moto's import fails on MOCK integrations without URI
(it reads one from each), so the body is taken apart here and `body_import.py` makes the parts
one by one. Names: "x-amazon-apigateway extensions to OpenAPI" of the API Gateway developer guide.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

ANY_METHOD = "x-amazon-apigateway-any-method"
HTTP_METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", ANY_METHOD})
INTEGRATION = "x-amazon-apigateway-integration"
VALIDATOR = "x-amazon-apigateway-request-validator"
AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHORIZER_TYPES = {
    "cognito_user_pools": "COGNITO_USER_POOLS",
    "request": "REQUEST",
    "token": "TOKEN",
}
PARAMETER_PLACES = {"header": "header", "path": "path", "query": "querystring"}
SCHEMA_REFERENCE = "#/components/schemas/"

Document = Mapping[str, Any]
Parameters = dict[str, Any]
"""Parameters of a boto3 call."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method of a path.

    Attributes:
        parameters: of PutMethod, without references to other parts.
        authorizer: name of the security scheme whose authorizer it has.
        validator: name of its request validator.
        models: content type to model name.
        integration: parameters of PutIntegration.
        integration_responses: parameters of PutIntegrationResponse, each.
        responses: parameters of PutMethodResponse, each.
    """

    parameters: Parameters
    authorizer: str | None
    validator: str | None
    models: dict[str, str]
    integration: Parameters
    integration_responses: tuple[Parameters, ...]
    responses: tuple[Parameters, ...]


@dataclass(frozen=True, kw_only=True)
class RestApiBody:
    """The parts of a REST API; empty for an API without body."""

    methods: dict[tuple[str, str], Method] = field(default_factory=dict[tuple[str, str], Method])
    paths: tuple[str, ...] = ()
    authorizers: dict[str, Parameters] = field(default_factory=dict[str, Parameters])
    validators: dict[str, Parameters] = field(default_factory=dict[str, Parameters])
    models: dict[str, Parameters] = field(default_factory=dict[str, Parameters])
    gateway_responses: dict[str, Parameters] = field(default_factory=dict[str, Parameters])
    api_key_source: str | None = None
    binary_media_types: tuple[str, ...] = ()
    description: str | None = None


def parse_body(body: str | None) -> RestApiBody:
    """The parts of a body; of an empty one, none.

    Raises:
        ValueError: the body is no JSON.
    """
    if not body:
        return RestApiBody()
    document: Document = json.loads(body)
    schemes: dict[str, Document] = document.get("components", {}).get("securitySchemes", {})
    models = dict(_schema_models(document))
    methods: dict[tuple[str, str], Method] = {}
    for path, operations in document.get("paths", {}).items():
        for name, operation in operations.items():
            if name in HTTP_METHODS:
                verb = "ANY" if name == ANY_METHOD else name.upper()
                methods[path, verb] = _method(
                    document, operations, operation, schemes, models, f"{path} {verb}"
                )
    return RestApiBody(
        methods=methods,
        paths=tuple(document.get("paths", {})),
        authorizers={
            name: _authorizer(scheme) for name, scheme in schemes.items() if scheme.get(AUTHORIZER)
        },
        validators={
            name: {
                "validateRequestBody": bool(validator.get("validateRequestBody")),
                "validateRequestParameters": bool(validator.get("validateRequestParameters")),
            }
            for name, validator in document.get(f"{VALIDATOR}s", {}).items()
        },
        models=models,
        gateway_responses={
            kind: _gateway_response(response)
            for kind, response in document.get("x-amazon-apigateway-gateway-responses", {}).items()
        },
        api_key_source=document.get("x-amazon-apigateway-api-key-source"),
        binary_media_types=tuple(document.get("x-amazon-apigateway-binary-media-types", ())),
        description=document.get("info", {}).get("description"),
    )


def security_of(document: Document, operation: Document) -> list[str]:
    """Names of the security schemes an operation asks for."""
    requirements: list[Document] = operation.get("security", document.get("security", []))
    return [name for requirement in requirements for name in requirement]


def declared_parameters(operations: Document, operation: Document) -> dict[str, bool]:
    """An operation's parameters as method request parameters, and whether each is required."""
    listed: list[Document] = [*operations.get("parameters", []), *operation.get("parameters", [])]
    return {
        f"method.request.{PARAMETER_PLACES[parameter['in']]}.{parameter['name']}": bool(
            parameter.get("required")
        )
        for parameter in listed
        if parameter.get("in") in PARAMETER_PLACES
    }


def _method(
    document: Document,
    operations: Document,
    operation: Document,
    schemes: Mapping[str, Document],
    models: dict[str, Parameters],
    label: str,
) -> Method:
    integration: Document = operation.get(INTEGRATION, {})
    security = security_of(document, operation)
    authorizer = next((name for name in security if schemes.get(name, {}).get(AUTHORIZER)), None)
    kind = "NONE"
    if authorizer:
        pool = schemes[authorizer][AUTHORIZER].get("type") == "cognito_user_pools"
        kind = "COGNITO_USER_POOLS" if pool else "CUSTOM"
    elif any(
        schemes.get(name, {}).get("x-amazon-apigateway-authtype") == "awsSigv4" for name in security
    ):
        kind = "AWS_IAM"
    parameters: Parameters = {
        "authorizationType": kind,
        "apiKeyRequired": any(_is_api_key(schemes.get(name, {})) for name in security),
    }
    if requested := declared_parameters(operations, operation):
        parameters["requestParameters"] = requested
    if operation.get("operationId"):
        parameters["operationName"] = operation["operationId"]
    return Method(
        parameters=parameters,
        authorizer=authorizer,
        validator=operation.get(VALIDATOR, document.get(VALIDATOR)),
        models=_body_models(operation.get("requestBody", {}), models, label),
        integration=_integration(integration),
        integration_responses=tuple(
            _integration_response(pattern, response)
            for pattern, response in integration.get("responses", {}).items()
        ),
        responses=tuple(
            _method_response(status, response)
            for status, response in operation.get("responses", {}).items()
            if status != "default"
        ),
    )


def _is_api_key(scheme: Document) -> bool:
    return (
        scheme.get("type") == "apiKey"
        and not scheme.get(AUTHORIZER)
        and scheme.get("x-amazon-apigateway-authtype") is None
    )


def _integration(integration: Document) -> Parameters:
    names = {
        "cacheKeyParameters": "cacheKeyParameters",
        "cacheNamespace": "cacheNamespace",
        "connectionId": "connectionId",
        "credentials": "credentials",
        "httpMethod": "integrationHttpMethod",
        "requestParameters": "requestParameters",
        "requestTemplates": "requestTemplates",
        "timeoutInMillis": "timeoutInMillis",
        "uri": "uri",
    }
    parameters = {
        target: integration[name] for name, target in names.items() if name in integration
    }
    for name in ("connectionType", "contentHandling", "passthroughBehavior", "type"):
        if name in integration:
            parameters[name] = str(integration[name]).upper()
    return parameters


def _integration_response(pattern: str, response: Document) -> Parameters:
    parameters: Parameters = {"statusCode": str(response["statusCode"])}
    if pattern != "default":
        parameters["selectionPattern"] = pattern
    for name in ("responseParameters", "responseTemplates"):
        if response.get(name):
            parameters[name] = dict(response[name])
    if response.get("contentHandling"):
        parameters["contentHandling"] = str(response["contentHandling"]).upper()
    return parameters


def _method_response(status: str, response: Document) -> Parameters:
    parameters: Parameters = {"statusCode": str(status)}
    if response.get("headers"):
        parameters["responseParameters"] = {
            f"method.response.header.{name}": False for name in response["headers"]
        }
    models = {
        content: _model_name(media.get("schema", {})) or "Empty"
        for content, media in response.get("content", {}).items()
    }
    if models:
        parameters["responseModels"] = models
    return parameters


def _authorizer(scheme: Document) -> Parameters:
    settings: Document = scheme[AUTHORIZER]
    kind = AUTHORIZER_TYPES[settings["type"]]
    parameters: Parameters = {"type": kind}
    if scheme.get("x-amazon-apigateway-authtype"):
        parameters["authType"] = scheme["x-amazon-apigateway-authtype"]
    for name in (
        "authorizerCredentials",
        "authorizerResultTtlInSeconds",
        "authorizerUri",
        "identitySource",
        "identityValidationExpression",
        "providerARNs",
    ):
        if settings.get(name) is not None:
            parameters[name] = settings[name]
    if kind == "TOKEN":
        parameters.setdefault("identitySource", f"method.request.header.{scheme['name']}")
    return parameters


def _gateway_response(response: Document) -> Parameters:
    parameters: Parameters = {}
    if response.get("statusCode") is not None:
        parameters["statusCode"] = str(response["statusCode"])
    for name in ("responseParameters", "responseTemplates"):
        if response.get(name):
            parameters[name] = dict(response[name])
    return parameters


def _schema_models(document: Document) -> Iterator[tuple[str, Parameters]]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield name, _model(schema)


def _model(schema: Document) -> Parameters:
    return {"contentType": "application/json", "schema": json.dumps(schema, sort_keys=True)}


def _model_name(schema: Document) -> str | None:
    reference: str = schema.get("$ref", "")
    return reference.removeprefix(SCHEMA_REFERENCE) or None


def _body_models(
    request_body: Document, models: dict[str, Parameters], label: str
) -> dict[str, str]:
    named: dict[str, str] = {}
    for content, media in cast("dict[str, Document]", request_body.get("content", {})).items():
        schema = media.get("schema")
        if not schema:
            continue
        name = _model_name(schema)
        if name is None:
            # API Gateway, too, makes a model of a schema that stands in the operation.
            name = "MODEL" + "".join(letter for letter in label if letter.isalnum())
            models[name] = _model(schema)
        named[content] = name
    return named
