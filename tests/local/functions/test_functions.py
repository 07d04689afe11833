"""Functions in worker processes, with handlers that do what handlers must not."""

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from local.functions.configuration import FunctionConfiguration, split_arn
from local.functions.functions import Functions

HANDLERS = {
    "echo": "def lambda_handler(event, context):\n    return event\n",
    "context": """
import os
def lambda_handler(event, context):
    return {
        "remaining": context.get_remaining_time_in_millis(),
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "name": context.function_name,
        "memory": context.memory_limit_in_mb,
        "group": context.log_group_name,
        "environment": dict(os.environ),
        "pid": os.getpid(),
    }
""",
    "crash": "import os\ndef lambda_handler(event, context):\n    os._exit(int(event))\n",
    "leave": "def lambda_handler(event, context):\n    raise SystemExit(1)\n",
    "hang": "import time\ndef lambda_handler(e, c):\n    time.sleep(e)\n    return 1\n",
    "stuck": "import re\ndef lambda_handler(e, c):\n    re.match('(a+)+b', 'a' * 40)\n",
    "fail": "def lambda_handler(event, context):\n    raise ValueError('no good')\n",
    "unserialisable": "def lambda_handler(event, context):\n    return object()\n",
    "large": "def lambda_handler(event, context):\n    return 'x' * event\n",
    "broken": "import not_there\n",
    "log": """
import sys
def lambda_handler(event, context):
    print("to stdout", event)
    print("to stderr", event, file=sys.stderr)
    sys.stdout.buffer.write(b"caf\\xe9\\n")
    sys.stdout.buffer.flush()
""",
    "stateful": """
count = 0
def lambda_handler(event, context):
    global count
    count += 1
    return count
""",
}
TIMEOUTS = {"hang": 0.5, "stuck": 0.5}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    for name, text in HANDLERS.items():
        (folder / "handlers" / name).mkdir(parents=True)
        (folder / "handlers" / name / "function.py").write_text(text)
    return folder


def configuration(arn: str) -> FunctionConfiguration:
    name, _ = split_arn(arn)
    return FunctionConfiguration(
        name=name,
        arn=arn.removesuffix(":live"),
        handler=f"handlers.{name}.function.lambda_handler",
        environment={"TABLE_NAME": "table", "AWS_REGION": "eu-west-1"},
        timeout_seconds=TIMEOUTS.get(name, 10),
        memory_mb=256,
        log_group=f"/aws/lambda/{name}",
    )


MERELY_IMPORTED = (
    "webbrowser.open",
    "timeit.main",
    "os.system",
    "subprocess.run",
    "handlers.echo.function.json.loads",
    "handlers.os.system",
    "handlers.function.lambda_handler",
    "handlers..echo.function.lambda_handler",
    "handlers.echo/function.lambda_handler",
    "/handlers/echo/function.lambda_handler",
    "local.cli.main",
    "lambda_handler",
    "",
)


@pytest.mark.parametrize("handler", MERELY_IMPORTED)
def test_a_name_that_merely_imports_is_never_run(code: Path, tmp_path: Path, handler: str) -> None:
    def deployed(_: str) -> FunctionConfiguration:
        environment = {"BROWSER": f"touch {tmp_path / 'ran'} %s"}
        return FunctionConfiguration(name="f", handler=handler, environment=environment)

    with Functions(deployed, {}, code) as functions:
        outcome = functions.invoke("f", "touch " + str(tmp_path / "ran"))
    assert outcome.error == "Runtime.ImportModuleError"
    assert "Unable to import module" in outcome.error_message
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_what_the_program_packaged_is_run_from_its_package(
    code: Path, tmp_path: Path, kind: str
) -> None:
    package = tmp_path / "jobs"
    package.mkdir()
    (package / "nightly.py").write_text(HANDLERS["echo"])
    if kind == "zip":
        package = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", package))

    def deployed(name: str) -> FunctionConfiguration:
        return FunctionConfiguration(name=name, handler="nightly.lambda_handler")

    with Functions(deployed, {}, code, {"mine": package}) as functions:
        assert functions.invoke("mine", 7).value() == 7
        assert functions.invoke("another", 7).error == "Runtime.ImportModuleError"


def test_an_environment_can_not_change_what_this_machine_runs(code: Path) -> None:
    dangerous = {
        "BROWSER": "x",
        "PYTHONPATH": "/tmp",
        "PYTHONSTARTUP": "x",
        "LD_PRELOAD": "x.so",
        "DYLD_INSERT_LIBRARIES": "x",
        "BASH_ENV": "x",
        "GIT_SSH_COMMAND": "x",
        "NODE_OPTIONS": "--require x",
        "AWS_CONFIG_FILE": "/tmp/config",
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:2",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:2",
        "PATH": "/tmp",
    }
    harmless = {"TABLE_NAME": "t", "MY_PATH": "p", "LOG_LEVEL": "INFO", "AWS_MAX_ATTEMPTS": "2"}

    def deployed(name: str) -> FunctionConfiguration:
        return FunctionConfiguration(
            name=name,
            handler="handlers.context.function.lambda_handler",
            environment={**dangerous, **harmless, "AWS_ENDPOINT_URL": "http://127.0.0.1:2"},
        )

    run = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_CONFIG_FILE": os.devnull}
    with Functions(deployed, run, code) as functions:
        seen = functions.invoke("f", None).value()["environment"]
        said = [line.text for line in functions.logs.after() if "Not set here" in line.text]
    assert harmless.items() <= seen.items()
    assert run.items() <= seen.items()
    assert seen["PATH"] == os.environ["PATH"]
    assert not seen.keys() & (dangerous.keys() - run.keys() - {"PATH"})
    assert len(said) == 1
    for name in dangerous:
        assert name in said[0]


