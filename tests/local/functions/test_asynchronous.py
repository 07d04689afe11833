"""Events that nobody waits for: attempts, delays, and what becomes of those given up."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import pytest

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.functions.asynchronous import AsynchronousInvocations
from local.functions.logs import FunctionLogs
from local.functions.outcome import Outcome

DELAYS = (0.2, 0.4)


@dataclass
class FailingFunctions:
    """Fails as often as told, and remembers when it was called."""

    failures: int = 0
    calls: list[tuple[float, Any]] = field(default_factory=list[tuple[float, Any]])
    logs: FunctionLogs = field(default_factory=FunctionLogs)
    seconds: float = 0

    def invoke(self, function: str, event: Any) -> Outcome:
        self.calls.append((time.monotonic(), event))
        time.sleep(self.seconds)
        fails = len(self.calls) <= self.failures
        error = {"errorType": "ValueError", "errorMessage": f"no good {len(self.calls)}"}
        return Outcome(
            request_id=f"request-{len(self.calls)}",
            payload=json.dumps(error if fails else "fine").encode(),
            error="ValueError" if fails else None,
        )

    @property
    def gaps(self) -> list[float]:
        times = [at for at, _ in self.calls]
        return [later - earlier for earlier, later in pairwise(times)]


@dataclass
class World:
    """A function with the alias `live` and a queue."""

    clients: AwsClients
    function: str
    queue_url: str
    queue_arn: str

    def configure(self, **settings: Any) -> None:
        self.clients("lambda").put_function_event_invoke_config(
            FunctionName=self.function.split(":")[6],
            Qualifier="live",
            DestinationConfig={"OnFailure": {"Destination": self.queue_arn}},
            **settings,
        )

    def dead_letters(self) -> list[Any]:
        answer = self.clients("sqs").receive_message(QueueUrl=self.queue_url)
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def clients() -> Iterator[AwsClients]:
    with EmbeddedAws() as aws:
        clients = AwsClients(aws.access)
        clients("iam").create_role(
            RoleName="r", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}'
        )
        yield clients


@pytest.fixture
def world(clients: AwsClients) -> World:
    name = f"f-{uuid.uuid4()}"
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("function.py", "")
    lambda_, sqs = clients("lambda"), clients("sqs")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=clients("iam").get_role(RoleName="r")["Role"]["Arn"],
        Handler="function.handler",
        Code={"ZipFile": code.getvalue()},
        Publish=True,
    )
    alias = lambda_.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return World(clients, alias["AliasArn"], url, attributes["Attributes"]["QueueArn"])


@pytest.fixture
def run(world: World) -> Iterator[Callable[[FailingFunctions], list[str]]]:
    """Invokes, with an event that says hello; what is reported, as it comes."""
    running: list[AsynchronousInvocations] = []

    def start(functions: FailingFunctions) -> list[str]:
        progress: list[str] = []
        running.append(AsynchronousInvocations(world.clients, functions, DELAYS))
        running[-1].invoke(world.function, {"say": "hello"}, progress.append)
        return progress

    yield start
    for one in running:
        one.close()


def test_what_succeeds_is_done_at_once(world: World, run: Any, eventually: Any) -> None:
    functions = FailingFunctions()
    progress = run(functions)
    assert eventually(lambda: progress) == ["done"]
    assert [event for _, event in functions.calls] == [{"say": "hello"}]


def test_what_fails_is_tried_again_after_longer_and_longer(
    world: World, run: Any, eventually: Any
) -> None:
    world.configure(MaximumRetryAttempts=2)
    functions = FailingFunctions(failures=2)
    progress = run(functions)
    assert eventually(lambda: len(progress) == 3)
    assert "ValueError: no good 1" in progress[0]
    assert progress[0].endswith("again in 0.2 s")
    assert progress[2] == "done at attempt 3"
    assert functions.gaps[0] >= DELAYS[0]
    assert functions.gaps[1] >= DELAYS[1]
    assert world.dead_letters() == []


def test_what_fails_three_times_goes_to_the_queue_as_lambda_records_it(
    world: World, run: Any, eventually: Any
) -> None:
    world.configure(MaximumRetryAttempts=2)
    functions = FailingFunctions(failures=9)
    progress = run(functions)
    assert eventually(lambda: len(progress) == 3)
    assert progress[2].endswith(f"given up, kept in {world.queue_arn.rsplit(':', 1)[1]}")
    (record,) = world.dead_letters()
    assert record["version"] == "1.0"
    assert record["requestContext"] == {
        "requestId": "request-1",
        "functionArn": world.function,
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    }
    assert record["requestPayload"] == {"say": "hello"}
    assert record["responsePayload"] == {"errorType": "ValueError", "errorMessage": "no good 3"}
    assert len(functions.calls) == 3


def test_a_function_without_retries_is_tried_once(world: World, run: Any, eventually: Any) -> None:
    world.configure(MaximumRetryAttempts=0)
    functions = FailingFunctions(failures=9)
    progress = run(functions)
    assert eventually(lambda: progress)
    assert len(functions.calls) == 1
    assert world.dead_letters()[0]["requestContext"]["approximateInvokeCount"] == 1


def test_without_a_configuration_lambdas_own_two_retries_hold(
    world: World, run: Any, eventually: Any
) -> None:
    functions = FailingFunctions(failures=9)
    progress = run(functions)
    assert eventually(lambda: len(progress) == 3)
    assert progress[2].endswith("kept nowhere")
    assert len(functions.calls) == 3


def test_an_event_is_not_retried_beyond_its_age(world: World, eventually: Any) -> None:
    world.configure(MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60)
    functions = FailingFunctions(failures=9)
    progress: list[str] = []
    with AsynchronousInvocations(world.clients, functions, (61,)) as invocations:
        invocations.invoke(world.function, {}, progress.append)
        assert eventually(lambda: progress)
    (record,) = world.dead_letters()
    assert record["requestContext"]["condition"] == "EventAgeExceeded"


def test_the_end_does_not_wait_for_a_retry_nor_report_one(world: World, eventually: Any) -> None:
    functions = FailingFunctions(failures=9)
    progress: list[str] = []
    with AsynchronousInvocations(world.clients, functions, (3600,)) as invocations:
        invocations.invoke(world.function, {}, progress.append)
        assert eventually(lambda: progress)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert len(functions.calls) == len(progress) == 1


def test_the_end_does_not_wait_for_an_attempt_that_hangs(world: World, eventually: Any) -> None:
    functions = FailingFunctions(seconds=5)
    with AsynchronousInvocations(world.clients, functions) as invocations:
        invocations.invoke(world.function, {})
        assert eventually(lambda: functions.calls)
        began = time.monotonic()
    assert time.monotonic() - began < 3
