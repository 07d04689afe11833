"""What browsers of other origins may send and read (Fetch standard, CORS protocol)."""

from __future__ import annotations

ANY_ORIGIN = "*"

ALLOWED_HEADERS = (
    "Content-Type",
    "X-Amz-Date",
    "Authorization",
    "X-Api-Key",
    "X-Amz-Security-Token",
    "Idempotency-Key",
    "If-Match",
)
"""The source document's five, and the two that orders and updates need."""

PREFLIGHT_MAX_AGE_SECONDS = 600