@pytest.fixture(scope="module")
def functions(code: Path) -> Iterator[Functions]:
    with Functions(configuration, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, code) as functions:
        yield functions


def eventually(condition: Callable[[], Any], seconds: float = 5) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    with suppress(OSError):
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.mark.parametrize("event", [{"a": ["ä", None, 1.5]}, "text", None, [], "x" * 2_000_000])
def test_an_event_arrives_and_the_answer_returns(functions: Functions, event: Any) -> None:
    outcome = functions.invoke("echo", event)
    assert (outcome.error, outcome.value()) == (None, event)


def test_a_handler_has_lambdas_context_and_the_deployed_environment(
    functions: Functions,
) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:context:live"
    outcome = functions.invoke(arn, {})
    seen = outcome.value()
    assert 9000 < seen["remaining"] <= 10_000
    assert seen["id"] == outcome.request_id
    assert (seen["arn"], seen["name"], seen["memory"]) == (arn, "context", "256")
    assert seen["group"] == "/aws/lambda/context"
    environment = seen["environment"]
    expected = {
        "TABLE_NAME": "table",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_LAMBDA_FUNCTION_NAME": "context",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/context",
        "_HANDLER": "handlers.context.function.lambda_handler",
        "TZ": ":UTC",
    }
    assert expected.items() <= environment.items()
    assert environment["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    # Nothing of ours: a handler that needs it would fail in AWS.
    assert "HOME" not in environment
    assert "PYTEST_CURRENT_TEST" not in environment


@pytest.mark.parametrize(
    ("name", "event", "error", "message"),
    [
        ("fail", {}, "ValueError", "no good"),
        ("crash", 0, "Runtime.ExitError", "Runtime exited"),
        ("crash", 139, "Runtime.ExitError", "Runtime exited"),
        ("leave", {}, "Runtime.ExitError", "Runtime exited"),
        ("unserialisable", {}, "Runtime.MarshalError", "not JSON serializable"),
        ("large", 7_000_000, "Function.ResponseSizeTooLarge", "6291456"),
        ("broken", {}, "Runtime.ImportModuleError", "not_there"),
        ("hang", 5, "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("stuck", {}, "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
    ],
)
def test_a_failure_is_described_as_lambda_does_and_others_go_on(
    functions: Functions, name: str, event: Any, error: str, message: str
) -> None:
    began = time.monotonic()
    outcome = functions.invoke(name, event)
    assert outcome.error == error
    assert message in outcome.error_message
    assert time.monotonic() - began < 5
    assert functions.invoke("echo", 1).value() == 1
    if name in ("hang", "large"):
        assert functions.invoke(name, 0).error is None


def test_a_failure_is_in_the_log_with_its_place_in_the_code(functions: Functions) -> None:
    functions.invoke("fail", {})
    assert eventually(
        lambda: any("ValueError: no good" in one.text for one in functions.logs.after(0, "fail"))
    )
    assert eventually(lambda: any("function.py" in one.text for one in functions.logs.after()))


def test_what_a_function_writes_is_its_log(functions: Functions) -> None:
    functions.invoke("log", 7)
    lines = eventually(lambda: len(found := functions.logs.after(0, "log")) == 3 and found)
    assert [line.text for line in lines] == ["to stdout 7", "to stderr 7", "caf\ufffd"]
    assert functions.logs.after(lines[-1].number) == []


def test_a_worker_stays_warm(functions: Functions) -> None:
    assert [functions.invoke("stateful", {}).value() for _ in range(3)] == [1, 2, 3]


def test_events_at_once_are_handled_at_once(functions: Functions) -> None:
    functions.invoke("hang", 0)
    began = time.monotonic()
    futures = [functions.start("hang", 0.3) for _ in range(6)]
    assert [future.result().error for future in futures] == [None] * 6
    assert time.monotonic() - began < 1.5


def test_changed_code_runs_at_the_next_event(functions: Functions, code: Path) -> None:
    assert functions.invoke("echo", 1).value() == 1
    changed = "def lambda_handler(event, context):\n    return 'changed'\n"
    (code / "handlers" / "echo" / "function.py").write_text(changed)
    assert eventually(lambda: functions.invoke("echo", 1).value() == "changed", seconds=3)
    (code / "handlers" / "echo" / "function.py").write_text("syntax error")
    assert eventually(lambda: functions.invoke("echo", 1).error, seconds=3)
    (code / "handlers" / "echo" / "function.py").write_text(HANDLERS["echo"])
    assert eventually(lambda: functions.invoke("echo", 2).error is None, seconds=3)


def test_a_killed_worker_is_replaced(functions: Functions) -> None:
    pid = functions.invoke("context", {}).value()["pid"]
    os.kill(pid, signal.SIGKILL)
    # With its last thread, so that its connection is closed.
    assert eventually(lambda: not (Path("/proc") / str(pid)).exists())
    assert functions.invoke("context", {}).error is None


def test_nothing_is_left_at_the_end_even_of_a_hanging_handler(code: Path) -> None:
    functions = Functions(configuration, {}, code)
    pid = functions.invoke("context", {}).value()["pid"]
    functions.start("hang", 100)
    time.sleep(0.2)
    functions.close()
    functions.close()
    assert eventually(lambda: not is_alive(pid))


def test_a_function_that_is_not_deployed_is_an_error(code: Path) -> None:
    def nothing(arn: str) -> FunctionConfiguration:
        raise LookupError(arn)

    with Functions(nothing, {}, code) as functions, pytest.raises(LookupError):
        functions.start("gone", {}).result()


def test_a_payload_is_json_as_lambda_sends_it(functions: Functions) -> None:
    assert json.loads(functions.invoke("echo", {"a": "ä"}).payload) == {"a": "ä"}
