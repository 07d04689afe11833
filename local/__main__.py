"""`python -m local`: the embedded AWS on the command line."""

# What stands here is read by old Pythons too, which have to be told.
import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Python 3.11 or newer is needed, and this is "
        + sys.version.split()[0]
        + ". `make local` sets one up, for `.venv/bin/python -m local` too."
    )

from importlib.util import find_spec

if not find_spec("typer"):
    sys.exit(
        "This Python has not the packages that a local run needs. `make local` installs them into"
        " .venv, for `.venv/bin/python -m local` too."
    )

from local.failures import INTERRUPTED
from local.interruption import obey_signals
from local.shell import let_warnings_be, write_whatever_happens

if __name__ == "__main__":
    write_whatever_happens()
    let_warnings_be()
    # Else each process compiles the provider's large SDK anew, which takes as long as all the rest.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    try:
        obey_signals()
        from local.cli import main

        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
