"""Products: what is sold, at what price, and how many are left."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from handlers.common.model import LINE_OF_TEXT, ItemPage, Model, Money, Timestamp

MAX_STOCK = 1_000_000_000

CATEGORY_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MAX_CATEGORY_LENGTH = 50

_TEXT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"


class ProductContent(Model):
    """What an admin may write of a product."""

    name: Annotated[
        str, Field(min_length=1, max_length=200, pattern=LINE_OF_TEXT, examples=["Teapot"])
    ]
    description: Annotated[
        str | None, Field(max_length=2000, pattern=_TEXT, examples=["Holds one litre."])
    ] = None
    category: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_CATEGORY_LENGTH,
            pattern=CATEGORY_PATTERN,
            examples=["kitchen"],
        ),
    ]
    price: Money
    stock: Annotated[int, Field(ge=0, le=MAX_STOCK, examples=[12])]


class Product(ProductContent):
    """A product as answered."""

    product_id: str
    # Cancelled orders may give back more than an admin may write.
    stock: Annotated[int, Field(ge=0, examples=[12])]
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class ProductPage(ItemPage[Product]):
    """One page of products."""
