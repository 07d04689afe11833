"""Where the code of a deployed function is on this machine.

A function's handler is a name, and many names can be imported that nobody means to run. So a
handler is run only from a file of `handlers/`, or of what the program packaged for the function.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from local.checkout import CHECKOUT

FUNCTION = "aws:lambda/function:Function"
HANDLERS = "handlers"

_HANDLER = re.compile(r"([A-Za-z_]\w*)(\.[A-Za-z_]\w*)+", re.ASCII)


def import_path(handler: str, code: Path, package: Path | None) -> list[Path] | None:
    """The folders (or zip files) that a handler is imported from.

    Args:
        handler: its dotted path.
        code: the checkout, whose `handlers/` is looked at first.
        package: folder or zip file that the program packaged for the function, if any.

    Returns:
        None where no file of either has the handler's module.
    """
    if not _HANDLER.fullmatch(handler):
        return None
    module = handler.split(".")[:-1]
    if module[0] == HANDLERS and _has(code, module):
        return [code]
    if package and _has(package, module):
        # What the layer carries comes from the checkout.
        return [package, code]
    return None


def packages(export: Mapping[str, Any], checkout: Path = CHECKOUT) -> dict[str, Path]:
    """What a program packaged for its functions, by their names: folders and zip files.

    Args:
        export: the deployment, in the form of `pulumi stack export`.
        checkout: only what is in it counts, without its virtual environment.
    """
    found: dict[str, Path] = {}
    for resource in export["deployment"].get("resources", []):
        if resource["type"] == FUNCTION:
            path = _path(resource["inputs"].get("code"))
            if path and _is_of(checkout, path):
                found[resource["outputs"]["name"]] = path
    return found


def _path(archive: Any) -> Path | None:
    """The path of a `FileArchive`, or of the one that an `AssetArchive` has at its root."""
    if not isinstance(archive, dict):
        return None
    parts = cast("dict[str, Any]", archive)
    if path := parts.get("path"):
        return Path(path)
    members: dict[str, Any] = parts.get("assets") or {}
    return _path(members["."]) if "." in members else None


def _is_of(checkout: Path, path: Path) -> bool:
    place = path.resolve()
    return place.is_relative_to(checkout) and not place.is_relative_to(Path(sys.prefix).resolve())


def _has(root: Path, module: list[str]) -> bool:
    try:
        folder = root if root.is_dir() else zipfile.Path(root)
    except (OSError, zipfile.BadZipFile):
        return False
    *parents, last = module
    for name in parents:
        folder = folder / name
    return (folder / f"{last}.py").is_file() or (folder / last / "__init__.py").is_file()
