"""A copy of the tree, in which a test may edit files and run what a person would run there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class TreeCopy:
    """What is tracked, or new and not ignored, copied; the virtual environment is shared.

    Args:
        folder: where the copy is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._originals = _copied(folder)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        # The layer's packages need not be fetched again; archives of the copy are its own.
        (folder / ".build").mkdir()
        for packages in (ROOT / ".build").glob("layer-packages-*"):
            (folder / ".build" / packages.name).symlink_to(packages)

    def run(self, program: str, *arguments: str, **environment: str) -> str:
        """Run a program of the virtual environment, or of the PATH; it must end well.

        Args:
            program: its name.
            arguments: of the program.
            environment: variables laid over this process's.
        """
        own = self.folder / ".venv" / "bin" / program
        # An xdist worker's variables would make the copy's tests take themselves for its own.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        done = subprocess.run(
            [str(own) if own.exists() else program, *arguments],
            cwd=self.folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} {' '.join(arguments)}:\n{done.stdout[-6000:]}"
        return done.stdout

    def changed(self) -> list[str]:
        """The files that a person would commit."""
        names = {name for name, _ in _files(self.folder)} | set(self._originals)
        files = {name: self.folder / name for name in sorted(names)}
        return [
            name
            for name, path in files.items()
            if not path.is_file() or path.read_bytes() != self._originals.get(name)
        ]


def _copied(folder: Path) -> dict[str, bytes]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    contents: dict[str, bytes] = {}
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        # A file that was deleted is listed until that is committed.
        if not source.is_file():
            continue
        contents[name] = source.read_bytes()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder / name)
    return contents


def _files(folder: Path) -> list[tuple[str, Path]]:
    left_out = {".venv", ".build", ".local", "__pycache__"}
    found: list[tuple[str, Path]] = []
    for parent, folders, names in os.walk(folder):
        hidden_caches = {name for name in folders if name.endswith("_cache")} | {".hypothesis"}
        folders[:] = [name for name in folders if name not in left_out | hidden_caches]
        paths = [Path(parent) / name for name in names]
        found += [(path.relative_to(folder).as_posix(), path) for path in paths]
    return found
