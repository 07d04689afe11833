"""The code of the Lambda functions and their layer, built for arm64 when missing or stale.

Every archive is the same byte for byte for the same sources on every machine, so that an unchanged
function shows no change in a preview.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pulumi

from components.shared.function import RUNTIME

ROOT = Path(__file__).resolve().parents[2]
BUILD_FOLDER = ROOT / ".build"
LAYER_LOCK = ROOT / "requirements-layer.txt"
HANDLERS = ROOT / "handlers"
PYTHON_VERSION = RUNTIME.removeprefix("python")
# Lambda's python3.13 runs on Amazon Linux 2023, which has glibc 2.34
# (Lambda Developer Guide, "Lambda runtimes"; PEP 600 for the names).
WHEEL_PLATFORMS = (
    "manylinux2014_aarch64",
    "manylinux_2_17_aarch64",
    "manylinux_2_28_aarch64",
    "manylinux_2_34_aarch64",
)
# What an installer leaves behind that differs between machines or that no function reads.
LEFT_OUT_NAMES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyi"})
LEFT_OUT_FOLDERS = frozenset({"__pycache__", "bin"})
# The oldest time a zip can hold, so that no build date gets in.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# Part of every cache key: a change of the build itself makes all archives stale.
BUILD_RECIPE = "2"


class CodeBuildError(pulumi.RunError):
    """The code could not be packaged; the message says what to do."""


def function_code(name: str) -> pulumi.FileArchive:
    """The zip of one function: `handlers/<name>`.

    Args:
        name: the folder below `handlers/`.

    Raises:
        CodeBuildError: there is no such function.
    """
    folder = HANDLERS / name
    files = {f"handlers/{name}/{path}": source for path, source in _sources(folder)}
    if not files:
        raise CodeBuildError(
            f"There is no function code in handlers/{name}: add it, or name one of the folders in"
            f" handlers/ ({', '.join(sorted(p.name for p in HANDLERS.iterdir() if p.is_dir()))})."
        )
    return pulumi.FileArchive(str(_zip(name, _digest(*_contents(files)), files)))


def layer_code() -> pulumi.FileArchive:
    """The zip of the shared layer: third-party packages and `handlers/common`.

    Raises:
        CodeBuildError: the packages can't be fetched from the package index.
    """
    packages = _layer_packages()
    own = {
        f"python/handlers/common/{path}": source for path, source in _sources(HANDLERS / "common")
    }
    third_party = {f"python/{path}": source for path, source in _sources(packages)}
    # The folder's name stands for its content, which is too much to read at every preview.
    key = _digest(packages.name.encode(), *_contents(own))
    return pulumi.FileArchive(str(_zip("layer", key, {**third_party, **own})))


def _layer_packages() -> Path:
    key = _digest(BUILD_RECIPE.encode(), PYTHON_VERSION.encode(), LAYER_LOCK.read_bytes())
    packages = BUILD_FOLDER / f"layer-packages-{key}"
    if packages.is_dir():
        return packages
    pulumi.info(f"Fetching the Lambda layer's packages for arm64, {RUNTIME} (once for each lock).")
    with _draft_folder() as temporary:
        target = Path(temporary) / "packages"
        _install(target)
        _publish(target, packages)
    return packages


def _install(target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--target", str(target), "--no-compile", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", PYTHON_VERSION]
    command += [f"--platform={platform}" for platform in WHEEL_PLATFORMS]
    command += ["--requirement", str(LAYER_LOCK)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        reason = "\n  ".join(result.stderr.strip().splitlines()[-5:])
        raise CodeBuildError(
            "The Lambda layer's packages (requirements-layer.txt) could not be installed for"
            f" arm64 and {RUNTIME}. Check that this machine reaches its Python package index and"
            f" that every package has a wheel for that platform, then run again. pip said:\n"
            f"  {reason}"
        )


def _sources(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder that are shipped, by relative path."""
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if (
            file.is_file()
            and file.name not in LEFT_OUT_NAMES
            and file.suffix not in LEFT_OUT_SUFFIXES
            and not LEFT_OUT_FOLDERS.intersection(path.parts)
        ):
            yield path.as_posix(), file


def _contents(files: dict[str, Path]) -> Iterator[bytes]:
    yield BUILD_RECIPE.encode()
    for path in sorted(files):
        yield path.encode()
        yield files[path].read_bytes()


def _zip(name: str, key: str, files: dict[str, Path]) -> Path:
    """Write the archive unless the one with this key is there, and return its path."""
    archive = BUILD_FOLDER / f"{name}-{key}.zip"
    if archive.exists():
        return archive
    with _draft_folder() as temporary:
        draft = Path(temporary) / archive.name
        with zipfile.ZipFile(draft, "w") as zipped:
            for path in sorted(files):
                entry = zipfile.ZipInfo(path, ZIP_EPOCH)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3  # Unix, whatever machine builds
                # Stored: compressed bytes differ between zlib and zlib-ng, and so between machines.
                zipped.writestr(entry, files[path].read_bytes(), zipfile.ZIP_STORED)
        draft.replace(archive)
    return archive


def _draft_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        BUILD_FOLDER.mkdir(exist_ok=True)
        return tempfile.TemporaryDirectory(dir=BUILD_FOLDER)
    except OSError as error:
        raise CodeBuildError(
            f"The code of the functions is packaged in {BUILD_FOLDER}, which can't be written:"
            f" {error.strerror}. Make it writable, or run from a checkout that is."
        ) from None


def _publish(draft: Path, place: Path) -> None:
    """Move a finished folder into place; another run may have been first with the same content."""
    try:
        draft.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        shutil.rmtree(draft)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:16]
