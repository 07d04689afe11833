"""Binary media types of a REST API."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def is_binary(media_type: str, declared: Sequence[str]) -> bool:
    """Whether a media type is one of those declared binary, where `*/*` means all."""
    return any(fnmatchcase(media_type, pattern.lower()) for pattern in declared)
