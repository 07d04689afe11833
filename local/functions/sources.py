"""Whether the code of the functions has changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

LOOK_SECONDS = 0.5
"""How old the knowledge may be of whether the code has changed."""


class Sources:
    """Knows when a file of the handlers has changed, come or gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._generation = 0
        self._seen: dict[str, int] | None = None
        self._looked = 0.0

    def generation(self) -> int:
        """Grows by one with each change."""
        with self._lock:
            now = time.monotonic()
            if self._seen is None or now - self._looked >= LOOK_SECONDS:
                files = {str(path): path.stat().st_mtime_ns for path in self._folder.rglob("*.py")}
                if self._seen is not None and files != self._seen:
                    self._generation += 1
                self._seen, self._looked = files, now
            return self._generation
