import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from local.checkout import CHECKOUT
from local.engine.work_folder import work_folder
from local.failures import UserError


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("AWS_PLATFORM_CACHE", str(tmp_path / "cache"))
    return folder


def mounted_noexec(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """As the system answers there: `access` knows how a file system is mounted."""

    def access(path: Path, mode: int) -> bool:
        return not (mode & os.X_OK and any(Path(path).is_relative_to(one) for one in folders))

    monkeypatch.setattr(os, "access", access)


def test_it_is_temporary_and_gone_at_the_end(temporary: Path) -> None:
    with work_folder() as folder:
        assert folder.parent == temporary
        assert list(folder.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_where_no_program_may_be_started_it_is_beside_the_engine(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_noexec(monkeypatch, temporary)
    with work_folder() as folder:
        assert folder.parent == tmp_path / "cache" / "runs"
    assert list(temporary.iterdir()) == []
    assert not folder.exists()


def test_where_neither_will_do_both_are_named_with_what_is_wrong(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_noexec(monkeypatch, temporary)
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(UserError) as error, work_folder():
        pass
    for said in (f"may not be started in {temporary}", str(tmp_path / "cache"), "Set TMPDIR or"):
        assert said in str(error.value)


INTERRUPTED_WHILE_MADE = """
import os, signal, tempfile
from local.engine.work_folder import work_folder
from local.interruption import obey_signals

obey_signals()
make = tempfile.mkdtemp

def interrupted(*arguments, **options):
    name = make(*arguments, **options)
    os.kill(os.getpid(), signal.SIGTERM)
    return name

tempfile.mkdtemp = interrupted

def run():
    with work_folder():
        print("entered")

try:
    run()
except KeyboardInterrupt:
    print("interrupted")
print(os.listdir(os.environ["TMPDIR"]))
os._exit(0)
"""


def test_a_signal_while_the_folder_is_made_leaves_none(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-u", "-c", INTERRUPTED_WHILE_MADE],
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["interrupted", "[]"]
