"""Writes `docs/openapi.json`, the OpenAPI document that callers of the API read.

python -m tools.openapi            write it
python -m tools.openapi --check    say whether it is stale, exit code 1

Both name each change that would break a client of the document as it stands.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from contract.compatibility import breaking_changes
from contract.published import as_text, published_document

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def main(arguments: list[str]) -> int:
    """Write or check the document; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check: bool = parser.parse_args(arguments).check
    text = as_text(published_document())
    current = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    if current:
        for change in breaking_changes(json.loads(current), json.loads(text)):
            print(f"breaking change: {change}", file=sys.stderr)
    if text == current:
        return 0
    if check:
        print(f"{DOCUMENT.name} is stale; run `make openapi`.", file=sys.stderr)
        return 1
    DOCUMENT.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
