"""What CloudWatch publishes when an alarm changes its state."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.alarms.alarm import Alarm
from local.alarms.alarm_rule import ALARM, INSUFFICIENT_DATA, OK
from local.aws.region_name import region_name

LONGEST_SUBJECT = 100
"""Amazon SNS API Reference, "Publish"."""


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """An alarm that changed its state.

    Attributes:
        alarm: the alarm.
        old: the state it was in.
        new: the state it is in.
        reason: why.
        time: since when, in seconds since 1970.
        children: of a composite: ARN, state and time of the alarms that made it change.
    """

    alarm: Alarm
    old: str
    new: str
    reason: str
    time: float
    children: Sequence[tuple[str, str, float]] = ()


def subject(change: StateChange) -> str:
    """The subject, as mails show it."""
    name, place = change.alarm.name, region_name(change.alarm.arn.split(":")[3])
    whole = f'{change.new}: "{name}" in {place}'
    surplus = len(whole) - LONGEST_SUBJECT
    return whole if surplus <= 0 else f'{change.new}: "{name[: -surplus - 3]}..." in {place}'


def message(change: StateChange) -> str:
    """The message: JSON, in the form of CloudWatch's own."""
    alarm = change.alarm
    region, account_id = alarm.arn.split(":")[3:5]
    document: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account_id,
        "NewStateValue": change.new,
        "NewStateReason": change.reason,
        "StateChangeTime": _time(change.time),
        "Region": region_name(region),
        "AlarmArn": alarm.arn,
        "OldStateValue": change.old,
        "OKActions": list(alarm.actions.get(OK, ())),
        "AlarmActions": list(alarm.actions.get(ALARM, ())),
        "InsufficientDataActions": list(alarm.actions.get(INSUFFICIENT_DATA, ())),
    }
    if alarm.rule:
        document["AlarmRule"] = alarm.rule_text
        document["TriggeringChildren"] = [
            {"Arn": arn, "State": {"Value": state, "Timestamp": _time(time)}}
            for arn, state, time in change.children
        ]
    else:
        document["Trigger"] = _trigger(alarm.trigger)
    return json.dumps(document)


def mail(change: StateChange) -> str:
    """What a mail says: the reason, then what the alarm means."""
    return f"{change.reason}\n{change.alarm.description}"


def _trigger(trigger: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(trigger)
    if statistic := found.pop("Statistic", None):
        # PutMetricAlarm says `SampleCount`, the messages `SAMPLE_COUNT`.
        words = "SAMPLE_COUNT" if statistic == "SampleCount" else statistic.upper()
        found |= {"StatisticType": "Statistic", "Statistic": words}
    if extended := found.pop("ExtendedStatistic", None):
        found |= {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
    return found


def _time(seconds: float) -> str:
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "+0000")
