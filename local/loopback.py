"""Which requests to a server on loopback may come from a page that has no business there."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)


def is_loopback(host: str | None) -> bool:
    """Whether a Host header names this machine.

    A foreign page could have its own name resolve to 127.0.0.1 (DNS rebinding); what it sends then
    names that.
    """
    return bool(host and _HOST.fullmatch(host))


def is_foreign(origins: Sequence[str], host: str | None) -> bool:
    """Whether any Origin header names another page than those of the host that was asked."""
    return any(origin != f"http://{host}" for origin in origins)
