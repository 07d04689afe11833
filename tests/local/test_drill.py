"""`python -m local alarm` before the served dev stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.aws.clients import AwsClients
from local.drill import set_alarm
from local.failures import UserError
from local.session import Session
from local.session_files import RunningSession, running_session
from tests.local.served_platform import Api

pytestmark = pytest.mark.xdist_group("dev")

PREFIX = "aws-platform-dev-"
MAIL = "mail to admin@example.com"
Drill = Callable[..., list[str]]


@pytest.fixture
def running(session: Session, sessions: Path) -> RunningSession:
    """The served stack, as a command in another terminal finds it."""
    return running_session(stack="dev", folder=sessions)


@pytest.fixture
def drill(session: Session, running: RunningSession) -> Iterator[Drill]:
    """Sets an alarm and gives the lines said; all alarms are as they were at the end."""

    def run(name: str, state: str = "ALARM", reason: str = "a drill", **options: Any) -> list[str]:
        lines: list[str] = []
        set_alarm(running, name, state, reason, say=lines.append, **options)
        return lines

    yield run
    cloudwatch = AwsClients(session.pool.access)("cloudwatch")
    for alarm in cloudwatch.describe_alarms()["MetricAlarms"]:
        if alarm["StateValue"] != "OK":
            run(alarm["AlarmName"], "OK")


def local_page(session: Session, path: str) -> Any:
    return Api(session).page(path)


def mails_after(session: Session, number: int = 0) -> list[Any]:
    messages = local_page(session, f"/_local/activity.json?messages={number}")["messages"]
    return [one for one in messages if one["channel"] == MAIL]


def test_a_drill_says_who_is_told(session: Session, drill: Drill) -> None:
    lines = drill("metrics-dead-letters", reason="just a drill")
    assert lines[0] == f"{PREFIX}Metrics-Dead-Letters: OK -> ALARM"
    assert lines[1].strip() == f"{MAIL}: would be sent, once the address is confirmed"
    assert len(lines) == 3
    text = mails_after(session)[-1]["text"]
    assert text.startswith(f'ALARM: "{PREFIX}Metrics-Dead-Letters" in US East')
    assert "just a drill" in text
    states = local_page(session, "/_local/activity.json")["alarms"]["states"]
    assert (states[0]["name"], states[0]["state"]) == (f"{PREFIX}Metrics-Dead-Letters", "ALARM")


def test_a_symptom_pages_nobody_and_its_composite_once(session: Session, drill: Drill) -> None:
    before = max((one["number"] for one in mails_after(session)), default=0)
    lines = drill("API-High-Latency")
    assert lines[0] == f"{PREFIX}API-High-Latency: OK -> ALARM"
    assert lines[1].strip() == (
        f"has no actions: it pages nobody itself. It is part of {PREFIX}Users-Affected."
    )
    assert lines[2] == f"{PREFIX}Users-Affected: OK -> ALARM"
    for name in ("API-5XX-Rate", "Lambda-orders-Errors"):
        assert len(drill(f"{PREFIX}{name}")) == 3
    (mail,) = mails_after(session, before)
    assert f'"{PREFIX}Users-Affected"' in mail["text"]
    assert f"alarm:{PREFIX}API-High-Latency transitioned to ALARM" in mail["text"]


def test_every_composite_goes_off_and_ends_by_a_drill(session: Session, drill: Drill) -> None:
    states = local_page(session, "/_local/alarms.json")["alarms"]["states"]
    composites = [one["name"] for one in states if one["alarms"]]
    assert len(composites) == 4
    for name in composites:
        for change, state in (("OK -> ALARM", "ALARM"), ("ALARM -> OK", "OK")):
            lines = drill(name, state)
            assert lines[0].startswith(f"{name} is a composite: {state} for {PREFIX}")
            assert f"{name}: {change}" in lines
            assert sum(MAIL in line for line in lines) == 1
            if state == "ALARM":
                assert "no actions" in lines[2]


def test_an_alarm_that_is_in_the_state_already_is_said(drill: Drill) -> None:
    (line,) = drill("RDS-High-CPU", "ok")
    assert line.startswith(f"{PREFIX}RDS-High-CPU is in OK already")


def test_a_state_set_with_the_aws_cli_does_the_same(
    session: Session, drill: Drill, eventually: Any
) -> None:
    before = max((one["number"] for one in mails_after(session)), default=0)
    AwsClients(session.pool.access)("cloudwatch").set_alarm_state(
        AlarmName=f"{PREFIX}Metrics-Stream-Age", StateValue="ALARM", StateReason="by hand"
    )
    assert eventually(lambda: len(mails_after(session, before)) == 1)


def test_an_unknown_alarm_is_answered_with_the_one_that_was_meant(drill: Drill) -> None:
    with pytest.raises(UserError) as refused:
        drill("User-Afected")
    first, *listed = str(refused.value).splitlines()
    assert first == (
        "There is no alarm 'User-Afected'. Did you mean Users-Affected? The alarms here are:"
    )
    assert "  Users-Affected" in listed
    assert listed == sorted(listed)


@pytest.mark.parametrize("state", ["LOUD", ""])
def test_an_alarm_has_no_other_states(drill: Drill, state: str) -> None:
    with pytest.raises(UserError, match="choose one of ALARM, OK, INSUFFICIENT_DATA"):
        drill("Users-Affected", state)


def test_a_composite_has_no_missing_data(drill: Drill) -> None:
    with pytest.raises(UserError, match="is a composite, which can't be set to INSUFFICIENT_DATA"):
        drill("Users-Affected", "INSUFFICIENT_DATA")


def test_a_gateway_that_does_not_answer_is_one_message(running: RunningSession) -> None:
    with pytest.raises(UserError, match="does not answer"):
        set_alarm(replace(running, port=1), "a", "ALARM", "r", say=print)


def test_an_embedded_aws_that_does_not_answer_is_one_message(running: RunningSession) -> None:
    access = replace(running.pool.access, endpoint="http://127.0.0.1:1")
    other = replace(running, pool=replace(running.pool, access=access))
    with pytest.raises(UserError, match="did not set aws-platform-dev-RDS-High-CPU to ALARM"):
        set_alarm(other, "RDS-High-CPU", "ALARM", "r", say=print)
