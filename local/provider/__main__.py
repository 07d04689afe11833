"""Entry of a provider plugin: `python -m local.provider aws|awsx|random [engine address]`.

The engine starts it, reads the port from its first line, and ends it when it is done.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

PARENT_CHECK_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Serve the provider that the first argument names until the engine goes away."""
    if not arguments or arguments[0] not in {"aws", "awsx", "random"}:
        print("usage: python -m local.provider aws|awsx|random [engine address]", file=sys.stderr)
        return 2
    # The engine ends its plugins with SIGINT and calls any other end than a quiet one a defect.
    # A Ctrl-C in the terminal does not come here: plugins have a process group of their own.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end_quietly)
    threading.Thread(target=_end_with_engine, args=(os.getppid(),), daemon=True).start()
    package, *rest = arguments
    addresses = [argument for argument in rest if not argument.startswith("-")]
    if package == "awsx":
        from local.provider.awsx import serve

        serve(addresses[0] if addresses else "")
        return 0
    from local.provider.server import start

    server, port = start(package)
    print(port, flush=True)
    server.wait_for_termination()
    return 0


def _end_quietly(*_: object) -> None:
    os._exit(0)


def _end_with_engine(engine: int) -> None:
    """An engine that was killed cannot end its plugins; they see that they became orphans."""
    while os.getppid() == engine:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
