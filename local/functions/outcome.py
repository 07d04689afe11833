"""How an invocation of a function ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        request_id: Lambda's id of the invocation.
        payload: JSON that the function returned, or Lambda's description of its error.
        error: type of the error; None when the function returned.
    """

    request_id: str
    payload: bytes
    error: str | None

    def value(self) -> Any:
        """What the function returned, or the error's description."""
        return json.loads(self.payload)

    @property
    def error_message(self) -> str:
        return str(self.value().get("errorMessage", "")) if self.error else ""
