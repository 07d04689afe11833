from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from handlers.common.facts import CURRENCY, ORDER_VALUE, ORDERS_NAMESPACE
from tests.pulumi_recorder import Recorder

SOURCE_GRAPHS = {
    "API Gateway Requests": ("Count", "Sum"),
    "API Gateway Latency": ("Latency", "Average"),
    "API Gateway Errors": ("4XXError", "Sum"),
    "RDS CPU Utilization": ("CPUUtilization", "Average"),
    "RDS Connections": ("DatabaseConnections", "Average"),
    **{
        f"Lambda {name} - {kind}": (kind, "Average" if kind == "Duration" else "Sum")
        for name in ("users", "products", "orders", "authorizer")
        for kind in ("Invocations", "Duration", "Errors")
    },
}


def widgets(run: Recorder) -> list[dict[str, Any]]:
    inputs = run.one("aws:cloudwatch/dashboard:Dashboard").inputs
    return json.loads(inputs["dashboardBody"])["widgets"]


def graphs(run: Recorder) -> dict[str, list[list[Any]]]:
    return {
        one["properties"]["title"]: one["properties"]["metrics"]
        for one in widgets(run)
        if one["type"] == "metric"
    }


@pytest.fixture(params=["dev", "prod"])
def run(request: pytest.FixtureRequest, program: Callable[[str, bool], Recorder]) -> Recorder:
    return program(request.param, False)


@pytest.mark.parametrize("title", SOURCE_GRAPHS)
def test_every_graph_of_the_source_is_there(run: Recorder, title: str) -> None:
    lines = [(line[1], line[-1]["stat"]) for line in graphs(run)[title]]
    assert SOURCE_GRAPHS[title] in lines


def test_the_first_row_is_users_experience(run: Recorder) -> None:
    state, *first = [one for one in widgets(run) if one["y"] <= 4][:4]
    assert (state["type"], state["properties"]["title"]) == ("alarm", "Users' experience")
    assert state["properties"]["alarms"][0] == "arn:aws:::monitoring-alarm-users-affected"
    assert [one["properties"]["title"] for one in first] == [
        "API Gateway Requests",
        "API Gateway Errors",
        "API Gateway Latency",
    ]
    statistics = [line[-1]["stat"] for line in first[2]["properties"]["metrics"]]
    assert statistics == ["Average", "p50", "p95", "p99"]


def test_every_alarm_s_state_is_shown_once(run: Recorder) -> None:
    shown = [
        arn for one in widgets(run) if one["type"] == "alarm" for arn in one["properties"]["alarms"]
    ]
    types = ("MetricAlarm", "CompositeAlarm")
    made = [f"arn:aws:::{one.name}" for type_ in types for one in run.of(type_)]
    assert sorted(shown) == sorted(made)


def test_no_widget_covers_another_or_leaves_the_page(run: Recorder) -> None:
    taken: set[tuple[int, int]] = set()
    for one in widgets(run):
        cells = {
            (column, line)
            for column in range(one["x"], one["x"] + one["width"])
            for line in range(one["y"], one["y"] + one["height"])
        }
        assert not taken & cells, one["properties"]["title"]
        taken |= cells
    assert {column for column, _ in taken} <= set(range(24))


def test_graphs_have_titles_of_their_own_and_something_to_show(run: Recorder) -> None:
    titles = [one["properties"]["title"] for one in widgets(run) if one["type"] == "metric"]
    assert len(set(titles)) == len(titles)
    assert all(graphs(run).values())


def test_order_values_are_found_in_whatever_currency_there_are(dev: Recorder) -> None:
    [[line]] = graphs(dev)["Order value"]
    assert line["expression"] == (
        f'SEARCH(\'{{{ORDERS_NAMESPACE},{CURRENCY},service}} MetricName="{ORDER_VALUE}"'
        " service=\"aws-platform-dev\"', 'Sum', 300)"
    )


def test_the_dashboard_is_named_after_the_stack(dev: Recorder, prod: Recorder) -> None:
    for stack, run in (("dev", dev), ("prod", prod)):
        inputs = run.one("aws:cloudwatch/dashboard:Dashboard").inputs
        assert inputs["dashboardName"] == f"aws-platform-{stack}-system-overview"
