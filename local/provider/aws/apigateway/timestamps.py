"""Times of API Gateway."""

from __future__ import annotations

from typing import Any


def timestamp(value: Any) -> str | None:
    """A time of boto3's, as the outputs of the resources have it; None where there is none."""
    return value and value.strftime("%Y-%m-%dT%H:%M:%SZ")
