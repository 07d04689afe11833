"""Pulumi archives as the bytes of a zip file, as the engine's own packaging makes them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlparse
from urllib.request import url2pathname

import pulumi

EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
ZIP_SUFFIXES = frozenset({".zip", ".jar"})


def zip_bytes(archive: Any) -> bytes:
    """The zip file of an archive; the same bytes for the same content.

    Args:
        archive: a `FileArchive` (a zip file or a folder), `RemoteArchive` (a `file:` URL) or
            `AssetArchive` (names to assets and archives).

    Raises:
        ValueError: no content can be had, for example of an archive known by its hash only.
    """
    path = _local_path(archive)
    if path is not None and path.suffix in ZIP_SUFFIXES:
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(_files(archive).items()):
            entry = zipfile.ZipInfo(name, EARLIEST_ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return buffer.getvalue()


def _files(archive: Any) -> dict[str, bytes]:
    members = getattr(archive, "assets", None)
    if isinstance(archive, pulumi.AssetArchive) or isinstance(members, dict):
        files: dict[str, bytes] = {}
        for name, member in cast("dict[str, Any]", members).items():
            if isinstance(member, pulumi.Archive):
                files |= {f"{name}/{inner}": data for inner, data in _files(member).items()}
            else:
                files[name] = _content(member)
        return files
    path = _local_path(archive)
    if path is None:
        raise ValueError("the archive's content is not known here, only its hash")
    if path.is_dir():
        return {
            file.relative_to(path).as_posix(): file.read_bytes()
            for file in path.rglob("*")
            if file.is_file()
        }
    with zipfile.ZipFile(path) as source:
        return {
            entry.filename: source.read(entry) for entry in source.infolist() if not entry.is_dir()
        }


def _content(asset: Any) -> bytes:
    text = getattr(asset, "text", None)
    if isinstance(text, str):
        return text.encode()
    path = _local_path(asset)
    if path is None:
        raise ValueError("the asset's content is not known here, only its hash")
    return path.read_bytes()


def _local_path(item: Any) -> Path | None:
    path = getattr(item, "path", None)
    if path:
        return Path(path)
    uri: str | None = getattr(item, "uri", None)
    if not uri:
        return None
    parsed = urlparse(uri)
    if parsed.scheme != "file":
        raise ValueError(f"{uri}: the embedded AWS reads local files only, no remote archives")
    return Path(url2pathname(parsed.path))
