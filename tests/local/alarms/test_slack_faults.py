"""From an alarm to Slack: the real notifier, a real webhook, and all that can go wrong with it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from local.alarms.alarm_actions import AlarmActions
from local.alarms.alarm_board import AlarmBoard
from local.alarms.topics import Topics
from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.functions.asynchronous import AsynchronousInvocations
from local.functions.configuration import DeployedFunctions
from local.functions.functions import Functions
from local.page.sent_messages import SentMessages
from local.page.slack import post_to_slack

DELAYS = (0.2, 0.3)
ATTEMPTS = 3
SLOWER_THAN_THE_NOTIFIER_WAITS = 3.5
SLOW = "slow"


@dataclass
class Slack:
    """The local Slack, which answers badly first, as a test tells it."""

    messages: SentMessages = field(default_factory=SentMessages)
    faults: list[int | str] = field(default_factory=list[int | str])
    posts: int = 0
    server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        slack = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                slack.posts += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = slack.faults.pop(0) if slack.faults else None
                if fault == SLOW:
                    time.sleep(SLOWER_THAN_THE_NOTIFIER_WAITS)
                    return
                status, text = 429, "rate_limited"
                if fault is None:
                    status, text = post_to_slack(self.headers["Content-Type"], body, slack.messages)
                elif fault != status:
                    status, text = int(fault), "rollup_error"
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                if status == 429:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        assert self.server
        return f"http://127.0.0.1:{self.server.server_port}/services/T0/B0/s3cr3t"


@dataclass
class World:
    """An embedded AWS with the notifier behind a topic, and an alarm."""

    clients: AwsClients
    topics: Topics
    board: AlarmBoard
    slack: Slack
    alarm: str
    topic: str
    queue_url: str

    def go_off(self, reason: str = "6 errors") -> None:
        self.clients("cloudwatch").set_alarm_state(
            AlarmName=self.alarm, StateValue="ALARM", StateReason=reason
        )

    def texts(self) -> list[str]:
        return [one.text for one in self.slack.messages.after()]

    def result(self) -> str:
        told = [each for one in self.board.changes() for each in one["told"]]
        return told[-1]["result"] if told else ""

    def dead_letters(self) -> list[Any]:
        answer = self.clients("sqs").receive_message(QueueUrl=self.queue_url)
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        AwsClients(aws.access)("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        yield aws


@pytest.fixture(scope="module")
def functions(aws: EmbeddedAws) -> Iterator[Functions]:
    with Functions(
        DeployedFunctions(AwsClients(aws.access)), aws.access.environment()
    ) as functions:
        yield functions


@pytest.fixture
def world(aws: EmbeddedAws, functions: Functions) -> Iterator[World]:
    clients, slack, name = AwsClients(aws.access), Slack(), f"w-{uuid.uuid4()}"
    slack.start()
    secret = clients("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"url": slack.url})
    )
    notifier = deploy_notifier(clients, name, secret["ARN"])
    queue = clients("sqs").create_queue(QueueName=name)["QueueUrl"]
    clients("lambda").put_function_event_invoke_config(
        FunctionName=name,
        Qualifier="live",
        MaximumRetryAttempts=ATTEMPTS - 1,
        DestinationConfig={
            "OnFailure": {"Destination": f"arn:aws:sqs:us-east-1:123456789012:{name}"}
        },
    )
    topic = clients("sns").create_topic(Name=name)["TopicArn"]
    clients("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=notifier)
    clients("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription="Orders fail. First: read the log. Runbook: docs/runbook.md#orders",
        Namespace="N",
        MetricName="M",
        Period=60,
        Statistic="Sum",
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[topic],
    )
    board = AlarmBoard()
    with ExitStack() as running:
        invocations = running.enter_context(AsynchronousInvocations(clients, functions, DELAYS))
        topics = Topics(clients, invocations, SentMessages().add)
        running.enter_context(AlarmActions(clients, [], topics, board))
        yield World(clients, topics, board, slack, name, topic, queue)
    clients("cloudwatch").delete_alarms(AlarmNames=[name])
    assert slack.server
    slack.server.shutdown()


def deploy_notifier(clients: AwsClients, name: str, secret_arn: str) -> str:
    """The notifier as deployed; its alias's ARN."""
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("empty.py", "")
    clients("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=clients("iam").get_role(RoleName="r")["Role"]["Arn"],
        Handler="handlers.slack_notifier.function.lambda_handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=30,
        Environment={"Variables": {"SLACK_WEBHOOK_SECRET_ARN": secret_arn}},
        Publish=True,
    )
    alias = clients("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return alias["AliasArn"]


@pytest.fixture
def known(world: World, eventually: Callable[..., Any]) -> World:
    """The world, once the watcher has seen the alarm as it was."""

    def seen() -> bool:
        states = world.board.alarms()["states"]
        return world.alarm in [one["name"] for one in states]

    assert eventually(seen)
    return world


def test_slack_shows_name_state_reason_and_link(known: World, eventually: Any) -> None:
    known.go_off("6 errors <!channel>")
    (text,) = eventually(known.texts)
    title, heading, reason, description, *_ = text.splitlines()
    assert title == f"{known.alarm}: ALARM"
    assert heading.startswith(f"{known.alarm} (https://us-east-1.console.aws.amazon.com/")
    assert f"alarm/{known.alarm})" in heading
    assert heading.endswith("is ALARM")
    assert reason == "6 errors <!channel>"
    assert description.startswith("Orders fail.")
    assert eventually(lambda: known.result() == "done")


@pytest.mark.parametrize("fault", [429, 500, SLOW])
def test_after_a_fault_of_slack_the_alarm_arrives_once(
    known: World, eventually: Any, fault: int | str
) -> None:
    known.slack.faults = [fault]
    known.go_off()
    assert eventually(lambda: known.result() == "done at attempt 2")
    assert len(known.texts()) == 1
    assert known.slack.posts == 2
    assert known.dead_letters() == []


def test_an_alarm_that_slack_never_takes_is_kept_in_the_queue(
    known: World, eventually: Any
) -> None:
    known.slack.faults = [500, 429, 500]
    known.go_off("the reason")
    assert eventually(lambda: "given up" in known.result())
    assert known.slack.posts == ATTEMPTS
    assert known.texts() == []
    (record,) = known.dead_letters()
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    alarm = json.loads(record["requestPayload"]["Records"][0]["Sns"]["Message"])
    assert (alarm["AlarmName"], alarm["NewStateReason"]) == (known.alarm, "the reason")
    assert record["responsePayload"]["errorType"] == "SlackRefused"
    assert "s3cr3t" not in json.dumps(record)


@pytest.mark.parametrize(
    "message",
    ["Amazon RDS: maintenance & <reboot> at 03:00", "[1, 2]", '{"Event Source": "db"}', "…"],
)
def test_an_unknown_message_is_readable_in_slack(
    known: World, eventually: Any, message: str
) -> None:
    told: list[str] = []
    known.topics.publish(known.topic, "A notice", message, lambda _: told.append)
    assert eventually(lambda: told == ["done"])
    assert known.texts()[0].splitlines()[:3] == ["A notice", "A notice", message]


def test_slack_down_stops_no_later_alarm(known: World, eventually: Any) -> None:
    known.slack.faults = [500] * ATTEMPTS
    known.go_off()
    assert eventually(lambda: "given up" in known.result())
    told: list[str] = []
    known.topics.publish(known.topic, "Later", "text", lambda _: told.append)
    assert eventually(lambda: told == ["done"])
    assert len(known.texts()) == 1


def test_the_embedded_aws_itself_invokes_no_function_that_subscribed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    # It would do so in Docker, besides us, and complain of that where there is none.
    with EmbeddedAws() as aws:
        clients = AwsClients(aws.access)
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        clients("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
        notifier = deploy_notifier(clients, "notifier", "arn")
        topic = clients("sns").create_topic(Name="t")["TopicArn"]
        clients("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=notifier)
        assert clients("sns").publish(TopicArn=topic, Message="by hand")["MessageId"]
    assert capfd.readouterr() == ("", "")
