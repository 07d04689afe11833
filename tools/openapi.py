"""Writes `docs/openapi.json`, the OpenAPI document that callers of the API read.

python -m tools.openapi              write it
python -m tools.openapi --check      say whether it is stale, exit code 1
python -m tools.openapi --release    write it, and keep it as the one that callers rely on

All compare it with `docs/openapi-released.json`, the document of the last release. Each change that
breaks a caller of that is named, unless the table of routes says that it is intended; a check and a
release then fail. They also fail when the table intends a change that is none.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from contract.compatibility import breaking_changes, intended_changes
from contract.published import Schema, as_text, published_document

DOCS = Path(__file__).resolve().parents[1] / "docs"
DOCUMENT = DOCS / "openapi.json"
RELEASED = DOCS / "openapi-released.json"
TABLE = "handlers/common/routes.py"


def main(arguments: list[str]) -> int:
    """Write or check the document; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi")
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--check", action="store_true", help="compare, write nothing")
    step.add_argument("--release", action="store_true", help="write it as the released one too")
    options = parser.parse_args(arguments)
    document = published_document()
    text = as_text(document)
    faults = [] if options.release and not RELEASED.exists() else _faults(document)
    if options.check and not _is_written(text):
        faults.append(f"{DOCUMENT.name} is stale; run `make openapi`.")
    for fault in faults:
        print(fault, file=sys.stderr)
    if options.check:
        return 1 if faults else 0
    if options.release and faults:
        print("Nothing is written.", file=sys.stderr)
        return 1
    DOCUMENT.write_text(text, encoding="utf-8")
    if options.release:
        RELEASED.write_text(text, encoding="utf-8")
        for change in intended_changes():
            print(f"Released; take it out of {TABLE} now: {change}", file=sys.stderr)
    return 0


def _is_written(text: str) -> bool:
    return DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text


def _faults(document: Schema) -> list[str]:
    """What the table of routes does not say of breaking changes, and what it says without need."""
    if not RELEASED.exists():
        return [f"{RELEASED.name} is missing, which callers rely on; take it back from git."]
    released: Schema = json.loads(RELEASED.read_text(encoding="utf-8"))
    changes = breaking_changes(released, document)
    intended = intended_changes()
    return [
        *(
            f"Breaking change since the last release: {change}. Take it back, or give the reason in"
            f" `breaks` of the route's row, or in REMOVED, in {TABLE}."
            for change in changes
            if change not in intended
        ),
        *(
            f"No change since the last release: {change}. Take it out of `breaks` or REMOVED in"
            f" {TABLE}."
            for change in intended
            if change not in changes
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
