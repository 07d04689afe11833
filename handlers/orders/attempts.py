"""When to try again after another writer came first."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

MAX_ATTEMPTS = 5
RETRY_WINDOW_SECONDS = 4.0
"""No attempt begins later: two calls at their slowest, 12 s each, must end within 29 s."""

_FIRST_PAUSE_SECONDS = 0.05


def attempts() -> Iterator[None]:
    """Attempts with growing, random pauses, as long as another one can end in time."""
    begun = time.monotonic()
    for attempt in range(MAX_ATTEMPTS):
        if attempt:
            pause = random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311 - not a secret
            if time.monotonic() - begun + pause > RETRY_WINDOW_SECONDS:
                return
            time.sleep(pause)
        yield
