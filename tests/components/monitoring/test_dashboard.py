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

# What every graph of prod shows, besides those of functions. It has two database instances, two
# cache nodes and three NAT gateways.
GRAPHS = {
    "API Gateway Requests": ["Count Sum"],
    "API Gateway Errors": ["4XXError Sum", "5XXError Sum"],
    "API Gateway Latency": ["Latency Average", "Latency p50", "Latency p95", "Latency p99"],
    "API Gateway Integration Latency": ["IntegrationLatency p50", "IntegrationLatency p99"],
    "API Gateway Cache": ["CacheHitCount Sum", "CacheMissCount Sum"],
    "WAF Requests": ["AllowedRequests Sum", "BlockedRequests Sum"],
    "DynamoDB Throttles": ["ReadThrottleEvents Sum", "WriteThrottleEvents Sum"] * 2,
    "DynamoDB Capacity": ["ConsumedReadCapacityUnits Sum", "ConsumedWriteCapacityUnits Sum"],
    "Order queue": [
        *["ApproximateNumberOfMessagesVisible Maximum"] * 2,
        "ApproximateAgeOfOldestMessage Maximum",
    ],
    "Order pipe": ["EventCount Sum", "ExecutionFailed Sum"],
    "RDS CPU Utilization": ["CPUUtilization Average"] * 2,
    "RDS Connections": ["DatabaseConnections Average"] * 2,
    "RDS Free Memory": ["FreeableMemory Average"] * 2,
    "RDS Free Storage": ["FreeStorageSpace Average"] * 2,
    "RDS Replica Lag": ["ReplicaLag Average"],
    "Cache Memory": ["DatabaseMemoryUsagePercentage Maximum"] * 2,
    "Cache Evictions": ["Evictions Sum"] * 2,
    "Cache Engine CPU": ["EngineCPUUtilization Average"] * 2,
    "NAT Port Errors": ["ErrorPortAllocation Sum"] * 3,
    "NAT Traffic": ["BytesOutToDestination Sum"] * 3,
    "New registrations": ["NewRegistrations Sum"],
    "Order value": ["SEARCH"],
    "Metrics stream age": ["IteratorAge Maximum"],
    "Slack notifier": [
        *("Invocations Sum", "Errors Sum"),
        "ApproximateNumberOfMessagesVisible Maximum",
    ],
}
FUNCTION_GRAPHS = {
    "Invocations": ["Invocations Sum"],
    "Duration": ["Duration Average", "Duration p99"],
    "Errors": ["Errors Sum", "Throttles Sum"],
}

LABELS = {
    "API Gateway Requests": ["Requests"],
    "API Gateway Errors": ["4XX", "5XX"],
    "API Gateway Latency": ["average", "p50", "p95", "p99"],
    "API Gateway Integration Latency": ["p50", "p99"],
    "API Gateway Cache": ["hits", "misses"],
    "WAF Requests": ["allowed", "blocked"],
    "DynamoDB Throttles": [
        "reads of the table",
        "writes of the table",
        "reads of the index",
        "writes of the index",
    ],
    "DynamoDB Capacity": ["read", "write"],
    "Order queue": ["waiting", "dead letters", "oldest message in seconds"],
    "Order pipe": ["events", "failed"],
    "RDS CPU Utilization": ["primary", "replica-1"],
    "RDS Connections": ["primary", "replica-1"],
    "RDS Free Memory": ["primary", "replica-1"],
    "RDS Free Storage": ["primary", "replica-1"],
    "RDS Replica Lag": ["replica-1"],
    "Cache Memory": ["node-1 memory in percent", "node-2 memory in percent"],
    "Cache Evictions": ["node-1 evictions", "node-2 evictions"],
    "Cache Engine CPU": ["node-1", "node-2"],
    "NAT Port Errors": ["NAT 1 port errors", "NAT 2 port errors", "NAT 3 port errors"],
    "NAT Traffic": ["NAT 1 bytes out", "NAT 2 bytes out", "NAT 3 bytes out"],
    "New registrations": ["New users"],
    "Order value": ["Order value in minor units"],
    "Metrics stream age": ["age in ms"],
    "Slack notifier": ["Invocations", "Errors", "dead letters"],
}
FUNCTION_LABELS = {
    "Invocations": ["Invocations"],
    "Duration": ["Average", "p99"],
    "Errors": ["Errors", "Throttles"],
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


def test_every_graph_shows_what_it_is_for(prod: Recorder) -> None:
    def shown(line: list[Any]) -> str:
        return f"{line[1]} {line[-1]['stat']}" if len(line) > 1 else line[0]["expression"][:6]

    # Two functions have graphs in the layers of what they do.
    functions = {
        one.inputs["name"].removeprefix("aws-platform-prod-")
        for one in prod.of("aws:lambda/function:Function")
    } - {"metrics", "slack-notifier"}
    assert {title: list(map(shown, lines)) for title, lines in graphs(prod).items()} == {
        **GRAPHS,
        **{
            f"Lambda {name} - {kind}": lines
            for name in functions
            for kind, lines in FUNCTION_GRAPHS.items()
        },
    }


def test_every_line_says_what_it_is(prod: Recorder) -> None:
    for title, lines in graphs(prod).items():
        function = title.startswith("Lambda ")
        expected = FUNCTION_LABELS[title.rpartition(" - ")[2]] if function else LABELS[title]
        assert [line[-1]["label"] for line in lines] == expected, title


def test_every_line_is_of_a_namespace_that_something_publishes_to(prod: Recorder) -> None:
    lines = [line for lines in graphs(prod).values() for line in lines if len(line) > 1]
    assert {line[0] for line in lines} == {
        *("AWS/ApiGateway", "AWS/WAFV2", "AWS/Lambda", "AWS/DynamoDB", "AWS/SQS"),
        *("AWS/EventBridge/Pipes", "AWS/RDS", "AWS/ElastiCache", "AWS/NATGateway"),
        "MyApp/Users",
    }


def test_no_line_of_a_graph_is_another_s(run: Recorder) -> None:
    for title, lines in graphs(run).items():
        assert len({json.dumps(line) for line in lines}) == len(lines), title
        assert len({line[-1]["label"] for line in lines}) == len(lines), title


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
