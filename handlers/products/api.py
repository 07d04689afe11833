"""Routes of products."""

from __future__ import annotations

import re
from functools import partial

from handlers.common.api import Api
from handlers.common.aws_clients import dynamodb
from handlers.common.cursors import SecretKeys
from handlers.common.environment import environment
from handlers.common.errors import BadParameter
from handlers.common.listing import Listing
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

api = Api("products")
products = ProductRepository(dynamodb(), environment().table_name)
listing = Listing("products", SecretKeys(environment().cursor_secret_arn))


@api.route("listProducts")
def read_page() -> ProductPage:
    category = _category()
    return listing.page(
        ProductPage,
        partial(products.page, category=category),
        api.request,
        caller=PUBLIC,
        query={"category": category},
    )


@api.route("getProduct")
def read(product_id: str) -> Product:
    return products.get(require_id(product_id, "product"))


@api.route("createProduct")
def create() -> Product:
    return products.add(api.request.body(ProductContent))


@api.route("replaceProduct")
def replace(product_id: str) -> Product:
    content = api.request.body(ProductContent)
    return products.replace(
        require_id(product_id, "product"), content, api.request.expected_versions
    )


@api.route("deleteProduct")
def delete(product_id: str) -> None:
    products.remove(require_id(product_id, "product"), api.request.expected_versions)


lambda_handler = api.entry_point()


def _category() -> str | None:
    category = api.request.query("category")
    if category is not None and (
        len(category) > MAX_CATEGORY_LENGTH or not re.fullmatch(CATEGORY_PATTERN, category)
    ):
        raise BadParameter("category must be lower-case words joined by hyphens.")
    return category
