"""Time as the API writes it, and ids in order of time."""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import UTC, datetime


def now() -> str:
    """The current time as RFC 3339 in UTC with milliseconds, which sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_ordered_id() -> str:
    """A new UUID of version 7 (RFC 9562): ids sort by the millisecond they were made in."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF000 << 64) | 0x7000 << 64
    value = value & ~(0xC000 << 48) | 0x8000 << 48
    return str(uuid.UUID(int=value))
