"""`python -m local`: the embedded AWS on the command line."""

import os
import sys

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
