"""When a composite alarm with a suppressor acts."""

from __future__ import annotations

import pytest

from local.alarms.alarm import Suppressor
from local.alarms.alarm_rule import ALARM, OK
from local.alarms.suppression import Suppression


@pytest.fixture
def suppression() -> Suppression:
    suppressor = Suppressor(alarm="s", wait_seconds=120, extension_seconds=300)
    return Suppression(suppressor, OK)


def test_it_acts_once_after_the_wait_when_the_suppressor_stays_quiet(
    suppression: Suppression,
) -> None:
    assert suppression.change(ALARM, 1000)
    assert [suppression.may_act(OK, now) for now in (1000, 1119, 1120, 1121)] == [
        False,
        False,
        True,
        False,
    ]


def test_it_is_silent_while_the_suppressor_is_in_alarm_and_for_a_while_after(
    suppression: Suppression,
) -> None:
    suppression.change(ALARM, 1000)
    assert not suppression.may_act(ALARM, 1100)
    assert not suppression.may_act(ALARM, 5000)
    assert not suppression.may_act(OK, 5299)
    assert suppression.may_act(OK, 5300)


def test_it_never_acts_on_what_was_over_before_anybody_was_told(suppression: Suppression) -> None:
    suppression.change(ALARM, 1000)
    assert not suppression.may_act(ALARM, 1100)
    assert not suppression.change(OK, 1200)
    assert not suppression.may_act(OK, 9000)


def test_after_a_suppression_is_over_the_next_change_waits_anew(suppression: Suppression) -> None:
    assert not suppression.may_act(ALARM, 1000)
    suppression.change(ALARM, 9000)
    assert not suppression.may_act(OK, 9119)
    assert suppression.may_act(OK, 9120)
    suppression.change(OK, 9200)
    assert not suppression.may_act(OK, 9200)
    assert suppression.may_act(OK, 9320)


def test_nothing_happens_where_nothing_changes(suppression: Suppression) -> None:
    assert not suppression.may_act(OK, 99_999)
