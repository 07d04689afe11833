"""How far walks through random states go: a short way in `make test`, a long one in `test-life`."""

from __future__ import annotations

import os

LONG_VARIABLE = "LONG_WALKS"


def examples(short: int, long: int) -> int:
    """How many examples a property is tried with.

    Args:
        short: in `make test`.
        long: in `make test-life`.
    """
    return long if os.environ.get(LONG_VARIABLE) else short
