"""The command line as a person meets it: the real program, in processes of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from local.checkout import CHECKOUT
from local.engine.finding import Engine
from local.session import SESSION_FILE

MARKER = "AWS_PLATFORM_TEST_RUN"


class Run:
    """One `python -m local …`, whose descendants and temporary files can be found."""

    def __init__(self, temporary: Path) -> None:
        self.temporary = temporary
        self.temporary.mkdir()
        self._marker = f"{MARKER}={uuid.uuid4()}"
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        name, _, value = self._marker.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, name: value, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self.process

    def finish(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        return process.returncode, output, errors

    def left_behind(self) -> Sequence[str]:
        """Command lines of processes, and files, that the run left."""
        found = [str(path) for path in self.temporary.iterdir()]
        for process in Path("/proc").iterdir():
            try:
                if self._marker.encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue  # no process, or gone by now
        return found


@pytest.fixture
def run(engine: Engine, tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "tmp")
    yield run
    if run.process and run.process.poll() is None:
        run.process.kill()


def test_an_unknown_stack_is_one_message_with_those_there_are(run: Run) -> None:
    code, output, errors = run.finish("preview", "staging")
    assert code == 1
    assert output == ""
    assert "There is no stack 'staging'" in errors
    assert "dev, prod" in errors
    assert "Traceback" not in errors


def test_bad_settings_are_one_message_and_nothing_is_registered(run: Run) -> None:
    code, output, errors = run.finish(
        "up", "prod", "-c", "natGateways=2", "-c", "cache.nodeCuont=1", "-c", "vpcCidr=8.0.0.0/16"
    )
    assert code == 1
    assert output == ""
    assert errors.startswith("These 3 settings are not usable, so nothing was changed:\n")
    for key in ("natGateways is 2", "cache.nodeCuont is not a setting", 'vpcCidr is "8.0.0.0/16"'):
        assert f"aws-platform:{key}" in errors
    assert "Traceback" not in errors
    assert run.left_behind() == []


@pytest.mark.parametrize("override", ["natGateways", "=3", "a..b=1"])
def test_a_setting_that_is_no_assignment_is_one_message(run: Run, override: str) -> None:
    code, output, errors = run.finish("preview", "dev", "-c", override)
    assert (code, output) == (1, "")
    assert len(errors.splitlines()) == 1


def test_preview_shows_the_plan(run: Run) -> None:
    code, output, errors = run.finish("preview", "dev", "-c", "logRetentionDays=14")
    assert (code, errors) == (0, "")
    assert output.startswith("Previewing update (dev):")
    assert "aws:rds:Instance" in output
    assert "to create" in output
    assert run.left_behind() == []


@pytest.mark.life
def test_export_prints_the_deployment_and_nothing_else(run: Run) -> None:
    code, output, errors = run.finish("export", "dev")
    assert code == 0, errors
    deployment = json.loads(output)["deployment"]
    assert len(deployment["resources"]) > 50
    assert "created" in errors
    # Secrets in plain text, as `pulumi stack export --show-secrets` has them.
    assert '"ciphertext"' not in output
    assert '"plaintext"' in output
    assert run.left_behind() == []


@pytest.mark.parametrize("seconds", [0.5, 1.5, 3, 6])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_deployment_leaves_nothing(
    run: Run, seconds: float, number: signal.Signals
) -> None:
    process = run.start("up", "dev")
    time.sleep(seconds)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    # Before our first line runs, it is the signal that ends Python.
    assert process.returncode in (130, -number)
    assert "Traceback" not in errors
    assert run.left_behind() == []


def test_a_killed_run_takes_its_processes_along(run: Run) -> None:
    process = run.start("up", "dev")
    time.sleep(4)
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while [left for left in run.left_behind() if "/" not in left[:1]] and (
        time.monotonic() < deadline
    ):
        time.sleep(0.2)
    # Only its temporary folder stays, which nobody was left to remove.
    assert [Path(left).parent for left in run.left_behind()] == [run.temporary]


def test_a_port_in_use_is_one_message_before_anything_is_deployed(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, output, errors = run.finish("up", "dev", "--port", port)
    assert (code, output) == (1, "")
    assert errors.startswith(f"Port {port} is in use")
    assert len(errors.splitlines()) == 1


def test_a_token_of_nothing_that_runs_is_one_message(run: Run, session_file: Path) -> None:
    code, output, errors = run.finish("token", "admin")
    assert (code, output) == (1, "")
    assert errors == "Nothing runs here: start it with `make local` first.\n"


def test_an_alarm_of_nothing_that_runs_is_one_message(run: Run, session_file: Path) -> None:
    code, output, errors = run.finish("alarm", "Users-Affected")
    assert (code, output) == (1, "")
    assert errors == "Nothing runs here: start it with `make local` first.\n"


def test_what_is_served_ends_with_the_run(run: Run, session_file: Path) -> None:
    process = run.start("up", "dev", "--port", "0", "--no-open", "--empty")
    deadline = time.monotonic() + 120
    while not session_file.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    session = json.loads(session_file.read_text())
    with urlopen(f"{session['apiUrl']}/v1/products") as answer:
        assert json.load(answer) == {"items": []}
    token = subprocess.run(
        [sys.executable, "-m", "local", "token", "admin"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    request = Request(
        f"{session['apiUrl']}/v1/users",
        headers={"Authorization": f"Bearer {token}", "x-api-key": session["apiKey"]},
    )
    with urlopen(request) as answer:
        assert answer.status == 200
    told = subprocess.run(
        [sys.executable, "-m", "local", "alarm", "orders-delayed", "--reason", "drill"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "function aws-platform-dev-slack-notifier:live: done" in told
    origin = session["apiUrl"].rpartition("/")[0]
    activity = Request(
        f"{origin}/_local/activity.json",
        headers={"Authorization": f"Bearer {session['pageToken']}"},
    )
    with urlopen(activity) as answer:
        channels = [one["channel"] for one in json.load(answer)["messages"]]
    assert channels == ["mail to admin@example.com", "Slack"]
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors == ""
    assert session["apiUrl"] in output
    assert session["apiKey"] in output
    assert not session_file.exists()
    assert run.left_behind() == []


@pytest.fixture
def session_file() -> Path:
    assert not SESSION_FILE.exists(), "end the `make local` that runs in this checkout first"
    return SESSION_FILE
