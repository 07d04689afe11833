"""Routes of products."""

from __future__ import annotations

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response

from handlers.common.answers import empty_answer, json_answer
from handlers.common.api import Api
from handlers.common.aws_clients import dynamodb
from handlers.common.cursors import Cursors, SecretKeys
from handlers.common.environment import environment
from handlers.common.errors import BadParameter
from handlers.common.requests import require_id
from handlers.products.domain import (
    CATEGORY_PATTERN,
    MAX_CATEGORY_LENGTH,
    Product,
    ProductContent,
    ProductPage,
)
from handlers.products.repository import ProductRepository

PUBLIC = "public"
"""Cursors of this listing are everyone's: the stage cache gives one answer to all."""

api = Api()
products = ProductRepository(dynamodb(), environment().table_name)
cursors = Cursors("products", SecretKeys(environment().cursor_secret_arn))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers one API Gateway proxy event."""
    return api.answer(event, context)


@api.app.get("/v1/products")
def read_page() -> Response[str]:
    category, cursor = _category(), api.request.query("cursor")
    query = {"category": category}
    after = None if cursor is None else cursors.read(cursor, caller=PUBLIC, query=query)
    items, next_after = products.page(category=category, limit=api.request.page_size, after=after)
    page = ProductPage(
        items=items,
        next_cursor=None
        if next_after is None
        else cursors.write(next_after, caller=PUBLIC, query=query),
    )
    return json_answer(200, page.model_dump_json(by_alias=True, exclude_none=True))


@api.app.get("/v1/products/<product_id>")
def read(product_id: str) -> Response[str]:
    return _answer(200, products.get(require_id(product_id, "product")))


@api.app.post("/v1/products")
def create() -> Response[str]:
    api.caller.require_admin()
    product = products.add(api.request.body(ProductContent))
    return _answer(201, product, {"Location": api.request.location_of(product.product_id)})


@api.app.put("/v1/products/<product_id>")
def replace(product_id: str) -> Response[str]:
    api.caller.require_admin()
    content = api.request.body(ProductContent)
    return _answer(
        200,
        products.replace(require_id(product_id, "product"), content, api.request.expected_versions),
    )


@api.app.delete("/v1/products/<product_id>")
def delete(product_id: str) -> Response[str]:
    api.caller.require_admin()
    products.remove(require_id(product_id, "product"), api.request.expected_versions)
    return empty_answer()


api.refuse_other_methods("/v1/products", ("GET", "POST"))
api.refuse_other_methods("/v1/products/<product_id>", ("DELETE", "GET", "PUT"))


def _category() -> str | None:
    category = api.request.query("category")
    if category is not None and (
        len(category) > MAX_CATEGORY_LENGTH or not re.fullmatch(CATEGORY_PATTERN, category)
    ):
        raise BadParameter("category must be lower-case words joined by hyphens.")
    return category


def _answer(status: int, product: Product, headers: dict[str, str] | None = None) -> Response[str]:
    return json_answer(
        status,
        product.model_dump_json(by_alias=True, exclude_none=True),
        {"ETag": f'"{product.version}"', **(headers or {})},
    )
