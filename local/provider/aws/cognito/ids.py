"""Ids of what belongs to a user pool."""

from __future__ import annotations

from local.provider.resource_type import Properties


def pool_and_member(id: str, properties: Properties) -> tuple[str, str]:
    """The ids of the pool and of its client or group; an import's id holds both."""
    if "/" in id:
        pool, member = id.split("/", 1)
        return pool, member
    return properties["userPoolId"], id
