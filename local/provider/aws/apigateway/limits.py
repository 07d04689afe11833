"""Throttle limits of usage plans and of the region."""

from __future__ import annotations

from local.provider.aws.parameters import Table, same_names
from local.provider.resource_type import Properties

LIMITS: Table = same_names("burstLimit", "rateLimit")


def integral(limits: Properties) -> Properties:
    """Limits with whole numbers as integers: boto3's answers may have them as floats."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in limits.items()
    }
