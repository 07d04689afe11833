"""What the engine prints, without the SDK's echo of a failure that is already told."""

from __future__ import annotations

import re
from collections.abc import Callable

COLORS = re.compile(r"\x1b\[[0-9;]*m")
ECHOES = (
    # When a resource fails, the engine ends its monitor, and what the program still had under way
    # is reported as an error of the program, with a traceback.
    "error: python inline source runtime error: resource monitor shut down",
    # What the program refuses is logged by the SDK, then once more by the engine.
    "error: an unhandled error occurred: ",
)


class EngineOutput:
    """Takes the engine's lines one by one and hands on those that tell something."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._echo_indent: int | None = None

    def __call__(self, line: str) -> None:
        text = COLORS.sub("", line)
        indent = len(text) - len(text.lstrip())
        if self._echo_indent is not None and (indent >= self._echo_indent and text.strip()):
            return
        self._echo_indent = None
        if not any(echo in text for echo in ECHOES):
            self._show(line)
        elif text.lstrip().startswith(ECHOES):
            self._echo_indent = indent
