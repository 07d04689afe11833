"""The forms that AWS rules on inputs take, each a generator of `CheckFailure`.

An input that is absent is never a failure here: at preview it may be not known yet.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from local.provider.resource_type import CheckFailure, Properties


def between(
    inputs: Properties, name: str, low: float, high: float, unit: str
) -> Iterator[CheckFailure]:
    """A number outside `low` to `high`, both allowed."""
    value = inputs.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not low <= value <= high:
        yield CheckFailure(name, f"{value} is outside what AWS takes: {low} to {high} {unit}")


def one_of(inputs: Properties, name: str, allowed: Collection[Any]) -> Iterator[CheckFailure]:
    """A value outside a fixed set."""
    value = inputs.get(name)
    if value is not None and value not in allowed:
        offered = ", ".join(str(item) for item in sorted(allowed))
        yield CheckFailure(name, f"{value!r} is not one of {offered}")


def matching(inputs: Properties, name: str, pattern: str, meaning: str) -> Iterator[CheckFailure]:
    """A text that does not match `pattern` as a whole."""
    value = inputs.get(name)
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield CheckFailure(name, f"{value!r} must be {meaning}")


def at_most_characters(inputs: Properties, name: str, longest: int) -> Iterator[CheckFailure]:
    """A text longer than AWS stores."""
    value = inputs.get(name)
    if isinstance(value, str) and len(value) > longest:
        yield CheckFailure(name, f"is {len(value)} characters long, AWS takes {longest}")


def json_object(inputs: Properties, name: str) -> Iterator[CheckFailure]:
    """A text that is no JSON object."""
    value = inputs.get(name)
    if not isinstance(value, str) or not value:
        return
    try:
        document = json.loads(value)
    except ValueError as error:
        yield CheckFailure(name, f"is not JSON: {error}")
        return
    if not isinstance(document, dict):
        yield CheckFailure(name, "must be a JSON object")


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A block of addresses as the provider reads it: without host bits, and with a length.

    Raises:
        ValueError: it is none, or has a netmask (the provider's `ValidateCIDRBlock`).
    """
    if not re.search(r"/\d+\Z", text, re.ASCII):
        raise ValueError(f"{text!r} has no prefix length")
    return ipaddress.ip_network(text)


def not_together(inputs: Properties, *names: str) -> Iterator[CheckFailure]:
    """More than one of inputs that exclude each other."""
    present = [name for name in names if inputs.get(name)]
    if len(present) > 1:
        yield CheckFailure(present[1], f"cannot be set together with {present[0]}")
