"""What functions, contract and components must agree on, each said once.

Nothing here imports a third-party package, so that the Pulumi program can read it too.
"""

from __future__ import annotations

from enum import StrEnum

ADMIN_GROUP = "admin"
"""The group of the user pool whose members may do everything."""

EXPOSED_HEADERS = ("ETag", "Location", "Retry-After")
"""Response headers that pages of other origins may read (Fetch standard, CORS protocol)."""

IDEMPOTENCY_KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"

MAX_CURSOR_LENGTH = 2048
"""Longer than any cursor of ours; what lies beyond can only spoil the signature."""

PARTITION_KEY, SORT_KEY = "PK", "SK"
INDEX, INDEX_PARTITION_KEY, INDEX_SORT_KEY = "GSI1", "GSI1PK", "GSI1SK"
EXPIRY = "expiresAt"
"""The table's time-to-live attribute."""

USER, PRODUCT, ORDER = "user", "product", "order"
"""Values of `entity`, which every item carries and stream filters compare."""


class OrderStatus(StrEnum):
    """How far an order has come."""

    PLACED = "PLACED"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
