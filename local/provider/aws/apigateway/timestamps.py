"""Times of API Gateway."""

from __future__ import annotations

from typing import Any


def timestamp(value: Any) -> str:
    """A time of boto3's, as the outputs of the resources have it."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
