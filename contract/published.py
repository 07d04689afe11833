"""The OpenAPI document that callers read, made from the table of routes and the handlers' models.

`tools/openapi.py` writes it to `docs/openapi.json`. OpenAPI 3.0.3, because much of what reads such
documents knows no newer one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from contract.compatibility import REQUIRED_GROUP
from contract.gateway_responses import GATEWAY_RESPONSES
from contract.model_schemas import Schema, model_schemas, reference
from handlers.common.facts import (
    ADMIN_GROUP,
    IDEMPOTENCY_KEY_PATTERN,
    MAX_CURSOR_LENGTH,
    PROBLEM_JSON,
)
from handlers.common.model import ID_PATTERN
from handlers.common.pages import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from handlers.common.routes import FUNCTIONS, ROUTES, Access, Route
from handlers.products.domain import CATEGORY_PATTERN, MAX_CATEGORY_LENGTH

HEALTH_TAG = "health"

_DESCRIPTIONS = {
    400: "The request, or a parameter, header or cursor of it, is not acceptable",
    401: "The access token or API key is missing, or the token is not valid",
    403: "The caller, or the API key, may not do this",
    404: "There is no such thing, or none that the caller may know of",
    409: "The state of things does not allow it",
    412: "The thing has changed since the version in If-Match",
    413: "The body is too large",
    415: "The body is not sent as JSON",
    422: "The body is not what this operation takes",
    429: "The rate limit or quota is exceeded",
    431: "The path, query and headers are too large together",
    500: "The service failed",
    502: "The service failed to answer",
    503: "The service is busy",
    504: "The service did not answer in time",
}

_RESPONSE_HEADERS: Mapping[str, Schema] = {
    "ETag": {"description": "The version, for If-Match", "schema": {"type": "string"}},
    "Location": {"description": "Path of what was created", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
}

_PARAMETERS: Mapping[str, Schema] = {
    "limit": {
        "description": "Items on the page",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_PAGE_SIZE,
            "default": DEFAULT_PAGE_SIZE,
        },
    },
    "cursor": {
        "description": "`nextCursor` of the page before",
        "schema": {"type": "string", "maxLength": MAX_CURSOR_LENGTH},
    },
    "category": {
        "description": "Only products of this category",
        "schema": {
            "type": "string",
            "pattern": CATEGORY_PATTERN,
            "maxLength": MAX_CATEGORY_LENGTH,
            "example": "kitchen",
        },
    },
    "userId": {
        "description": "Whose orders, for admins",
        "schema": {"type": "string", "pattern": ID_PATTERN},
    },
    "If-Match": {
        "description": "Entity tags of which one must be the current version, or `*`",
        "schema": {"type": "string", "example": '"1"'},
    },
    "Idempotency-Key": {
        "description": "1 to 255 visible ASCII characters, new for each order; kept for a day",
        "required": True,
        "schema": {"type": "string", "pattern": IDEMPOTENCY_KEY_PATTERN, "example": "3f0c6a1e"},
    },
}

_PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "detail", "requestId"],
    "properties": {
        "type": {"type": "string", "example": "about:blank"},
        "title": {"type": "string", "example": "Not Found"},
        "status": {"type": "integer", "example": 404},
        "detail": {"type": "string", "example": "There is no such order."},
        "requestId": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string", "example": "lines.0.quantity"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}

_HEALTH: Schema = {
    "type": "object",
    "required": ["status", "timestamp"],
    "properties": {
        "status": {"type": "string", "enum": ["healthy"]},
        "timestamp": {
            "type": "string",
            "description": "When API Gateway took the request, as in access logs",
            "example": "09/Apr/2026:12:34:56 +0000",
        },
    },
}


def published_document() -> Schema:
    """The whole document."""
    paths: dict[str, Schema] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "aws-platform",
            "version": "1.0.0",
            "description": (
                "Users, products and orders. Errors are problem details (RFC 9457) with the id of"
                " the request. A path answers 405, or 404, to methods it does not have."
            ),
            "contact": {"name": "The team that runs the platform"},
        },
        "servers": [
            {
                "url": "https://{apiId}.execute-api.{region}.amazonaws.com/{stage}",
                "variables": {
                    "apiId": {"default": "api"},
                    "region": {"default": "us-east-1"},
                    "stage": {"default": "prod"},
                },
            }
        ],
        "tags": [
            {"name": HEALTH_TAG, "description": "Whether the API answers."},
            *({"name": name, "description": one.description} for name, one in FUNCTIONS.items()),
        ],
        "paths": paths,
        "components": {
            "schemas": {**model_schemas(ROUTES), "Problem": _PROBLEM, "Health": _HEALTH},
            "securitySchemes": {
                "accessToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Access token of the Cognito user pool",
                },
                "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


def as_text(document: Schema) -> str:
    """The document as it stands in the file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _operation(route: Route) -> Schema:
    described: Schema = {
        "operationId": route.operation,
        "summary": route.summary,
        "description": route.description,
        "tags": [route.function or HEALTH_TAG],
        "security": [] if route.access is Access.PUBLIC else [{"accessToken": [], "apiKey": []}],
        "responses": {
            str(route.status): _success(route),
            **{str(status): _refusal(status) for status in _refusals(route)},
        },
    }
    parameters = _parameters(route)
    if parameters:
        described["parameters"] = parameters
    if route.request is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": reference(route.request)}},
        }
    if route.access is Access.ADMIN:
        described["description"] += f" For members of the {ADMIN_GROUP} group."
        described[REQUIRED_GROUP] = ADMIN_GROUP
    return described


def _parameters(route: Route) -> list[Schema]:
    return [
        *(
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": ID_PATTERN},
            }
            for name in route.variables
        ),
        *({"name": name, "in": "query", **_PARAMETERS[name]} for name in route.query),
        *({"name": name, "in": "header", **_PARAMETERS[name]} for name in route.headers),
    ]


def _success(route: Route) -> Schema:
    response: Schema = {"description": "Done"}
    headers = [
        *(["ETag"] if route.versioned else []),
        *(["Location"] if route.creates is not None else []),
    ]
    if headers:
        response["headers"] = {name: _RESPONSE_HEADERS[name] for name in headers}
    if route.answer is not None:
        response["content"] = {"application/json": {"schema": reference(route.answer)}}
    return response


def _refusals(route: Route) -> list[int]:
    """Statuses of refusals: the gateway's that any request can meet, and the handler's."""
    statuses = {400, 403, 413, 429, 431}
    if route.function is None:
        # A mock integration takes JSON or nothing.
        return sorted(statuses | {415, 500})
    statuses |= {500, 502, 503, 504} | set(route.refusals)
    if route.access is not Access.PUBLIC:
        statuses.add(401)
    if route.request is not None:
        statuses |= {415, 422}
    return sorted(statuses)


def _refusal(status: int) -> Schema:
    refusal: Schema = {
        "description": _DESCRIPTIONS[status],
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 503 or any(
        response.status == status and "Retry-After" in dict(response.headers)
        for response in GATEWAY_RESPONSES
    ):
        refusal["headers"] = {"Retry-After": _RESPONSE_HEADERS["Retry-After"]}
    return refusal
