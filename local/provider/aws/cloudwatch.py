"""CloudWatch alarms and dashboards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from local.optional_parts import elements, nested
from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.described import DescribedType, RecordedType, ignoring
from local.provider.aws.parameters import (
    Table,
    capitalised,
    from_answer,
    to_request,
)
from local.provider.aws.rules import (
    json_object,
    matching,
    not_together,
)
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

LONGEST_NAME = 255
MOST_WIDGETS = 500
MOST_METRICS_PER_WIDGET = 500
HIGH_RESOLUTION_PERIODS_SECONDS = frozenset({10, 20, 30})
LONGEST_EVALUATION_SECONDS = 7 * 86_400

ALARM: Table = {
    **capitalised(
        "actionsEnabled",
        "alarmActions",
        "alarmDescription",
        "comparisonOperator",
        "datapointsToAlarm",
        "evaluationPeriods",
        "extendedStatistic",
        "insufficientDataActions",
        "metricName",
        "namespace",
        "period",
        "statistic",
        "threshold",
        "thresholdMetricId",
        "treatMissingData",
        "unit",
    ),
    "name": "AlarmName",
    "okActions": "OKActions",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
}
METRIC_STAT: Table = {"period": "Period", "stat": "Stat", "unit": "Unit"}
METRIC_QUERY: Table = capitalised("id", "accountId", "expression", "label", "period", "returnData")


class MetricAlarm(DescribedType):
    """`aws.cloudwatch.MetricAlarm`; the id is the name."""

    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    table = {
        **ALARM,
        "dimensions": "Dimensions",
        "metricQueries": (
            "Metrics",
            {
                **METRIC_QUERY,
                "metric": (
                    "MetricStat",
                    {
                        **METRIC_STAT,
                        **capitalised("metricName", "namespace", "dimensions"),
                    },
                ),
            },
        ),
    }
    tagging = Tagging(service="cloudwatch", resource="ResourceARN")
    replace_on = frozenset({"name"})
    auto_name = AutoName(max_length=LONGEST_NAME)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from alarm_rules(inputs)
        yield from period_rules(inputs, "period", inputs.get("period"))
        yield from matching(
            inputs,
            "extendedStatistic",
            r"p(\d{1,2}(\.\d{0,10})?|100)|IQM|(tm|tc|ts|wm|TM|TC|TS|WM|PR).*",
            "a percentile such as p99, or a trimmed statistic",
        )
        yield from not_together(inputs, "statistic", "extendedStatistic")
        yield from not_together(inputs, "metricQueries", "metricName")
        yield from not_together(inputs, "threshold", "thresholdMetricId")
        yield from self._evaluation_rules(inputs)
        yield from self._query_rules(elements(inputs, "metricQueries"))

    def _evaluation_rules(self, inputs: Properties) -> Iterator[CheckFailure]:
        evaluated, period = inputs.get("evaluationPeriods"), inputs.get("period")
        datapoints = inputs.get("datapointsToAlarm")
        if isinstance(datapoints, int) and isinstance(evaluated, int) and datapoints > evaluated:
            yield CheckFailure(
                "datapointsToAlarm", f"{datapoints} is more than the evaluationPeriods, {evaluated}"
            )
        if isinstance(evaluated, int) and isinstance(period, int):
            longest = LONGEST_EVALUATION_SECONDS if period >= 3600 else 86_400
            if evaluated * period > longest:
                yield CheckFailure(
                    "evaluationPeriods",
                    f"{evaluated} periods of {period} s are longer than the {longest // 86_400} "
                    "days AWS evaluates",
                )

    def _query_rules(self, queries: list[Properties]) -> Iterator[CheckFailure]:
        if not queries:
            return
        returned = [query for query in queries if query.get("returnData")]
        if len(returned) != 1:
            yield CheckFailure(
                "metricQueries", f"exactly one query returns data, not {len(returned)}"
            )
        identifiers = [query.get("id", "") for query in queries]
        if len(set(identifiers)) != len(identifiers):
            yield CheckFailure("metricQueries", "two queries have the same id")
        for query in queries:
            period = nested(query, "metric").get("period", query.get("period"))
            yield from period_rules({}, "metricQueries", period)
            if query.get("expression") and query.get("metric"):
                yield CheckFailure(
                    "metricQueries", f"{query.get('id')} has both an expression and a metric"
                )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        self._put(aws, inputs)
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=[id])["MetricAlarms"]
        if not alarms:
            return None
        alarm: dict[str, Any] = alarms[0]
        described = from_answer(ALARM, alarm)
        described["arn"] = alarm["AlarmArn"]
        if dimensions := _dimension_map(alarm.get("Dimensions", [])):
            described["dimensions"] = dimensions
        if alarm.get("Metrics"):
            described["metricQueries"] = [_query_from(query) for query in alarm["Metrics"]]
            # moto answers 0 where AWS leaves the fields of a single metric out.
            described.pop("period", None)
        described.setdefault("treatMissingData", "missing")
        return {name: value for name, value in described.items() if value not in ([], "")}

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        self._put(aws, {**new, "name": id})
        # PutMetricAlarm takes tags only for a new alarm.
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring("ResourceNotFound"):
            aws.client("cloudwatch").delete_alarms(AlarmNames=[id])

    def _put(self, aws: Aws, inputs: Properties) -> None:
        parameters = to_request(ALARM, inputs)
        if dimensions := inputs.get("dimensions"):
            parameters["Dimensions"] = _dimension_list(dimensions)
        if queries := inputs.get("metricQueries"):
            parameters["Metrics"] = [_query_to(query) for query in queries]
        parameters |= self.tagged(inputs)
        parameters.setdefault("TreatMissingData", "missing")
        aws.client("cloudwatch").put_metric_alarm(**parameters)


class Dashboard(ApiObject):
    """`aws.cloudwatch.Dashboard`; the id is the name."""

    token = "aws:cloudwatch/dashboard:Dashboard"
    taggable = False
    table = capitalised("dashboardBody", "dashboardName")
    api = Api(
        service="cloudwatch",
        create="put_dashboard",
        read="get_dashboard",
        update="put_dashboard",
        delete="delete_dashboards",
        gone=("ResourceNotFound", "DashboardNotFoundError"),
    )
    address = ("dashboardName",)
    documents = frozenset({"dashboardBody"})
    replace_on = frozenset({"dashboardName"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "dashboardName", r"[A-Za-z0-9_-]{1,255}", "1 to 255 letters, digits, - and _"
        )
        failures = list(json_object(inputs, "dashboardBody"))
        yield from failures
        if not failures and inputs.get("dashboardBody"):
            yield from dashboard_rules(json.loads(inputs["dashboardBody"]))

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        # AWS: a dashboard's ARN has no region.
        return {"dashboardArn": f"arn:{aws.partition}:cloudwatch::{aws.account_id}:dashboard/{id}"}


class CompositeAlarm(RecordedType):
    """`aws.cloudwatch.CompositeAlarm`, which moto does not have; the id is the name."""

    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    table = {
        **capitalised(
            "alarmName",
            "alarmRule",
            "actionsEnabled",
            "alarmActions",
            "alarmDescription",
            "insufficientDataActions",
            "okActions",
        ),
        "actionsSuppressor": (
            "ActionsSuppressor",
            capitalised("alarm", "extensionPeriod", "waitPeriod"),
        ),
    }
    replace_on = frozenset({"alarmName", "actionsEnabled"})

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from super().check(inputs)
        yield from alarm_rules(inputs)
        rule = inputs.get("alarmRule")
        if isinstance(rule, str) and rule.count("(") != rule.count(")"):
            yield CheckFailure("alarmRule", "its parentheses do not match")

    def recorded(self, aws: Aws, inputs: Properties) -> Created:
        name: str = inputs["alarmName"]
        arn = f"arn:{aws.partition}:cloudwatch:{aws.region}:{aws.account_id}:alarm:{name}"
        return Created(name, {"arn": arn, "actionsEnabled": inputs.get("actionsEnabled", True)})


def alarm_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """Rules that metric and composite alarms share (CloudWatch API reference)."""
    for actions in ("alarmActions", "okActions", "insufficientDataActions"):
        for action in elements(inputs, actions):
            if isinstance(action, str) and not action.startswith("arn:"):
                yield CheckFailure(actions, f"{action!r} is no ARN")


def period_rules(inputs: Properties, name: str, period: Any) -> Iterator[CheckFailure]:
    """Periods are 10, 20 or 30 seconds, or whole minutes (PutMetricAlarm)."""
    if not isinstance(period, int) or isinstance(period, bool):
        return
    if period not in HIGH_RESOLUTION_PERIODS_SECONDS and (period < 60 or period % 60):
        yield CheckFailure(
            name, f"a period of {period} seconds: AWS takes 10, 20, 30 or a multiple of 60"
        )


def dashboard_rules(body: dict[str, Any]) -> Iterator[CheckFailure]:
    """Limits of "Dashboard body structure and syntax" of the CloudWatch API reference."""
    widgets: Any = body.get("widgets")
    if not isinstance(widgets, list):
        yield CheckFailure("dashboardBody", "needs a list `widgets`")
        return
    if len(cast("list[Any]", widgets)) > MOST_WIDGETS:
        yield CheckFailure("dashboardBody", f"has over {MOST_WIDGETS} widgets")
    for index, widget in enumerate(cast("list[dict[str, Any]]", widgets)):
        where = f"widget {index}"
        if widget.get("type") not in {"alarm", "custom", "explorer", "log", "metric", "text"}:
            yield CheckFailure("dashboardBody", f"{where}: unknown type {widget.get('type')!r}")
        width, left = widget.get("width", 6), widget.get("x", 0)
        if not 1 <= width <= 24 or not 0 <= left <= 23:
            yield CheckFailure("dashboardBody", f"{where}: x is 0 to 23, width 1 to 24 columns")
        metrics: list[Any] = widget.get("properties", {}).get("metrics", [])
        if len(metrics) > MOST_METRICS_PER_WIDGET:
            yield CheckFailure("dashboardBody", f"{where}: over {MOST_METRICS_PER_WIDGET} metrics")


def _query_to(query: Properties) -> dict[str, Any]:
    parameters = to_request(METRIC_QUERY, query)
    if metric := query.get("metric"):
        parameters["MetricStat"] = {
            "Metric": {
                **to_request(capitalised("metricName", "namespace"), metric),
                "Dimensions": _dimension_list(nested(metric, "dimensions")),
            },
            **to_request(METRIC_STAT, metric),
        }
    return parameters


def _query_from(query: dict[str, Any]) -> Properties:
    described = from_answer(METRIC_QUERY, query)
    if statistic := query.get("MetricStat"):
        metric = statistic["Metric"]
        described["metric"] = {
            **from_answer(capitalised("metricName", "namespace"), metric),
            **from_answer(METRIC_STAT, statistic),
        }
        if dimensions := _dimension_map(metric.get("Dimensions", [])):
            described["metric"]["dimensions"] = dimensions
    return described


def _dimension_list(dimensions: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in dimensions.items()]


def _dimension_map(dimensions: list[dict[str, str]]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in dimensions}
