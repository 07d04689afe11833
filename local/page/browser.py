"""Opens the start page in the browser without telling others on this machine its address."""

from __future__ import annotations

import contextlib
import html
import webbrowser
from collections.abc import Generator
from pathlib import Path

from local.private_file import write_private_file

_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={address}">
<title>aws-platform, local</title>
<a href="{address}">Start page</a>
"""


@contextlib.contextmanager
def opened(address: str, file: Path) -> Generator[None]:
    """Open a page by a file that only we may read, which is gone at the exit of the `with` block.

    A browser is started with what it is to open, and everybody can list commands with their
    arguments.

    Args:
        address: with the token.
        file: names it.
    """
    write_private_file(file, _PAGE.format(address=html.escape(address)))
    try:
        webbrowser.open(file.as_uri())
        yield
    finally:
        file.unlink(missing_ok=True)
