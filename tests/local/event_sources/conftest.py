"""Event sources in an embedded AWS of their own, before functions that do as a test tells them."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.event_sources.event_sources import EventSources
from local.functions.logs import FunctionLogs
from local.functions.outcome import Outcome

ROLE = {"Version": "2012-10-17", "Statement": []}


@dataclass
class ToldFunctions:
    """Answers as told, and remembers the events."""

    answer: Callable[[Any], Any] = lambda _: None
    events: list[Any] = field(default_factory=list[Any])
    logs: FunctionLogs = field(default_factory=FunctionLogs)
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def invoke(self, function: str, event: Any) -> Outcome:
        assert ":function:reader" in function
        with self.lock:
            self.events.append(event)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        error = None
        try:
            value = self.answer(event)
        except ValueError as failure:
            value, error = {"errorMessage": str(failure)}, "ValueError"
        with self.lock:
            self.at_once -= 1
        return Outcome(
            request_id=str(uuid.uuid4()),
            payload=json.dumps(value).encode(),
            error=error,
        )

    def prewarm(self, *functions: str) -> None:
        pass


@dataclass
class World:
    """A table with a stream, queues and a function, made anew for each test."""

    clients: AwsClients
    functions: ToldFunctions
    name: str
    running: contextlib.ExitStack
    stream_arn: str = ""

    def table(self) -> None:
        answer = self.clients("dynamodb").create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self.stream_arn = answer["TableDescription"]["LatestStreamArn"]

    def put(self, *keys: str, **attributes: Any) -> None:
        for key in keys:
            self.clients("dynamodb").put_item(
                TableName=self.name, Item={"PK": {"S": key}, **attributes}
            )

    def queue(self, purpose: str, **attributes: str) -> str:
        """Make a queue; its ARN."""
        sqs = self.clients("sqs")
        url = sqs.create_queue(QueueName=f"{self.name}-{purpose}", Attributes=attributes)
        return sqs.get_queue_attributes(QueueUrl=url["QueueUrl"], AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]

    def queue_with_dead_letters(self, most_attempts: int) -> tuple[str, str]:
        """A queue whose messages are visible again after a second; both ARNs."""
        dead = self.queue("dead")
        redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": most_attempts})
        return self.queue("work", VisibilityTimeout="1", RedrivePolicy=redrive), dead

    def url(self, arn: str) -> str:
        return self.clients("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[1])["QueueUrl"]

    def send(self, arn: str, *bodies: str) -> None:
        for body in bodies:
            self.clients("sqs").send_message(QueueUrl=self.url(arn), MessageBody=body)

    def receive(self, arn: str) -> list[str]:
        """The messages of a queue, taken out of it."""
        bodies: list[str] = []
        sqs, url = self.clients("sqs"), self.url(arn)
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def waiting(self, arn: str) -> int:
        """How many messages a queue holds, those included that are under way."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.clients("sqs").get_queue_attributes(
            QueueUrl=self.url(arn), AttributeNames=names
        )["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def mapping(self, source: str, **settings: Any) -> None:
        """Make the function read a source, and begin."""
        position = {} if ":sqs:" in source else {"StartingPosition": "TRIM_HORIZON"}
        self.clients("lambda").create_event_source_mapping(
            FunctionName=self.name, EventSourceArn=source, **position, **settings
        )
        self.start()

    def start(self) -> None:
        self.running.enter_context(EventSources(self.clients, self.functions))  # pyright: ignore

    def keys(self) -> list[list[str]]:
        """The keys in each batch that the function was given."""
        return [
            [record["dynamodb"]["Keys"]["PK"]["S"] for record in event["Records"]]
            for event in self.functions.events
        ]

    def bodies(self) -> list[list[str]]:
        """The messages in each batch that the function was given."""
        return [[record["body"] for record in event["Records"]] for event in self.functions.events]


@pytest.fixture(scope="session")
def clients() -> Iterator[AwsClients]:
    with EmbeddedAws() as aws:
        clients = AwsClients(aws.access)
        clients("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(ROLE))
        yield clients


@pytest.fixture
def world(clients: AwsClients) -> Iterator[World]:
    """Everything is gone after the test, so that no later one reads it too."""
    name = f"reader-{uuid.uuid4()}"
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("function.py", "")
    lambda_ = clients("lambda")
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=clients("iam").get_role(RoleName="reader")["Role"]["Arn"],
        Handler="function.handler",
        Code={"ZipFile": code.getvalue()},
    )
    with contextlib.ExitStack() as running:
        yield World(clients, ToldFunctions(), name, running)
    for mapping in lambda_.list_event_source_mappings()["EventSourceMappings"]:
        lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
    for pipe in clients("pipes").list_pipes()["Pipes"]:
        clients("pipes").delete_pipe(Name=pipe["Name"])
