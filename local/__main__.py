"""`python -m local`: the embedded AWS on the command line."""

import os
import signal
import sys
from types import FrameType

from local.failures import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Unwind and tidy up, which a second signal must not stop half-way."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    # The SDK's threads complain, in several ways, of an engine that is ended under them.
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Else each process compiles the provider's large SDK anew, which takes as long as all the rest.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    try:
        for number in SIGNALS:
            signal.signal(number, interrupt)
        from local.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
