"""What CloudWatch publishes, field for field, as the notifier and people read it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.alarms.alarm import COMPOSITE_TYPE, Alarm, composite_alarms, metric_alarm
from local.alarms.notification import StateChange, mail, message, subject

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
DESCRIBED: dict[str, Any] = {
    "AlarmName": "errors",
    "AlarmArn": f"{ARN}errors",
    "AlarmDescription": "What it means.",
    "ActionsEnabled": True,
    "AlarmActions": ["page"],
    "OKActions": ["calm"],
    "InsufficientDataActions": ["ask"],
    "MetricName": "Errors",
    "Namespace": "AWS/Lambda",
    "Statistic": "Sum",
    "Unit": "Count",
    "Period": 300,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.0,
    "TreatMissingData": "notBreaching",
    "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
    "StateValue": "OK",
}
COMPOSITE: dict[str, Any] = {
    "alarmName": "users",
    "arn": f"{ARN}users",
    "alarmDescription": "Who is hurt.",
    "alarmActions": ["page"],
    "okActions": ["calm"],
    "insufficientDataActions": ["ask"],
    "alarmRule": 'ALARM("errors")',
}


def change(alarm: Alarm, **changes: Any) -> StateChange:
    fields = {"old": "OK", "new": "ALARM", "reason": "6 errors", "time": 1_700_000_000.5}
    return StateChange(alarm=alarm, **(fields | changes))


def composite(**changes: Any) -> Alarm:
    outputs = {**COMPOSITE, **changes}
    resources = [{"type": "other", "outputs": {}}, {"type": COMPOSITE_TYPE, "outputs": outputs}]
    (found,) = composite_alarms({"deployment": {"resources": resources}})
    return found


def test_the_message_of_an_alarm_on_a_metric() -> None:
    """CloudWatch User Guide, "Sample Amazon SNS alarm notification message"."""
    assert json.loads(message(change(metric_alarm(DESCRIBED)))) == {
        "AlarmName": "errors",
        "AlarmDescription": "What it means.",
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "NewStateReason": "6 errors",
        "StateChangeTime": "2023-11-14T22:13:20.500+0000",
        "Region": "US East (N. Virginia)",
        "AlarmArn": f"{ARN}errors",
        "OldStateValue": "OK",
        "OKActions": ["calm"],
        "AlarmActions": ["page"],
        "InsufficientDataActions": ["ask"],
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "AWS/Lambda",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": "Count",
            "Dimensions": [{"value": "f", "name": "FunctionName"}],
            "Period": 300,
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "notBreaching",
        },
    }


@pytest.mark.parametrize(
    ("statistics", "told"),
    [
        ({"Statistic": "SampleCount"}, {"StatisticType": "Statistic", "Statistic": "SAMPLE_COUNT"}),
        ({"Statistic": "Maximum"}, {"StatisticType": "Statistic", "Statistic": "MAXIMUM"}),
        (
            {"Statistic": None, "ExtendedStatistic": "p99"},
            {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": "p99"},
        ),
    ],
)
def test_a_message_has_its_own_words_for_statistics(
    statistics: dict[str, Any], told: dict[str, str]
) -> None:
    trigger = json.loads(message(change(metric_alarm({**DESCRIBED, **statistics}))))["Trigger"]
    found = {name: value for name, value in trigger.items() if "Statistic" in name}
    assert found == told


def test_an_alarm_on_several_metrics_tells_them_and_no_single_one() -> None:
    metrics = [{"Id": "m", "Expression": "a/b"}]
    trigger = json.loads(message(change(metric_alarm({**DESCRIBED, "Metrics": metrics}))))[
        "Trigger"
    ]
    assert trigger == {
        "Metrics": metrics,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0.0,
        "TreatMissingData": "notBreaching",
    }


def test_the_message_of_a_composite_names_the_children_that_made_it_change() -> None:
    children = [(f"{ARN}errors", "ALARM", 1_700_000_000.0)]
    document = json.loads(message(change(composite(), children=children)))
    assert "Trigger" not in document
    assert document["AlarmRule"] == 'ALARM("errors")'
    assert document["AlarmDescription"] == "Who is hurt."
    assert document["TriggeringChildren"] == [
        {
            "Arn": f"{ARN}errors",
            "State": {"Value": "ALARM", "Timestamp": "2023-11-14T22:13:20.000+0000"},
        }
    ]
    actions = ("AlarmActions", "OKActions", "InsufficientDataActions")
    assert [document[name] for name in actions] == [["page"], ["calm"], ["ask"]]


@pytest.mark.parametrize("enabled", [True, False])
def test_actions_are_those_that_are_enabled(enabled: bool) -> None:
    expected = {"ALARM": ["page"], "OK": ["calm"], "INSUFFICIENT_DATA": ["ask"]}
    for alarm in (
        metric_alarm({**DESCRIBED, "ActionsEnabled": enabled}),
        composite(actionsEnabled=enabled),
    ):
        assert {state: list(several) for state, several in alarm.actions.items()} == (
            expected if enabled else {state: [] for state in expected}
        )


def test_what_an_alarm_leaves_out_is_empty() -> None:
    needed = {"AlarmName": "bare", "AlarmArn": f"{ARN}bare"}
    alarm = metric_alarm(needed)
    assert (alarm.description, alarm.rule, alarm.rule_text, alarm.suppressor) == (
        "",
        None,
        "",
        None,
    )
    nobody = {"ALARM": (), "OK": (), "INSUFFICIENT_DATA": ()}
    assert alarm.trigger == {"Dimensions": []}
    assert alarm.actions == nobody
    bare = composite(alarmActions=None, okActions=None, insufficientDataActions=None)
    assert bare.actions == nobody
    outputs = {"alarmName": "c", "arn": f"{ARN}c", "alarmRule": "FALSE"}
    export = {"deployment": {"resources": [{"type": COMPOSITE_TYPE, "outputs": outputs}]}}
    (found,) = composite_alarms(export)
    assert (found.description, found.trigger, found.suppressor) == ("", {}, None)
    assert found.actions == nobody
    assert composite_alarms({"deployment": {}}) == []


def test_a_message_of_an_alarm_without_actions_lists_none() -> None:
    alarm = Alarm(name="a", arn=f"{ARN}a", description="", actions={}, trigger={})
    document = json.loads(message(change(alarm)))
    assert [document[f"{name}Actions"] for name in ("OK", "Alarm", "InsufficientData")] == 3 * [[]]


def test_a_suppressor_is_known_by_its_name_or_its_arn() -> None:
    for alarm in ("big", f"{ARN}big"):
        settings = {"alarm": alarm, "waitPeriod": 120, "extensionPeriod": 300}
        suppressor = composite(actionsSuppressor=settings).suppressor
        assert suppressor
        assert suppressor.alarm == "big"
        assert (suppressor.wait_seconds, suppressor.extension_seconds) == (120, 300)


@pytest.mark.parametrize("surplus", [0, 1, 2, 60])
def test_a_subject_has_a_hundred_characters_at_the_most(surplus: int) -> None:
    """Amazon SNS API Reference, "Publish"."""
    frame = 'ALARM: "" in US East (N. Virginia)'
    name = "n" * (100 - len(frame) + surplus)
    text = subject(change(metric_alarm({**DESCRIBED, "AlarmName": name})))
    assert len(text) == 100
    if surplus:
        kept = name[: -surplus - 3]
        assert text == f'ALARM: "{kept}..." in US East (N. Virginia)'
    else:
        assert text == f'ALARM: "{name}" in US East (N. Virginia)'


def test_a_mail_says_why_and_what_it_means() -> None:
    assert mail(change(metric_alarm(DESCRIBED))) == "6 errors\nWhat it means."
