"""An alarm as deployed, plain or composite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.alarms.alarm_rule import ALARM, INSUFFICIENT_DATA, OK, AlarmRule

COMPOSITE_TYPE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
TRIGGER_FIELDS = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Unit",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "ComparisonOperator",
    "Threshold",
    "TreatMissingData",
)


@dataclass(frozen=True, kw_only=True)
class Suppressor:
    """What keeps a composite alarm from acting.

    Attributes:
        alarm: name of the alarm that does so while it is in alarm.
        wait_seconds: how long the composite waits for it before it acts.
        extension_seconds: how long it waits after that one's end.
    """

    alarm: str
    wait_seconds: float
    extension_seconds: float


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm.

    Attributes:
        name: its name.
        arn: its ARN.
        description: what it means, for people.
        actions: ARNs of what is told, by the state that it changes to.
        trigger: what it watches, in the words of CloudWatch's messages; empty for composites.
        rule: of a composite; None for an alarm on metrics.
        rule_text: the same as it was written.
        suppressor: what keeps a composite from acting.
    """

    name: str
    arn: str
    description: str
    actions: Mapping[str, Sequence[str]]
    trigger: Mapping[str, Any]
    rule: AlarmRule | None = None
    rule_text: str = ""
    suppressor: Suppressor | None = None


def metric_alarm(described: Mapping[str, Any]) -> Alarm:
    """An alarm as `describe_alarms` answers it."""
    trigger = {name: described[name] for name in TRIGGER_FIELDS if described.get(name) is not None}
    if described.get("Metrics"):
        trigger = {
            **{key: trigger[key] for key in TRIGGER_FIELDS[6:] if key in trigger},
            "Metrics": described["Metrics"],
        }
    else:
        trigger["Dimensions"] = [
            {"value": one["Value"], "name": one["Name"]} for one in described.get("Dimensions", [])
        ]
    enabled = described.get("ActionsEnabled", True)
    return Alarm(
        name=described["AlarmName"],
        arn=described["AlarmArn"],
        description=described.get("AlarmDescription", ""),
        actions={
            ALARM: described.get("AlarmActions", ()) if enabled else (),
            OK: described.get("OKActions", ()) if enabled else (),
            INSUFFICIENT_DATA: described.get("InsufficientDataActions", ()) if enabled else (),
        },
        trigger=trigger,
    )


def composite_alarms(export: Mapping[str, Any]) -> list[Alarm]:
    """The composite alarms of a deployment; the embedded AWS has no such API, only the state.

    Args:
        export: the deployment, in the form of `pulumi stack export`.
    """
    resources: list[dict[str, Any]] = export["deployment"].get("resources", [])
    return [_composite(one["outputs"]) for one in resources if one["type"] == COMPOSITE_TYPE]


def _composite(outputs: Mapping[str, Any]) -> Alarm:
    enabled = outputs.get("actionsEnabled", True)
    suppressor = outputs.get("actionsSuppressor")
    return Alarm(
        name=outputs["alarmName"],
        arn=outputs["arn"],
        description=outputs.get("alarmDescription", ""),
        actions={
            ALARM: (outputs.get("alarmActions") or ()) if enabled else (),
            OK: (outputs.get("okActions") or ()) if enabled else (),
            INSUFFICIENT_DATA: (outputs.get("insufficientDataActions") or ()) if enabled else (),
        },
        trigger={},
        rule=AlarmRule(outputs["alarmRule"]),
        rule_text=outputs["alarmRule"],
        suppressor=Suppressor(
            alarm=suppressor["alarm"].rpartition(":alarm:")[2],
            wait_seconds=suppressor["waitPeriod"],
            extension_seconds=suppressor["extensionPeriod"],
        )
        if suppressor
        else None,
    )
