"""The runtimes of Lambda."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from local.provider.aws.schema.files import runtimes
from local.provider.resource_type import CheckFailure


def runtime_rules(name: str, given: Iterable[Any] | None) -> Iterator[CheckFailure]:
    """A runtime that Lambda creates no functions with any more."""
    today = datetime.now(UTC).date().isoformat()
    for runtime in given or []:
        life = runtimes().get(runtime, {})
        end: str | None = life.get("create-block")
        if end is not None and end <= today:
            successor = life["successor"] or "a newer one"
            reason = f"{runtime!r} takes no new functions since {end}; use {successor}"
            yield CheckFailure(name, reason)
