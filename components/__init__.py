import sys

import pulumi

# Told before anything is imported that an older Python can't read.
if sys.version_info < (3, 11):  # noqa: UP036
    raise pulumi.RunError(
        "Python 3.11 or newer is needed, and this is " + sys.version.split()[0] + ". Make .venv"
        " anew: rm -rf .venv; make PYTHON=python3.13 .venv/.setup"
    )
