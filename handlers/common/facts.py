"""What functions, contract and components must agree on, each said once.

Nothing here imports a third-party package, so that the Pulumi program can read it too.
"""

from __future__ import annotations

from enum import StrEnum

ADMIN_GROUP = "admin"
"""The group of the user pool whose members may do everything."""

EXPOSED_HEADERS = ("ETag", "Location", "Retry-After")
"""Response headers that pages of other origins may read (Fetch standard, CORS protocol)."""

PROBLEM_JSON = "application/problem+json"
"""Media type of refusals (RFC 9457)."""

IDEMPOTENCY_KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"

MAX_CURSOR_LENGTH = 2048
"""Longer than any cursor of ours, whose sort key has at most 1024 bytes."""

PARTITION_KEY, SORT_KEY = "PK", "SK"
INDEX, INDEX_PARTITION_KEY, INDEX_SORT_KEY = "GSI1", "GSI1PK", "GSI1SK"

EXPIRY = "expiresAt"
"""The table's time-to-live attribute."""

ENTITY = "entity"
"""The attribute that says what an item is; stream filters compare it."""

USER, PRODUCT, ORDER = "user", "product", "order"

ORDER_ID, CORRELATION_ID = "orderId", "correlationId"
"""Attributes of an order that make up the message of the order queue, under the same names."""

CURRENT_KEY, PREVIOUS_KEY = "current", "previous"
"""What the secret of the cursor keys holds, as JSON."""

WEBHOOK_URL = "url"
"""What the secret of the Slack webhook holds, as JSON."""

USERS_NAMESPACE, NEW_REGISTRATIONS = "MyApp/Users", "NewRegistrations"
ORDERS_NAMESPACE, ORDER_VALUE, CURRENCY = "MyApp/Orders", "OrderValue", "currency"
"""The business metrics; order values have their currency as a dimension."""


class OrderStatus(StrEnum):
    """How far an order has come."""

    PLACED = "PLACED"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Variable(StrEnum):
    """Environment variables that a deployment gives to functions.

    The service name is Powertools' own variable, whose value logs and metrics carry.
    """

    SERVICE_NAME = "POWERTOOLS_SERVICE_NAME"
    TABLE_NAME = "TABLE_NAME"
    USER_POOL_ID = "USER_POOL_ID"
    USER_POOL_CLIENT_ID = "USER_POOL_CLIENT_ID"
    CURSOR_SECRET_ARN = "CURSOR_SECRET_ARN"  # noqa: S105 - a name
    CORS_ORIGINS = "CORS_ORIGINS"
    SLACK_WEBHOOK_SECRET_ARN = "SLACK_WEBHOOK_SECRET_ARN"  # noqa: S105 - a name
