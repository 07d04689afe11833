"""Which records an event source hands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.optional_parts import elements


class Filters:
    """The filter criteria of an event source: a record passes that matches one of them.

    Source: Lambda Developer Guide, "Control which events Lambda sends to your function".
    """

    def __init__(self, criteria: Mapping[str, Any] | None) -> None:
        """Read the criteria.

        Args:
            criteria: as the API has them, `{"Filters": [{"Pattern": "…"}]}`; None lets all pass.
        """
        found = elements(criteria or {}, "Filters")
        self._patterns = [_pattern(one["Pattern"]) for one in found]

    def __contains__(self, record: Mapping[str, Any]) -> bool:
        return not self._patterns or any(
            pattern.matches_event(record) for pattern in self._patterns
        )


def _pattern(text: str) -> Any:
    # Slow to import, and needed by few.
    from moto.events.models import EventPattern

    return EventPattern.load(text)
