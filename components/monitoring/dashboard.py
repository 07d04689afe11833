"""The dashboard's body: one row of alarm states and graphs a layer, users first."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.monitoring.definitions import Graph, Layer
from components.monitoring.metrics import PERIOD_SECONDS, Formula, Metric, Search

# CloudWatch API Reference, "Dashboard body structure and syntax": 24 columns.
COLUMNS = 24
GRAPH_WIDTH = 8
GRAPH_HEIGHT = 6
ALARMS_A_LINE = 6
TITLE_HEIGHT = 1
Widget = dict[str, Any]


def dashboard_body(
    region: str, layers: Sequence[Layer], alarm_arns: Mapping[str, pulumi.Input[str]]
) -> pulumi.Output[str]:
    """The dashboard as JSON.

    Args:
        region: the AWS region of all metrics.
        layers: the rows, from the top.
        alarm_arns: ARNs of all alarms by the names in their definitions.
    """
    widgets: list[Widget] = []
    top = 0
    for layer in layers:
        names = [one.name for one in (*layer.composites, *layer.alarms)]
        if names:
            height = TITLE_HEIGHT + -(-len(names) // ALARMS_A_LINE)
            widgets.append(_alarm_widget(layer, [alarm_arns[name] for name in names], top, height))
            top += height
        for index, graph in enumerate(layer.graphs):
            line, column = divmod(index * GRAPH_WIDTH, COLUMNS)
            widgets.append(_graph_widget(region, graph, column, top + line * GRAPH_HEIGHT))
        top += -(-len(layer.graphs) * GRAPH_WIDTH // COLUMNS) * GRAPH_HEIGHT
    return pulumi.Output.json_dumps({"widgets": widgets})


def _alarm_widget(layer: Layer, arns: Sequence[pulumi.Input[str]], top: int, height: int) -> Widget:
    return {
        "type": "alarm",
        "x": 0,
        "y": top,
        "width": COLUMNS,
        "height": height,
        "properties": {"title": layer.title, "alarms": list(arns)},
    }


def _graph_widget(region: str, graph: Graph, column: int, top: int) -> Widget:
    return {
        "type": "metric",
        "x": column,
        "y": top,
        "width": GRAPH_WIDTH,
        "height": GRAPH_HEIGHT,
        "properties": {
            "title": graph.title,
            "region": region,
            "view": "timeSeries",
            "stacked": False,
            "period": PERIOD_SECONDS,
            "metrics": [_line(series) for series in graph.series],
        },
    }


def _line(series: Metric | Formula | Search) -> list[Any]:
    if isinstance(series, Metric):
        dimensions = [part for item in series.dimensions.items() for part in item]
        options = {"stat": series.statistic, "label": series.label}
        return [series.namespace, series.name, *dimensions, options]
    return [{"expression": series.expression, "label": series.label}]
