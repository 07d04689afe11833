"""Where a run finds this checkout, and where it keeps things on this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from local.checkout import CHECKOUT

CACHE_VARIABLE = "AWS_PLATFORM_CACHE"


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where what is made once per machine is kept (XDG Base Directory Specification)."""
    if chosen := environment.get(CACHE_VARIABLE):
        return Path(chosen).expanduser().absolute()
    base = environment.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "aws-platform"


def run_folder(checkout: Path = CHECKOUT) -> Path:
    """Where a run leaves what others find it by: in the checkout, if that can be written."""
    folder = checkout / ".local"
    if os.access(folder if folder.exists() else checkout, os.W_OK):
        return folder
    name = hashlib.sha256(str(checkout).encode()).hexdigest()[:16]
    return cache_folder() / "checkouts" / name
