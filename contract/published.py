"""The OpenAPI document that callers read, made from the table of routes and the handlers' models.

`tools/openapi.py` writes it to `docs/openapi.json`. OpenAPI 3.0.3, because much of what reads such
documents knows no newer one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from contract.gateway_responses import GATEWAY_RESPONSES, PROBLEM_JSON
from contract.routes import ROUTES, Access, Route
from handlers.common.model import ID_PATTERN
from handlers.common.pages import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from handlers.orders.domain import NewOrder, Order, OrderPage
from handlers.products.domain import (
    CATEGORY_PATTERN,
    MAX_CATEGORY_LENGTH,
    Product,
    ProductContent,
    ProductPage,
)
from handlers.users.domain import NewUser, Profile, User, UserPage

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What the table of routes does not say of an operation.

    Attributes:
        summary: one line for readers.
        status: of success.
        request: model of the body, if there is one.
        answer: model of the body of success, if there is one.
        refusals: statuses of the handler's own refusals, beyond those that every route of its kind
            has.
        headers: response headers of success.
    """

    summary: str
    status: int = 200
    request: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    refusals: tuple[int, ...] = ()
    headers: tuple[str, ...] = ()


OPERATIONS: Mapping[str, Operation] = {
    "getHealth": Operation(summary="Tell whether the API answers"),
    "createUser": Operation(
        summary="Create the caller's profile; an admin may name another user",
        status=201,
        request=NewUser,
        answer=User,
        refusals=(409,),
        headers=("ETag", "Location"),
    ),
    "listUsers": Operation(summary="List users, oldest first", answer=UserPage),
    "getUser": Operation(
        summary="Read a user; `me` is the caller", answer=User, refusals=(404,), headers=("ETag",)
    ),
    "replaceUser": Operation(
        summary="Replace a user's profile",
        request=Profile,
        answer=User,
        refusals=(400, 404, 412),
        headers=("ETag",),
    ),
    "deleteUser": Operation(
        summary="Delete a user, who is disabled and signed out; orders are kept",
        status=204,
        refusals=(404,),
    ),
    "listProducts": Operation(summary="List products by category", answer=ProductPage),
    "getProduct": Operation(
        summary="Read a product", answer=Product, refusals=(404,), headers=("ETag",)
    ),
    "createProduct": Operation(
        summary="Add a product",
        status=201,
        request=ProductContent,
        answer=Product,
        headers=("ETag", "Location"),
    ),
    "replaceProduct": Operation(
        summary="Replace a product, its stock included",
        request=ProductContent,
        answer=Product,
        refusals=(400, 404, 412),
        headers=("ETag",),
    ),
    "deleteProduct": Operation(
        summary="Delete a product; orders keep its name and price",
        status=204,
        refusals=(400, 404, 412),
    ),
    "placeOrder": Operation(
        summary="Place an order and take its stock; the same key and body give the same answer",
        status=201,
        request=NewOrder,
        answer=Order,
        refusals=(400, 409),
        headers=("ETag", "Location"),
    ),
    "listOrders": Operation(
        summary="List the caller's orders, newest first; an admin may name another user",
        answer=OrderPage,
    ),
    "getOrder": Operation(
        summary="Read an order", answer=Order, refusals=(404,), headers=("ETag",)
    ),
    "cancelOrder": Operation(
        summary="Cancel an order and give its stock back",
        answer=Order,
        refusals=(404, 409),
        headers=("ETag",),
    ),
}

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
        "schema": {"type": "string", "maxLength": 2048},
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
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$", "example": "3f0c6a1e"},
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
        "paths": paths,
        "components": {
            "schemas": {**_model_schemas(), "Problem": _PROBLEM, "Health": _HEALTH},
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
    operation = OPERATIONS[route.operation]
    described: Schema = {
        "operationId": route.operation,
        "summary": operation.summary,
        "tags": [route.function or "health"],
        "security": [] if route.access is Access.PUBLIC else [{"accessToken": [], "apiKey": []}],
        "responses": {
            str(operation.status): _success(route, operation),
            **{str(status): _refusal(status) for status in _refusals(route, operation)},
        },
    }
    parameters = _parameters(route)
    if parameters:
        described["parameters"] = parameters
    if operation.request is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _reference(operation.request)}},
        }
    if route.access is Access.ADMIN:
        described["description"] = "For members of the admin group."
    return described


def _parameters(route: Route) -> list[Schema]:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    return [
        *(
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string", "pattern": ID_PATTERN},
            }
            for name in names
        ),
        *({"name": name, "in": "query", **_PARAMETERS[name]} for name in route.query),
        *({"name": name, "in": "header", **_PARAMETERS[name]} for name in route.headers),
    ]


def _success(route: Route, operation: Operation) -> Schema:
    response: Schema = {"description": "Done"}
    if operation.headers:
        response["headers"] = {name: _RESPONSE_HEADERS[name] for name in operation.headers}
    if operation.answer is not None:
        response["content"] = {"application/json": {"schema": _reference(operation.answer)}}
    elif route.function is None:
        response["content"] = {
            "application/json": {"schema": {"$ref": "#/components/schemas/Health"}}
        }
    return response


def _refusals(route: Route, operation: Operation) -> list[int]:
    """Statuses of refusals: the gateway's that any request can meet, and the handler's."""
    statuses = {400, 403, 413, 429, 431}
    if route.function is None:
        # A mock integration takes JSON or nothing.
        return sorted(statuses | {415, 500})
    statuses |= {500, 502, 503, 504} | set(operation.refusals)
    if route.access is not Access.PUBLIC:
        statuses.add(401)
    if operation.request is not None:
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


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _model_schemas() -> dict[str, Schema]:
    requests = {one.request for one in OPERATIONS.values() if one.request}
    answers = {one.answer for one in OPERATIONS.values() if one.answer}
    schemas: dict[str, Schema] = {}
    for models, mode, nullable in (
        (requests, "validation", True),
        (answers, "serialization", False),
    ):
        _, generated = models_json_schema(
            [(model, mode) for model in sorted(models, key=lambda one: one.__name__)],  # pyright: ignore[reportArgumentType]
            ref_template="#/components/schemas/{model}",
        )
        schemas |= {
            name: _as_openapi_3_0(schema, nullable=nullable)
            for name, schema in generated["$defs"].items()
        }
    return dict(sorted(schemas.items()))


def _as_openapi_3_0(schema: Any, *, nullable: bool) -> Any:
    """A JSON Schema of pydantic's in the words of OpenAPI 3.0.

    Args:
        schema: the schema or a part of it.
        nullable: whether optional properties may be null; answers leave them out instead.
    """
    if isinstance(schema, list):
        return [_as_openapi_3_0(one, nullable=nullable) for one in schema]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(schema, dict):
        return schema
    found: Schema = {
        str(name): value  # pyright: ignore[reportUnknownArgumentType]
        for name, value in schema.items()  # pyright: ignore[reportUnknownVariableType]
        if not (name == "title" and isinstance(value, str))
        and not (name == "default" and value is None)
    }
    if "examples" in found and isinstance(found["examples"], list):
        found["example"] = found.pop("examples")[0]
    choices: list[Schema] = found.get("anyOf", [])
    others = [one for one in choices if one != {"type": "null"}]
    if len(others) < len(choices):
        del found["anyOf"]
        found |= others[0] | ({"nullable": True} if nullable else {})
    return {name: _as_openapi_3_0(value, nullable=nullable) for name, value in found.items()}
