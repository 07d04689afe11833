"""Keys in the single table that more than one function needs, and conditions on them."""

from __future__ import annotations

from handlers.common.facts import PARTITION_KEY, SORT_KEY

EXISTS = f"attribute_exists({PARTITION_KEY})"
IS_NEW = f"attribute_not_exists({PARTITION_KEY})"


def table_key(partition: str, sort: str) -> dict[str, str]:
    """The key of an item."""
    return {PARTITION_KEY: partition, SORT_KEY: sort}


def order_key(order_id: str) -> dict[str, str]:
    """The table key of an order."""
    return table_key(f"ORDER#{order_id}", "ORDER")


def product_key(product_id: str) -> dict[str, str]:
    """The table key of a product."""
    return table_key(f"PRODUCT#{product_id}", "PRODUCT")
