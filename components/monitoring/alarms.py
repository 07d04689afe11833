"""The alarms as resources, made from their definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.monitoring.composites import sets_of_symptoms
from components.monitoring.definitions import AlarmDefinition, CompositeDefinition, Layer
from components.monitoring.metrics import Metric

PLAIN_STATISTICS = frozenset({"Average", "Maximum", "Minimum", "SampleCount", "Sum"})
RESULT_ID = "result"
# How long a composite waits for the one that silences it, and stays silent after that one's end.
SUPPRESSOR_WAIT_SECONDS = 120
SUPPRESSOR_EXTENSION_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """What the alarms are made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of the alarms' names.
        layers: what is watched.
        alarms_topic_arn: where alarms go.
        operations_topic_arn: where alarms go that must not go to Slack.
        runbook_url: where the runbook is read.
    """

    name_prefix: str
    layers: Sequence[Layer]
    alarms_topic_arn: pulumi.Input[str]
    operations_topic_arn: pulumi.Input[str]
    runbook_url: str


class Alarms(pulumi.ComponentResource):
    """All alarms of the layers.

    Creates one metric alarm for each definition and the composite alarms over them. An alarm that
    is a symptom of a composite has no actions: the composite pages once for all of them.
    """

    arns: Mapping[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:monitoring:Alarms", name, None, opts)
        self._name = name
        self._args = args
        symptoms = sets_of_symptoms(args.layers)
        alarms = {one.name: self._alarm(one) for layer in args.layers for one in layer.alarms}
        composites: dict[str, aws.cloudwatch.CompositeAlarm] = {}
        for composite in (one for layer in args.layers for one in layer.composites):
            terms = [[alarms[key].name for key in names] for names in symptoms[composite.name]]
            suppressor = composites[composite.unless] if composite.unless else None
            composites[composite.name] = self._composite(composite, terms, suppressor)
        self.arns = {key: alarm.arn for key, alarm in {**alarms, **composites}.items()}
        self.register_outputs({"count": len(self.arns)})

    def _alarm(self, definition: AlarmDefinition) -> aws.cloudwatch.MetricAlarm:
        args = self._args
        topic = args.operations_topic_arn if definition.mail_only else args.alarms_topic_arn
        actions = None if definition.symptom_of else [topic]
        return aws.cloudwatch.MetricAlarm(
            self._logical_name(definition.name),
            name=f"{args.name_prefix}-{definition.name}",
            alarm_description=definition.advice.text(args.runbook_url),
            comparison_operator=definition.comparison.value,
            threshold=definition.threshold,
            evaluation_periods=definition.periods,
            datapoints_to_alarm=definition.datapoints or definition.periods,
            treat_missing_data=definition.missing_data.value,
            alarm_actions=actions,
            ok_actions=actions,
            opts=pulumi.ResourceOptions(parent=self),
            **_series_arguments(definition),
        )

    def _composite(
        self,
        composite: CompositeDefinition,
        terms: Sequence[Sequence[pulumi.Output[str]]],
        suppressor: aws.cloudwatch.CompositeAlarm | None,
    ) -> aws.cloudwatch.CompositeAlarm:
        topic = self._args.alarms_topic_arn
        return aws.cloudwatch.CompositeAlarm(
            self._logical_name(composite.name),
            alarm_name=f"{self._args.name_prefix}-{composite.name}",
            alarm_description=composite.advice.text(self._args.runbook_url),
            alarm_rule=pulumi.Output.all(*map(_all_of, terms)).apply(" OR ".join),
            alarm_actions=[topic],
            ok_actions=[topic],
            actions_suppressor={
                "alarm": suppressor.arn,
                "wait_period": SUPPRESSOR_WAIT_SECONDS,
                "extension_period": SUPPRESSOR_EXTENSION_SECONDS,
            }
            if suppressor
            else None,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _logical_name(self, alarm_name: str) -> str:
        return f"{self._name}-{alarm_name.lower()}"


def _all_of(names: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    states = [pulumi.Output.format('ALARM("{0}")', name) for name in names]
    joined = pulumi.Output.all(*states).apply(" AND ".join)
    return joined if len(names) == 1 else pulumi.Output.concat("(", joined, ")")


def _series_arguments(definition: AlarmDefinition) -> dict[str, Any]:
    """The arguments that name the watched series: one metric, or metric math."""
    series = definition.series
    if isinstance(series, Metric):
        plain = series.statistic in PLAIN_STATISTICS
        return {
            "namespace": series.namespace,
            "metric_name": series.name,
            "dimensions": dict(series.dimensions),
            "period": series.period_seconds,
            "statistic" if plain else "extended_statistic": series.statistic,
            # A percentile of a few requests says nothing.
            "evaluate_low_sample_count_percentiles": None if plain else "ignore",
        }
    result = {
        "id": RESULT_ID,
        "expression": series.expression,
        "label": series.label,
        "return_data": True,
    }
    return {
        "metric_queries": [
            result,
            *(
                {
                    "id": query_id,
                    "metric": {
                        "namespace": metric.namespace,
                        "metric_name": metric.name,
                        "dimensions": dict(metric.dimensions),
                        "period": metric.period_seconds,
                        "stat": metric.statistic,
                    },
                }
                for query_id, metric in series.metrics.items()
            ),
        ]
    }
