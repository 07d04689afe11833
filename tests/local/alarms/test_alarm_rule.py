"""The rules of composite alarms."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local.alarms.alarm import COMPOSITE_TYPE
from local.alarms.alarm_rule import ALARM, OK, AlarmRule
from tests.pulumi_recorder import Recorder

STATES = {"on": ALARM, "also on": ALARM, "off": OK, "new": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ('ALARM("on")', True),
        ('ALARM("off")', False),
        ("ALARM(on)", True),
        ('OK("off")', True),
        ("INSUFFICIENT_DATA(new)", True),
        ('ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:also on")', True),
        ('ALARM("nobody knows")', False),
        ('ALARM("off") OR ALARM("on")', True),
        ('ALARM("off") AND ALARM("on")', False),
        ("NOT ALARM(off)", True),
        ("NOT (ALARM(off) OR ALARM(on))", False),
        # AND binds more tightly.
        ("ALARM(on) OR ALARM(on) AND ALARM(off)", True),
        ("(ALARM(on) OR ALARM(on)) AND ALARM(off)", False),
        ('(ALARM("on") AND ALARM("also on")) OR (ALARM("off") AND ALARM("new"))', True),
        ("TRUE AND NOT FALSE", True),
    ],
)
def test_a_rule_holds_as_cloudwatch_says(rule: str, holds: bool) -> None:
    assert AlarmRule(rule).holds(STATES) is holds


@pytest.mark.parametrize(
    "rule", ["", "ALARM", "ALARM(", "ALARM(a", "ALARM(a) OR", "ALARM(a) ALARM(b)", "LOUD(a)", "a)"]
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="no rule"):
        AlarmRule(rule)


def test_the_smallest_cause_is_one_alarm_where_one_is_enough() -> None:
    assert AlarmRule("(ALARM(a) AND ALARM(b)) OR ALARM(c)").smallest_cause() == ("c",)
    assert AlarmRule("(ALARM(a) AND ALARM(b))").smallest_cause() == ("a", "b")
    assert AlarmRule("OK(a) AND ALARM(a)").smallest_cause() == ()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_rule_of_the_platform_is_understood_and_can_go_off(
    program: Callable[[str, bool], Recorder], stack: str
) -> None:
    rules = [one.inputs["alarmRule"] for one in program(stack, False).of(COMPOSITE_TYPE)]
    assert len(rules) >= 3
    for rule in rules:
        found = AlarmRule(rule)
        assert not found.holds(dict.fromkeys(found.alarms, OK))
        assert found.smallest_cause()
