"""Ends a run at Ctrl-C without the complaints of threads whose engine is ended under them."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
import warnings
from collections.abc import Generator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def obey_signals() -> None:
    """Let each of the signals that end a run raise KeyboardInterrupt in the main thread."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Unwind and tidy up, which a second signal must not stop half-way."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    silence_other_threads()
    raise KeyboardInterrupt


@contextlib.contextmanager
def held_signals() -> Generator[None]:
    """Let a signal that ends a run wait for the end of the `with` block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def silence_other_threads() -> None:
    """What they raise from now on is our doing; what the main thread has to say still comes."""
    threading.excepthook = lambda _: None
    sys.unraisablehook = lambda _: None
    for name in ("asyncio", "grpc"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"pulumi\.automation\b")
