"""The program of a checkout, run in this process for the engine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import re
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pulumi
from pulumi import RunError

END_SECONDS, POLL_SECONDS = 10, 0.02
"""How long what is left of a failed program may take to end, and how often it is looked at."""

MONITOR_GONE = "Resource monitor has terminated"
"""The SDK's own refusal to go on, where the engine has ended."""

QUIET_SECONDS = 0.3
"""After which an event loop that does not run is one that the SDK has left."""


class Program:
    """The program, run once for each operation of the engine.

    Attributes:
        error: why the last run refused to go on; None where it did not.
    """

    def __init__(self, checkout: Path) -> None:
        """Begin to import what the program will, in a thread of its own.

        Args:
            checkout: where `__main__.py` is.
        """
        self.error: str | None = None
        self._checkout = checkout
        self._loop: asyncio.AbstractEventLoop | None = None
        self._imported = threading.Thread(target=_import_ahead, args=(checkout,), daemon=True)
        self._imported.start()

    def forget(self) -> None:
        """Forget the last run, before the next."""
        self.error, self._loop = None, None

    def run(self) -> None:
        """What the Automation API runs."""
        # Modules that the SDK loads at their first use are seen half loaded by a second thread.
        self._imported.join()
        _send_no_debug_messages()
        self._loop = asyncio.get_running_loop()
        try:
            runpy.run_path(str(self._checkout / "__main__.py"), run_name="__main__")
        except RunError as error:
            # What stopped the engine stands in what that prints.
            if MONITOR_GONE not in str(error):
                self.error = str(error)
            raise

    def end_unfinished(self) -> None:
        """End what the SDK leaves under way of a failed program.

        Else it would end when it is collected, perhaps in the midst of the next program, whose
        callback server the SDK would then take for its own, and stop.
        """
        loop, until = self._loop, time.monotonic() + END_SECONDS
        quiet_since = time.monotonic()
        while loop and not loop.is_closed() and time.monotonic() < until:
            if loop.is_running():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET_SECONDS:
                # Should the SDK's thread come back to the loop just now, it sees to the rest.
                with contextlib.suppress(RuntimeError):
                    _cancel_all(loop)
                return
            time.sleep(POLL_SECONDS)


def _send_no_debug_messages() -> None:
    """Nobody reads them, and the program waits for the engine at each: for a third of a preview."""
    pulumi.log.debug = lambda *_, **__: None  # pyright: ignore[reportUnknownLambdaType, reportUnknownMemberType]


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    def ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
        """The SDK's own handler would stop the loop at the first error."""

    loop.set_exception_handler(ignore)
    if tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks, timeout=END_SECONDS))


def _import_ahead(checkout: Path) -> None:
    """Import what the program will, while the engine starts."""
    _make_importable(checkout)
    components = sorted((checkout / "components").rglob("*.py"))
    # Collections would look at a million new objects, of which none is garbage.
    gc.disable()
    # What is wrong with them shows when the program itself imports them.
    with contextlib.suppress(Exception):
        for path in components:
            module = path.relative_to(checkout).with_suffix("")
            importlib.import_module(".".join(module.parts).removesuffix(".__init__"))
        # The provider's SDK loads each of its modules at their first use only.
        used = set(re.findall(r"\baws\.([a-z0-9]+_?)\.", "".join(map(Path.read_text, components))))
        for name in sorted(used):
            hasattr(importlib.import_module(f"pulumi_aws.{name}"), "outputs")
    gc.freeze()
    gc.enable()


def _make_importable(checkout: Path) -> None:
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
