"""What a local run puts in the place of examples, for which an account refuses a protected stack.

There a team puts in what is its own: addresses that somebody reads, and origins of its pages. A
local run sends no mail and knows no such pages, so that made-up ones do.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, cast

from components.shared.reserved_domain import LOCALHOST, reserved_domain
from local.engine.config_path import set_value

LISTS = (("alarmEmails",), ("api", "corsOrigins"))
"""The settings that a team puts its own into, by their paths."""

PRIVATE = "internal"
"""A top-level domain that is for private use, so that it reaches nobody (ICANN Board resolution
2024.07.29.06), and none for examples."""

_HOST = re.compile(r"(?P<before>[^@/]+@|https?://)(?P<host>[^@:/]+)(?P<after>.*)")


def lay_stand_ins(config: dict[str, Any], defaults: Mapping[str, Any], project: str) -> list[str]:
    """Put stand-ins for the examples of a protected stack into its config.

    Args:
        config: values by key with namespace; changed in place.
        defaults: the values of keys that it leaves out.
        project: the namespace.

    Returns:
        The keys of the values that were replaced.
    """
    replaced: list[str] = []
    if config.get(f"{project}:deletionProtection") not in (True, "true"):
        return replaced
    for first, *inner in LISTS:
        key = f"{project}:{first}"
        values: Any = config.get(key, defaults.get(key))
        for part in inner:
            values = cast(dict[str, Any], values).get(part) if isinstance(values, dict) else None
        for place, value in enumerate(cast(list[Any], values) if isinstance(values, list) else []):
            stand_in = _stand_in(value)
            if stand_in != value:
                config.setdefault(key, copy.deepcopy(defaults.get(key)))
                replaced.append(f"{'.'.join((key, *inner))}[{place}]")
                set_value(config, replaced[-1], stand_in)
    return replaced


def _stand_in(value: Any) -> Any:
    """`admin@example.com.internal` for `admin@example.com`; what is no example, as it is."""
    found = _HOST.fullmatch(value) if isinstance(value, str) else None
    if found and reserved_domain(found["host"]) not in (None, LOCALHOST):
        return f"{found['before']}{found['host']}.{PRIVATE}{found['after']}"
    return value
