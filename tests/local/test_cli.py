"""The command line as a person meets it: the real program, in processes of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from local.engine.finding import Engine
from tests.pulumi_recorder import STACK_FILES
from tests.tree_copy import TreeCopy

MARKER = "AWS_PLATFORM_TEST_RUN"

SHELL = {
    **dict.fromkeys(("AWS_PROFILE", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"), "nowhere"),
    **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_CA_BUNDLE", "AWS_DATA_PATH"), "/nowhere"),
    "AWS_SHARED_CREDENTIALS_FILE": __file__,
    "AWS_DEFAULTS_MODE": "nowhere",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:9",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_STS_REGIONAL_ENDPOINTS": "nowhere",
    "PULUMI_CONFIG": "{",
    "PULUMI_HOME": "/nowhere",
    "PULUMI_BACKEND_URL": "s3://nowhere",
    "PYTHONWARNINGS": "error",
    "PYTHONIOENCODING": "latin-1",
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    "NO_PROXY": "index.internal",
}
"""What people have in theirs that is not about a run on this machine."""


class Run:
    """One `python -m local …`, whose descendants and temporary files can be found."""

    def __init__(self, checkout: Path, temporary: Path, **environment: str) -> None:
        self.checkout = checkout
        self.temporary = temporary
        self.temporary.mkdir()
        self.environment = environment
        self._marker = f"{MARKER}={uuid.uuid4()}"
        self.process: subprocess.Popen[str] | None = None

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        name, _, value = self._marker.partition("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local", *arguments],
            cwd=self.checkout,
            env={**os.environ, **self.environment, name: value, "TMPDIR": str(self.temporary)},
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


@pytest.fixture(scope="session")
def own_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout with the tests' stacks, where nothing else runs."""
    folder = tmp_path_factory.mktemp("checkout")
    TreeCopy(folder)
    for path in folder.glob("Pulumi.*.yaml"):
        path.unlink()
    for path in STACK_FILES.iterdir():
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def run(engine: Engine, own_checkout: Path, tmp_path: Path) -> Iterator[Run]:
    run = Run(own_checkout, tmp_path / "tmp")
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
        "up", "dev", "-c", "natGateways=2", "-c", "cache.nodeCuont=1", "-c", "vpcCidr=8.0.0.0/16"
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
    while len(run.left_behind()) > 1 and time.monotonic() < deadline:
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


def test_a_token_of_nothing_that_runs_is_one_message(run: Run) -> None:
    code, output, errors = run.finish("token", "admin")
    assert (code, output) == (1, "")
    assert errors == "Nothing runs here: start it with `make local` first.\n"


def test_an_alarm_of_nothing_that_runs_is_one_message(run: Run) -> None:
    code, output, errors = run.finish("alarm", "Users-Affected")
    assert (code, output) == (1, "")
    assert errors == "Nothing runs here: start it with `make local` first.\n"


def test_any_region_in_any_shell_is_served_and_ends_with_the_run(
    engine: Engine, own_checkout: Path, tmp_path: Path
) -> None:
    sessions = own_checkout / ".local" / "sessions"
    run = Run(own_checkout, tmp_path / "a #1%41?", **SHELL)
    region = ("-c", "aws:region=eu-central-1")
    process = run.start("up", "dev", *region, "--port", "0", "--no-open")
    until = time.monotonic() + 120
    while not (files := list(sessions.glob("*.json"))) and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.1)
    session = json.loads(files[0].read_text())

    def told(*command: str) -> str:
        environment = {**os.environ, **SHELL}
        done = subprocess.run(
            [sys.executable, "-m", "local", *command],
            cwd=own_checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    def answer(method: str, path: str, body: Any = None) -> Any:
        headers = {
            "Authorization": f"Bearer {told('token', 'user', '--stack', 'dev')}",
            "x-api-key": session["apiKey"],
            "Idempotency-Key": "1",
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = Request(session["apiUrl"] + path, data, headers, method=method)
        with urlopen(request) as found:
            return json.load(found)

    product = answer("GET", "/v1/products")["items"][0]
    line = {"productId": product["productId"], "quantity": 1}
    order = answer("POST", "/v1/orders", {"lines": [line]})
    while answer("GET", f"/v1/orders/{order['orderId']}")["status"] != "CONFIRMED":
        assert time.monotonic() < until
    drill = told("alarm", "orders-delayed", "--reason", "drill")
    assert "function aws-platform-dev-slack-notifier:live: done" in drill
    activity = Request(
        f"http://127.0.0.1:{session['port']}/_local/activity.json",
        headers={"Authorization": f"Bearer {session['pageToken']}"},
    )
    with urlopen(activity) as found:
        messages = json.load(found)["messages"]
    assert [one["channel"] for one in messages] == ["mail to admin@example.com", "Slack"]
    assert "Europe (Frankfurt)" in json.dumps(messages)
    assert "us-east-1" not in json.dumps(messages)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert session["apiUrl"] in output
    assert "AWS_DEFAULT_REGION=eu-central-1" in output
    assert list(sessions.iterdir()) == []
    assert run.left_behind() == []


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("us-esat-1", '"us-esat-1", which is no AWS region; did you mean us-east-1?'),
        ("cn-north-1", '"cn-north-1", where Amazon Cognito has no user pools'),
    ],
)
def test_a_region_that_cannot_be_used_is_one_line(run: Run, region: str, said: str) -> None:
    code, output, errors = run.finish("preview", "dev", "-c", f"aws:region={region}")
    assert (code, output) == (1, "")
    assert errors.startswith(f"aws:region is {said}")
    assert len(errors.splitlines()) == 1


def test_a_region_with_too_few_zones_is_said_once(run: Run) -> None:
    code, output, errors = run.finish("preview", "dev", "-c", "aws:region=us-west-1")
    assert (code, output) == (1, "")
    assert errors == (
        "aws-platform:availabilityZoneCount is 3, but us-west-1 has only us-west-1a, us-west-1b;"
        " allowed here: 2.\n"
    )


def test_output_that_nobody_reads_any_more_ends_the_run_without_a_word(run: Run) -> None:
    process = run.start("preview", "dev")
    assert process.stdout
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == ""
    assert process.wait() == 1
    assert run.left_behind() == []


@pytest.mark.parametrize("closed", ["1", "2", "0", "0 1 2"])
def test_closed_standard_streams_change_nothing_else(own_checkout: Path, closed: str) -> None:
    closing = " ".join(f"{number}>&-" for number in closed.split())
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m local preview nowhere {closing}"],
        cwd=own_checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "" if "2" in closed else done.stderr.startswith("There is no stack")
