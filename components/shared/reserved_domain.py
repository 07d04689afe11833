"""Domains that can be nobody's, as examples have them."""

from __future__ import annotations

# RFC 2606, "Reserved Top Level DNS Names", and RFC 6761, "Special-Use Domain Names".
LOCALHOST = "localhost"
RESERVED = ("example.com", "example.net", "example.org", "example", "invalid", "test", LOCALHOST)


def reserved_domain(host: str) -> str | None:
    """Which of the reserved domains a host is in; None where it may be somebody's."""
    return next((one for one in RESERVED if f".{host.lower()}".endswith(f".{one}")), None)
