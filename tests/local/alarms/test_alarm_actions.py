"""Alarms of an embedded AWS that change, and who is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.alarms.alarm import COMPOSITE_TYPE, composite_alarms
from local.alarms.alarm_actions import AlarmActions
from local.alarms.alarm_board import AlarmBoard
from local.alarms.topics import Topics
from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.page.sent_messages import SentMessages

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:notify:live"


@dataclass
class RememberedInvocations:
    """Remembers what is invoked."""

    events: list[Any] = field(default_factory=list[Any])

    def invoke(self, function: str, event: Any, on_progress: Callable[[str], None]) -> None:
        assert function == FUNCTION
        self.events.append(event)
        on_progress("done")

    @property
    def alarms(self) -> list[Any]:
        return [json.loads(one["Records"][0]["Sns"]["Message"]) for one in self.events]


@dataclass
class World:
    """Alarms with names of their own, and what watches them; `look` is called by hand."""

    clients: AwsClients
    name: str
    topic: str
    messages: SentMessages = field(default_factory=SentMessages)
    invocations: RememberedInvocations = field(default_factory=RememberedInvocations)
    board: AlarmBoard = field(default_factory=AlarmBoard)
    now: float = 1000
    actions: AlarmActions | None = None

    def alarm(self, name: str, **settings: Any) -> str:
        whole = f"{self.name}-{name}"
        self.clients("cloudwatch").put_metric_alarm(
            **{
                "AlarmName": whole,
                "AlarmDescription": "What it means.",
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
                "Period": 300,
                "Statistic": "Sum",
                "EvaluationPeriods": 2,
                "Threshold": 5,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "AlarmActions": [self.topic],
                "OKActions": [self.topic],
                **settings,
            }
        )
        return whole

    def composite(self, name: str, rule: str, **outputs: Any) -> dict[str, Any]:
        whole = f"{self.name}-{name}"
        return {
            "type": COMPOSITE_TYPE,
            "outputs": {
                "alarmName": whole,
                "arn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{whole}",
                "alarmRule": rule,
                "alarmActions": [self.topic],
                "okActions": [self.topic],
                **outputs,
            },
        }

    def watch(self, *composites: dict[str, Any]) -> None:
        self.actions = AlarmActions(
            self.clients,
            composite_alarms({"deployment": {"resources": list(composites)}}),
            Topics(self.clients, self.invocations, self.messages.add),  # pyright: ignore
            self.board,
            clock=lambda: self.now,
        )
        self.look()

    def set(self, name: str, state: str, reason: str = "a drill") -> None:
        self.clients("cloudwatch").set_alarm_state(
            AlarmName=name, StateValue=state, StateReason=reason
        )

    def look(self) -> None:
        assert self.actions
        self.actions.look()

    def told(self) -> list[tuple[str, str]]:
        return [(one["AlarmName"], one["NewStateValue"]) for one in self.invocations.alarms]


@pytest.fixture(scope="module")
def clients() -> Iterator[AwsClients]:
    with EmbeddedAws() as aws:
        yield AwsClients(aws.access)


@pytest.fixture
def world(clients: AwsClients) -> Iterator[World]:
    name = f"w-{uuid.uuid4()}"
    sns = clients("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@example.com")
    yield World(clients, name, topic)
    found = clients("cloudwatch").describe_alarms(AlarmNamePrefix=name)["MetricAlarms"]
    clients("cloudwatch").delete_alarms(AlarmNames=[one["AlarmName"] for one in found])


def test_an_alarm_that_goes_off_is_told_as_cloudwatch_and_sns_do(world: World) -> None:
    name = world.alarm("errors")
    world.watch()
    world.set(name, "ALARM", "6 errors")
    world.look()
    (event,) = world.invocations.events
    (record,) = event["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["EventSubscriptionArn"].startswith(world.topic)
    sns = record["Sns"]
    assert sns["TopicArn"] == world.topic
    assert sns["Subject"] == f'ALARM: "{name}" in US East (N. Virginia)'
    alarm = json.loads(sns["Message"])
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    expected = {
        "AlarmName": name,
        "AlarmDescription": "What it means.",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "OldStateValue": "OK",
        "NewStateReason": "6 errors",
        "Region": "US East (N. Virginia)",
        "AlarmArn": arn,
        "AlarmActions": [world.topic],
    }
    assert {key: alarm[key] for key in expected} == expected
    assert alarm["StateChangeTime"].endswith("+0000")
    trigger = alarm["Trigger"]
    assert (trigger["StatisticType"], trigger["Statistic"]) == ("Statistic", "SUM")
    assert trigger["Dimensions"] == [{"value": "f", "name": "FunctionName"}]
    assert (trigger["Threshold"], trigger["Period"]) == (5.0, 300)
    (mail,) = world.messages.after()
    assert mail.channel == "mail to oncall@example.com"
    assert mail.text == f"{sns['Subject']}\n6 errors\nWhat it means."


def test_a_long_name_is_cut_to_what_a_subject_takes(world: World) -> None:
    name = world.alarm("x" * 150)
    world.watch()
    world.set(name, "ALARM")
    world.look()
    subject = world.invocations.events[0]["Records"][0]["Sns"]["Subject"]
    assert len(subject) == 100
    assert subject.endswith('..." in US East (N. Virginia)')


def test_only_a_change_of_the_state_is_told(world: World) -> None:
    name = world.alarm("errors")
    world.watch()
    world.look()
    assert world.told() == []
    world.set(name, "ALARM")
    world.look()
    world.set(name, "ALARM", "another reason")
    world.look()
    world.set(name, "INSUFFICIENT_DATA")
    world.look()
    world.set(name, "OK")
    world.look()
    # It has no actions for missing data.
    assert world.told() == [(name, "ALARM"), (name, "OK")]
    changes = world.board.changes()
    assert [one["new"] for one in changes] == ["ALARM", "INSUFFICIENT_DATA", "OK"]
    assert changes[1]["note"] == "has no actions for INSUFFICIENT_DATA"


def test_an_alarm_with_its_actions_off_tells_nobody(world: World) -> None:
    name = world.alarm("errors", ActionsEnabled=False)
    world.watch()
    world.set(name, "ALARM")
    world.look()
    assert (world.told(), world.messages.after()) == ([], [])


def test_a_topic_that_is_not_there_is_shown_and_stops_nothing(world: World) -> None:
    missing = world.topic + "-not-there"
    name = world.alarm("errors", AlarmActions=[missing, world.topic])
    world.watch()
    world.set(name, "ALARM")
    world.look()
    assert world.told() == [(name, "ALARM")]
    told = world.board.changes()[0]["told"]
    assert told[0]["who"] == missing
    assert "NotFound" in told[0]["result"]


def test_an_action_that_is_no_topic_is_shown_and_not_carried_out(world: World) -> None:
    action = "arn:aws:automate:us-east-1:ec2:reboot"
    name = world.alarm("errors", AlarmActions=[action])
    world.watch()
    world.set(name, "ALARM")
    world.look()
    (change,) = world.board.changes()
    assert change["told"] == [{"who": action, "result": "is not told here"}]
    assert (change["note"], change["done"]) == ("", True)
    assert world.told() == []


def test_a_composite_tells_once_and_its_children_nobody(world: World) -> None:
    none: dict[str, Any] = {"AlarmActions": [], "OKActions": []}
    first, second = world.alarm("first", **none), world.alarm("second", **none)
    world.watch(world.composite("whole", f'ALARM("{first}") OR ALARM("{second}")'))
    whole = f"{world.name}-whole"
    world.set(first, "ALARM")
    world.look()
    world.set(second, "ALARM")
    world.look()
    assert world.told() == [(whole, "ALARM")]
    alarm = world.invocations.alarms[0]
    assert alarm["AlarmRule"] == f'ALARM("{first}") OR ALARM("{second}")'
    assert f"alarm:{first} transitioned to ALARM at " in alarm["NewStateReason"]
    (child,) = alarm["TriggeringChildren"]
    assert child["Arn"].endswith(first)
    assert child["State"]["Value"] == "ALARM"
    assert "Trigger" not in alarm
    world.set(first, "OK")
    world.look()
    assert len(world.told()) == 1
    world.set(second, "OK")
    world.look()
    assert world.told()[1:] == [(whole, "OK")]


def test_a_composite_of_composites_follows_in_the_same_look(world: World) -> None:
    child = world.alarm("child", AlarmActions=[], OKActions=[])
    inner = f"{world.name}-inner"
    # The outer one first: their order in the deployment means nothing.
    world.watch(
        world.composite("outer", f'ALARM("{inner}")'),
        world.composite("inner", f'ALARM("{child}")', alarmActions=None),
    )
    world.set(child, "ALARM")
    world.look()
    assert world.told() == [(f"{world.name}-outer", "ALARM")]
    states = {one["name"]: one for one in world.board.alarms()["states"]}
    assert states[child]["part_of"] == [inner]
    assert states[inner]["part_of"] == [f"{world.name}-outer"]
    assert states[inner]["since"] == states[child]["since"]


def test_a_suppressed_composite_waits_and_stays_silent(world: World) -> None:
    none: dict[str, Any] = {"AlarmActions": [], "OKActions": []}
    slow, big = world.alarm("slow", **none), world.alarm("big", **none)
    suppressor = {
        "alarm": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{big}",
        "waitPeriod": 120,
        "extensionPeriod": 300,
    }
    world.watch(world.composite("burn", f'ALARM("{slow}")', actionsSuppressor=suppressor))
    burn = f"{world.name}-burn"
    world.set(slow, "ALARM")
    world.look()
    world.now += 119
    world.look()
    assert world.told() == []
    assert world.board.changes()[-1]["note"].startswith("acts in 120 s")
    world.now += 1
    world.look()
    assert world.told() == [(burn, "ALARM")]
    world.set(slow, "OK")
    world.set(big, "ALARM")
    world.look()
    world.now += 1000
    world.look()
    assert len(world.told()) == 1
    world.set(big, "OK")
    world.look()
    world.now += 300
    world.look()
    assert world.told()[1:] == [(burn, "OK")]


def test_an_alarm_that_comes_or_goes_later_is_no_change(world: World) -> None:
    world.watch()
    name = world.alarm("late")
    world.look()
    assert name in [one["name"] for one in world.board.alarms()["states"]]
    world.set(name, "ALARM")
    world.look()
    assert world.told() == [(name, "ALARM")]
    world.clients("cloudwatch").delete_alarms(AlarmNames=[name])
    world.look()
    assert world.board.alarms()["states"] == []
    assert len(world.told()) == 1
