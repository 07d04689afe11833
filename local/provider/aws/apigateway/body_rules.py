"""What API Gateway refuses at the import of a body, and moto takes.

Sources: "Amazon API Gateway quotas and important notes", "OpenAPI import errors" and the API
reference of API Gateway; wording of the errors as AWS answers.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from local.rest_api.body import (
    AUTHORIZER,
    AUTHORIZER_TYPES,
    HTTP_METHODS,
    INTEGRATION,
    SCHEMA_REFERENCE,
    VALIDATOR,
    declared_parameters,
    security_of,
)

MOST_RESOURCES = 300
MOST_BODY_BYTES = 6 * 1024 * 1024
LEAST_TIMEOUT_MS, MOST_TIMEOUT_MS = 50, 29_000
LONGEST_AUTHORIZER_TTL_SECONDS = 3600

PATH_PART = re.compile(r"[A-Za-z0-9._:-]+|\{[A-Za-z0-9._:-]+\+?\}")
TOKEN = re.compile(r"[A-Za-z0-9._$-]+")
MODEL_NAME = re.compile(r"[A-Za-z0-9]+")
LAMBDA_URI = re.compile(
    r"arn:[a-z-]+:apigateway:[a-z0-9-]+:lambda:path/\d{4}-\d\d-\d\d/functions/"
    r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?/invocations"
)
GATEWAY_RESPONSES = frozenset(
    [
        "ACCESS_DENIED",
        "API_CONFIGURATION_ERROR",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
        "EXPIRED_TOKEN",
        "INTEGRATION_FAILURE",
        "INTEGRATION_TIMEOUT",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "QUOTA_EXCEEDED",
        "REQUEST_TOO_LARGE",
        "RESOURCE_NOT_FOUND",
        "THROTTLED",
        "UNAUTHORIZED",
        "UNSUPPORTED_MEDIA_TYPE",
        "WAF_FILTERED",
    ]
)
INTEGRATION_TYPES = frozenset({"AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"})

Document = Mapping[str, Any]


def body_errors(body: str) -> Iterator[str]:
    """Every reason for which API Gateway would refuse to import or deploy the body."""
    if len(body.encode()) > MOST_BODY_BYTES:
        yield f"is larger than {MOST_BODY_BYTES // 1024 // 1024} MB"
    try:
        content: Any = json.loads(body)
    except ValueError as error:
        yield f"is not JSON: {error} (the embedded AWS takes no YAML)"
        return
    document = cast("dict[str, Any]", content if isinstance(content, dict) else {})
    if not str(document.get("openapi", "")).startswith("3.0"):
        yield "must be an OpenAPI 3.0 document (`openapi: 3.0.x`)"
        return
    if not document.get("info", {}).get("title"):
        yield "info.title is missing"
    paths: dict[str, Document] = document.get("paths", {})
    yield from path_errors(paths)
    yield from _component_errors(document)
    for path, operations in paths.items():
        for name, operation in operations.items():
            if name in HTTP_METHODS:
                for reason in _operation_errors(document, operations, operation):
                    yield f"{name} {path}: {reason}"


def path_errors(paths: Mapping[str, Any]) -> Iterator[str]:
    """Errors of the tree of resources that the paths make."""
    siblings: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        if not path.startswith("/"):
            yield f"path {path!r} must begin with /"
            continue
        parts = path.strip("/").split("/") if path != "/" else []
        for index, part in enumerate(parts):
            siblings["/".join(parts[:index])].add(part)
            if not PATH_PART.fullmatch(part):
                yield (
                    f"path {path}: Resource's path part only allow a-zA-Z0-9._-: or a valid "
                    "greedy path variable and curly braces at the beginning and the end."
                )
            if part.endswith("+}") and index < len(parts) - 1:
                yield f"path {path}: a greedy path variable {part} must be the last part"
        variables = [part.strip("{}+") for part in parts if part.startswith("{")]
        if len(set(variables)) != len(variables):
            yield f"path {path}: a path variable stands twice in it"
    for parent, parts in siblings.items():
        if len(variables := sorted(part for part in parts if part.startswith("{"))) > 1:
            yield (
                f"A sibling ({variables[0]}) of this resource already has a variable path part -- "
                f"only one is allowed: /{parent} has {', '.join(variables)}"
            )
    if (total := sum(map(len, siblings.values()))) > MOST_RESOURCES:
        yield f"makes {total} resources, an API has at most {MOST_RESOURCES}"


def _component_errors(document: Document) -> Iterator[str]:
    components: Document = document.get("components", {})
    for name in components.get("schemas", {}):
        if not MODEL_NAME.fullmatch(name):
            yield f"schema {name!r}: Model name must be alphanumeric"
    for name, scheme in components.get("securitySchemes", {}).items():
        settings: Document = scheme.get(AUTHORIZER, {})
        if not settings:
            continue
        if settings.get("type") not in AUTHORIZER_TYPES:
            yield f"authorizer {name}: type is one of {', '.join(sorted(AUTHORIZER_TYPES))}"
            continue
        ttl = settings.get("authorizerResultTtlInSeconds", 300)
        if not 0 <= ttl <= LONGEST_AUTHORIZER_TTL_SECONDS:
            yield (
                f"authorizer {name}: authorizerResultTtlInSeconds is 0 to "
                f"{LONGEST_AUTHORIZER_TTL_SECONDS}"
            )
        if settings["type"] == "request" and ttl and not settings.get("identitySource"):
            yield f"authorizer {name}: a cached REQUEST authorizer needs an identitySource"
        uri = settings.get("authorizerUri")
        if settings["type"] != "cognito_user_pools" and not LAMBDA_URI.fullmatch(str(uri)):
            yield f"authorizer {name}: Invalid Authorizer URI: {uri}"
    for kind, response in document.get("x-amazon-apigateway-gateway-responses", {}).items():
        if kind not in GATEWAY_RESPONSES:
            yield f"gateway response {kind}: unknown type"
        status = response.get("statusCode")
        if status is not None and not re.fullmatch(r"[2-5]\d\d", str(status)):
            yield f"gateway response {kind}: statusCode {status} is not 200 to 599"
        for name in response.get("responseParameters", {}):
            if not re.fullmatch(r"gatewayresponse\.header\.[A-Za-z0-9._$-]+", name):
                yield f"gateway response {kind}: {name} is no gatewayresponse.header"


def _operation_errors(
    document: Document, operations: Document, operation: Document
) -> Iterator[str]:
    schemes: Document = document.get("components", {}).get("securitySchemes", {})
    for name in security_of(document, operation):
        if name not in schemes:
            yield f"security scheme {name} is not defined"
    validator = operation.get(VALIDATOR, document.get(VALIDATOR))
    if validator is not None and validator not in document.get(f"{VALIDATOR}s", {}):
        yield f"request validator {validator} is not defined"
    parameters = declared_parameters(operations, operation)
    for parameter in parameters:
        if not TOKEN.fullmatch(parameter.split(".", 3)[3]):
            yield (
                f"{parameter}: Parameter name should match the following regular expression: "
                "^[a-zA-Z0-9._$-]+$"
            )
    schemas: Document = document.get("components", {}).get("schemas", {})
    for media in operation.get("requestBody", {}).get("content", {}).values():
        reference: str = media.get("schema", {}).get("$ref", "")
        if reference and reference.removeprefix(SCHEMA_REFERENCE) not in schemas:
            yield f"schema {reference} is not defined"
    integration: Document | None = operation.get(INTEGRATION)
    if integration is None:
        yield "No integration defined for method"
        return
    yield from _integration_errors(operation, integration, parameters)


def _integration_errors(
    operation: Document, integration: Document, parameters: Mapping[str, bool]
) -> Iterator[str]:
    kind = str(integration.get("type", "")).upper()
    if kind not in INTEGRATION_TYPES:
        yield f"integration type {kind or 'missing'} is not one of {sorted(INTEGRATION_TYPES)}"
        return
    timeout = integration.get("timeoutInMillis", MOST_TIMEOUT_MS)
    if not LEAST_TIMEOUT_MS <= timeout <= MOST_TIMEOUT_MS:
        yield f"Timeout should be between {LEAST_TIMEOUT_MS} ms and {MOST_TIMEOUT_MS} ms"
    for key in integration.get("cacheKeyParameters", []):
        if key not in parameters and not key.startswith("integration.request."):
            yield f"Invalid cache key parameter specified: {key}"
    for target, source in integration.get("requestParameters", {}).items():
        if source.startswith("method.request.") and source not in parameters:
            if source.startswith(("method.request.body", "method.request.multivalue")):
                continue
            yield f"Invalid mapping expression parameter specified: {source} for {target}"
    if kind == "AWS_PROXY":
        uri = integration.get("uri")
        if integration.get("httpMethod") != "POST":
            yield "Lambda is invoked with httpMethod POST"
        if not LAMBDA_URI.fullmatch(str(uri)):
            yield f"AWS ARN for integration must contain path or action: {uri}"
    elif kind == "MOCK":
        yield from _mock_errors(integration)
    elif not integration.get("uri"):
        yield f"{kind} integration needs a uri"
    yield from _response_errors(operation, integration)


def _mock_errors(integration: Document) -> Iterator[str]:
    templates: dict[str, str] = integration.get("requestTemplates", {})
    if not templates:
        yield "a MOCK integration needs requestTemplates that give a statusCode"
    for content, template in templates.items():
        if not re.search(r"[\"']?statusCode[\"']?\s*:\s*\d{3}", template):
            yield f"the MOCK request template of {content} gives no statusCode"
    if not integration.get("responses"):
        yield "No integration response defined for a MOCK integration"


def _response_errors(operation: Document, integration: Document) -> Iterator[str]:
    declared: Document = operation.get("responses", {})
    for pattern, response in integration.get("responses", {}).items():
        status = str(response.get("statusCode"))
        if status not in declared:
            yield f"integration response {pattern}: Invalid response status code {status}"
            continue
        headers: Document = declared[status].get("headers", {})
        known = {name.lower() for name in headers}
        for parameter, value in response.get("responseParameters", {}).items():
            name = parameter.removeprefix("method.response.header.")
            if name.lower() not in known:
                yield (
                    "Invalid mapping expression parameter specified: "
                    f"{parameter}; response {status} declares no such header"
                )
            if not re.fullmatch(r"'.*'|(integration\.response|stageVariables|context)\..+", value):
                yield f"Invalid mapping expression specified: {value}"
