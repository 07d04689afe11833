"""The last lines that functions wrote."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass

MOST_LINES = 2000
LONGEST_LINE = 8 * 1024


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of a function's output.

    Attributes:
        number: counts all lines, from 1.
        time: when it came, in seconds since 1970.
        function: name of the function.
        text: the line, cut where it is very long.
    """

    number: int
    time: float
    function: str
    text: str


class FunctionLogs:
    """Keeps the last lines; may be used from any thread."""

    def __init__(self) -> None:
        self._lines: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, function: str, text: str) -> None:
        """Keep a line."""
        with self._lock:
            self._lines.append(
                LogLine(
                    number=next(self._numbers),
                    time=time.time(),
                    function=function,
                    text=text[:LONGEST_LINE],
                )
            )

    def after(self, number: int = 0, function: str | None = None) -> list[LogLine]:
        """The lines after the one with a number, all or those of one function."""
        with self._lock:
            return [
                line
                for line in self._lines
                if line.number > number and function in (None, line.function)
            ]
