"""What an alarm, a graph and a layer of the platform are, before they become resources."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from components.monitoring.metrics import Formula, Metric, Search


class MissingData(StrEnum):
    """What no data point means (CloudWatch API Reference, "PutMetricAlarm")."""

    FINE = "notBreaching"
    """Nothing happened: counts that AWS publishes only when there is something to count."""
    UNKNOWN = "missing"
    """Not known: gauges that a running resource always publishes."""


class Comparison(StrEnum):
    """How a data point is compared with the threshold."""

    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What a person who is paged reads.

    Attributes:
        meaning: what the alarm means, one sentence.
        first_step: what to do first, one sentence.
        runbook: the runbook section's anchor.
    """

    meaning: str
    first_step: str
    runbook: str

    def text(self, runbook_url: str) -> str:
        """The alarm's description."""
        return f"{self.meaning} First: {self.first_step} Runbook: {runbook_url}#{self.runbook}"


@dataclass(frozen=True, kw_only=True)
class AlarmDefinition:
    """One alarm on one series.

    Attributes:
        name: what follows `<project>-<stack>-` in the alarm's name.
        series: the watched metric or formula.
        threshold: in the unit of the series.
        comparison: how the series is compared with the threshold.
        periods: how many of the last periods are looked at.
        datapoints: how many of them must breach; None for all.
        missing_data: what no data point means.
        advice: what to do.
        symptom_of: name of the composite alarm that pages instead; None pages itself.
        together: name of a set of symptoms that set the composite off only when all of them are in
            alarm; None is enough alone.
        mail_only: goes to the topic without Slack.
    """

    name: str
    series: Metric | Formula
    threshold: float
    comparison: Comparison = Comparison.AT_LEAST
    periods: int = 2
    datapoints: int | None = None
    missing_data: MissingData
    advice: Advice
    symptom_of: str | None = None
    together: str | None = None
    mail_only: bool = False


@dataclass(frozen=True, kw_only=True)
class CompositeDefinition:
    """One page for several alarms with one cause: those, of any layer, that are a symptom of it.

    Attributes:
        name: what follows `<project>-<stack>-` in the alarm's name.
        advice: what to do.
        unless: name of the composite that keeps this one silent while it is in alarm.
    """

    name: str
    advice: Advice
    unless: str | None = None


@dataclass(frozen=True, kw_only=True)
class Graph:
    """One graph of the dashboard."""

    title: str
    series: Sequence[Metric | Formula | Search]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One row of the dashboard: the alarms of a layer of the platform, and its graphs."""

    title: str
    alarms: Sequence[AlarmDefinition]
    graphs: Sequence[Graph]
    composites: Sequence[CompositeDefinition] = field(default=())
