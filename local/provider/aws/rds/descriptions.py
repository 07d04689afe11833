"""Descriptions of RDS groups, which RDS requires."""

from __future__ import annotations

from typing import Any


def with_description(request: dict[str, Any], name: str) -> dict[str, Any]:
    """The request with Pulumi's own description where none is given."""
    return {name: "Managed by Pulumi", **request}
