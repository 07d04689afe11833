"""Names and tags that the provider adds to the inputs of a resource."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, cast

from local.provider.resource_type import AutoName, CheckFailure, Properties
from local.provider.values import UNKNOWN, Secret, Unknown

DIGITS = 7
DEFAULTS = "__defaults"
"""The input that lists the properties the provider chose, under the real provider's name."""


def automatic_name(rule: AutoName, logical_name: str, seed: bytes) -> str | CheckFailure:
    """A name that is new for each life of a resource: logical name and seven hex digits.

    Args:
        rule: the type's rule.
        logical_name: the resource's name in the program.
        seed: the engine's random seed; the same at preview and deployment.
    """
    prefix = f"{logical_name}{rule.separator}"
    if rule.lower:
        prefix = prefix.lower()
    if len(prefix) + DIGITS > rule.max_length:
        return CheckFailure(
            rule.property,
            f"'{prefix}' plus {DIGITS} random characters is longer than the maximum length of "
            f"{rule.max_length}; shorten the logical name or set `{rule.property}`",
        )
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(DIGITS)
    return prefix + digits[:DIGITS]


def merged_tags(default_tags: Properties, own: Any) -> Any:
    """Default tags of the provider and the resource's own, which win."""
    if isinstance(own, Unknown):
        return UNKNOWN
    if isinstance(own, Secret):
        return Secret(merged_tags(default_tags, own.value))
    return {**default_tags, **cast(Properties, own or {})}


def default_tags(configuration: Properties) -> Properties:
    """The tags of the provider's `defaultTags`, which older SDKs send as JSON text."""
    given = configuration.get("defaultTags")
    if isinstance(given, Secret):
        given = given.value
    if isinstance(given, str):
        given = json.loads(given)
    return cast(Properties, given or {}).get("tags") or {} if isinstance(given, dict) else {}
