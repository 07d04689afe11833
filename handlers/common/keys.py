"""Names in the single table that more than one function needs to know."""

from __future__ import annotations

USER = "user"
PRODUCT = "product"
ORDER = "order"
"""Values of `entity`, which every item carries and stream filters compare."""


def order_key(order_id: str) -> dict[str, str]:
    """The table key of an order."""
    return {"PK": f"ORDER#{order_id}", "SK": "ORDER"}


def product_key(product_id: str) -> dict[str, str]:
    """The table key of a product."""
    return {"PK": f"PRODUCT#{product_id}", "SK": "PRODUCT"}
