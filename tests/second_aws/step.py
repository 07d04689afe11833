"""A request that is sent to both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

Headers = Mapping[str, str | tuple[str, ...] | None]

NOBODY, USER, ADMIN = "nobody", "user", "admin"
JSON: Headers = {"Content-Type": "application/json"}
ORIGIN: Headers = {"Origin": "https://shop.example"}


@dataclass(frozen=True)
class Step:
    """One request.

    Attributes:
        name: what is tried, in a few words.
        method: verb.
        path: below the stage, as it is sent. Here and in headers and body, `$name` is what an
            answer before gave under that name.
        who: whose token and key are sent.
        headers: further headers, or others in place of those; None leaves one out, several values
            are several headers.
        body: the body, as JSON unless it is bytes or text.
        keeps: names for fields of the answer.
    """

    name: str
    method: str
    path: str
    _: KW_ONLY
    who: str = NOBODY
    headers: Headers = field(default_factory=dict[str, str])
    body: Any = None
    keeps: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def content(self) -> bytes | None:
        """The body as bytes."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()
