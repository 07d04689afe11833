"""Optimistic locking: the part of a condition that compares an item's `version`."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.common.items import Item

MAX_VERSIONS = 100
"""DynamoDB's limit for the operands of IN."""


def accepted_versions(versions: Sequence[int] | None) -> tuple[str, Item]:
    """What to append to a condition expression, and the values it needs.

    Args:
        versions: the item's version must be among these; None for any.
    """
    if versions is None:
        return "", {}
    # The first version is 1, so an empty list of entity tags accepts none.
    values: Item = {f":v{index}": one for index, one in enumerate(versions[:MAX_VERSIONS] or [0])}
    return f" AND version IN ({', '.join(values)})", values
