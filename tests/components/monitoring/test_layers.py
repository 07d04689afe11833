"""What is watched, held to what AWS publishes, to what is deployed, and to the runbook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from components.monitoring.settings import AlarmThresholds
from handlers.common.facts import NEW_REGISTRATIONS, USERS_NAMESPACE
from tests.pulumi_recorder import Recorder, Registered, run_program

pytestmark = pytest.mark.slow

RUNBOOK = Path(__file__).resolve().parents[3] / "docs" / "runbook.md"
PREFIXES = {"dev": "aws-platform-dev-", "prod": "aws-platform-prod-"}

# What AWS publishes: metrics and sets of dimensions by namespace, from the page that is named.
PUBLISHED: Mapping[str, tuple[set[str], list[set[str]]]] = {
    # API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics"
    "AWS/ApiGateway": (
        {
            *("4XXError", "5XXError", "CacheHitCount", "CacheMissCount"),
            *("Count", "IntegrationLatency", "Latency"),
        },
        [{"ApiName"}, {"ApiName", "Stage"}, {"ApiName", "Method", "Resource", "Stage"}],
    ),
    # Lambda Developer Guide, "Types of metrics for Lambda functions"
    "AWS/Lambda": (
        {"Invocations", "Errors", "Throttles", "Duration", "IteratorAge", "ConcurrentExecutions"},
        [{"FunctionName"}, {"FunctionName", "Resource"}],
    ),
    # DynamoDB Developer Guide, "DynamoDB metrics and dimensions"
    "AWS/DynamoDB": (
        {
            *("ReadThrottleEvents", "WriteThrottleEvents"),
            *("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"),
        },
        [{"TableName"}, {"TableName", "GlobalSecondaryIndexName"}],
    ),
    # SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"
    "AWS/SQS": (
        {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
        [{"QueueName"}],
    ),
    # EventBridge User Guide, "Logging and monitoring Amazon EventBridge Pipes using AWS CloudTrail
    # and Amazon CloudWatch Logs"
    "AWS/EventBridge/Pipes": (
        {"EventCount", "ExecutionFailed", "ExecutionThrottled", "ExecutionTimeout"},
        [{"PipeName"}],
    ),
    # RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS"
    "AWS/RDS": (
        {
            *("CPUUtilization", "DatabaseConnections", "FreeStorageSpace"),
            *("FreeableMemory", "ReplicaLag"),
        },
        [{"DBInstanceIdentifier"}],
    ),
    # ElastiCache User Guide, "Metrics for Valkey and Redis OSS"
    "AWS/ElastiCache": (
        {"DatabaseMemoryUsagePercentage", "EngineCPUUtilization", "Evictions"},
        [{"CacheClusterId"}, {"CacheClusterId", "CacheNodeId"}],
    ),
    # VPC User Guide, "NAT gateway metrics and dimensions"
    "AWS/NATGateway": ({"BytesOutToDestination", "ErrorPortAllocation"}, [{"NatGatewayId"}]),
    # WAF Developer Guide, "AWS WAF metrics and dimensions"
    "AWS/WAFV2": ({"AllowedRequests", "BlockedRequests"}, [{"WebACL", "Region", "Rule"}]),
    # the function `metrics`, see tests/handlers/metrics
    USERS_NAMESPACE: ({NEW_REGISTRATIONS}, [{"service"}]),
}

# What each alarm of prod watches, and which composite alarm pages for it; None pages itself.
ALARMS: Mapping[str, tuple[str | None, set[str]]] = {
    "api-high-latency": ("users-affected", {"Latency Average"}),
    "api-p99-latency": ("users-affected", {"Latency p99"}),
    # The average of 5XXError is the rate.
    "api-5xx-rate": ("users-affected", {"5XXError Average", "Count Sum"}),
    **{
        f"api-{objective}-burn-{window}": (composite, {share, "Count Sum"})
        for objective, share in {
            "availability": "5XXError Average",
            "latency": "Latency PR(1000:)",
        }.items()
        for window, composite in {
            "1h": "users-affected",
            "5m": "users-affected",
            "6h": "error-budget-slow-burn",
            "30m": "error-budget-slow-burn",
        }.items()
    },
    "waf-blocked-requests": (None, {"BlockedRequests Sum"}),
    **{
        f"lambda-{name}-{kind.lower()}": (composite, {f"{kind} Sum"})
        for name, composite in {
            **dict.fromkeys(("users", "products", "orders", "authorizer"), "users-affected"),
            # functions beside the API
            "*": "orders-delayed",
        }.items()
        for kind in ("Errors", "Throttles")
    },
    "dynamodb-throttles": ("users-affected", {"ReadThrottleEvents Sum", "WriteThrottleEvents Sum"}),
    "orders-queue-age": ("orders-delayed", {"ApproximateAgeOfOldestMessage Maximum"}),
    "orders-pipe-failures": ("orders-delayed", {"ExecutionFailed Sum"}),
    # An average can be below the one dead letter that matters.
    "orders-*dead-letters": ("orders-delayed", {"ApproximateNumberOfMessagesVisible Maximum"}),
    "*-dead-letters": (None, {"ApproximateNumberOfMessagesVisible Maximum"}),
    "metrics-stream-age": (None, {"IteratorAge Maximum"}),
    "rds*-high-cpu": ("database-overloaded", {"CPUUtilization Average"}),
    "rds*-connections": ("database-overloaded", {"DatabaseConnections Average"}),
    "rds*-low-memory": ("database-overloaded", {"FreeableMemory Average"}),
    "rds*-low-storage": (None, {"FreeStorageSpace Average"}),
    "rds-replica-*-lag": (None, {"ReplicaLag Average"}),
    "cache-node-*-memory": ("cache-overloaded", {"DatabaseMemoryUsagePercentage Maximum"}),
    "cache-node-*-evictions": ("cache-overloaded", {"Evictions Sum"}),
    "nat-*-port-errors": (None, {"ErrorPortAllocation Sum"}),
}


@dataclass(frozen=True)
class Series:
    """One metric that an alarm or a graph names."""

    where: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]


def alarms(run: Recorder) -> list[Registered]:
    return run.of("aws:cloudwatch/metricAlarm:MetricAlarm")


def composites(run: Recorder) -> list[Registered]:
    return run.of("aws:cloudwatch/compositeAlarm:CompositeAlarm")


def metrics_of(alarm: Registered) -> list[dict[str, Any]]:
    """The metrics that an alarm names, itself or in its metric math."""
    queries = alarm.inputs.get("metricQueries", [])
    return [one["metric"] for one in queries if "metric" in one] or [alarm.inputs]


def series_of(run: Recorder) -> Iterator[Series]:
    """Every metric of every alarm and graph."""
    for alarm in alarms(run):
        for metric in metrics_of(alarm):
            yield Series(
                alarm.name, metric["namespace"], metric["metricName"], metric["dimensions"]
            )
    body = json.loads(run.one("aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])
    for widget in body["widgets"]:
        for line in widget["properties"].get("metrics", []):
            if isinstance(line[0], str):
                namespace, name, *rest = line[:-1]
                dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
                yield Series(widget["properties"]["title"], namespace, name, dimensions)


def deployed(run: Recorder) -> dict[str, set[str]]:
    """What each dimension may say: names of deployed resources."""

    def names(type_: str, key: str = "name") -> set[str]:
        # The mocks name what is given no name after its logical name.
        return {one.inputs.get(key, one.name) for one in run.of(type_)}

    group = run.one("aws:elasticache/replicationGroup:ReplicationGroup").inputs
    table = run.one("aws:dynamodb/table:Table").inputs
    count = int(group["numCacheClusters"])
    vpc = run.one("awsx:ec2:Vpc")
    gateways = 3 if vpc.inputs["natGateways"]["strategy"] == "OnePerAz" else 1
    return {
        "ApiName": names("aws:apigateway/restApi:RestApi"),
        "Stage": names("aws:apigateway/stage:Stage", "stageName"),
        "FunctionName": names("aws:lambda/function:Function"),
        "TableName": names("aws:dynamodb/table:Table"),
        "GlobalSecondaryIndexName": {one["name"] for one in table["globalSecondaryIndexes"]},
        "QueueName": names("aws:sqs/queue:Queue"),
        "PipeName": names("aws:pipes/pipe:Pipe"),
        "DBInstanceIdentifier": names("aws:rds/instance:Instance", "identifier"),
        "CacheClusterId": {f"{group['replicationGroupId']}-{n:03d}" for n in range(1, count + 1)},
        "NatGatewayId": {f"nat-{n}" for n in range(1, gateways + 1)},
        "WebACL": names("aws:wafv2/webAcl:WebAcl"),
        "Region": {"us-east-1"},
        "Rule": {"ALL"},
        "service": {
            one.inputs["environment"]["variables"]["POWERTOOLS_SERVICE_NAME"]
            for one in run.of("aws:lambda/function:Function")
            if one.inputs["name"].endswith("-metrics")
        },
    }


@pytest.fixture(params=["dev", "prod"])
def run(request: pytest.FixtureRequest, program: Callable[[str, bool], Recorder]) -> Recorder:
    return program(request.param, False)


def test_every_metric_and_its_dimensions_are_those_that_aws_publishes(run: Recorder) -> None:
    for series in series_of(run):
        names, dimension_sets = PUBLISHED[series.namespace]
        assert series.name in names, series
        assert set(series.dimensions) in dimension_sets, series


def test_every_alarm_watches_what_its_name_says_and_pages_as_it_should(prod: Recorder) -> None:
    def watched(metric: Mapping[str, Any]) -> str:
        statistics = (metric.get(key) for key in ("stat", "statistic", "extendedStatistic"))
        return " ".join([metric["metricName"], *filter(None, statistics)])

    rules = {
        one.name.removeprefix("monitoring-alarm-"): one.inputs["alarmRule"]
        for one in composites(prod)
    }
    for alarm in alarms(prod):
        name = alarm.name.removeprefix("monitoring-alarm-")
        # The first pattern counts.
        expected = next((row for one, row in ALARMS.items() if fnmatchcase(name, one)), None)
        assert expected, f"{name} has no row in ALARMS"
        composite, metrics = expected
        assert {watched(metric) for metric in metrics_of(alarm)} == metrics, name
        pages = [key for key, rule in rules.items() if f'"{alarm.inputs["name"]}"' in rule]
        assert pages == ([composite] if composite else []), name


def test_every_dimension_names_a_deployed_resource(run: Recorder) -> None:
    known = deployed(run)
    for series in series_of(run):
        for dimension, value in series.dimensions.items():
            assert value in known[dimension], f"{series} of {sorted(known[dimension])}"


def test_every_queue_function_database_and_node_is_watched(run: Recorder) -> None:
    watched: dict[str, set[str]] = {}
    for alarm in alarms(run):
        for dimension, value in alarm.inputs.get("dimensions", {}).items():
            watched.setdefault(dimension, set()).add(value)
    known = deployed(run)
    for dimension in ("QueueName", "DBInstanceIdentifier", "CacheClusterId", "PipeName"):
        assert watched[dimension] >= known[dimension] - {"messaging-order-events"}, dimension
    unwatched = known["FunctionName"] - watched["FunctionName"]
    assert {name.rpartition("-")[2] for name in unwatched} == {"notifier"}, (
        "the Slack notifier is watched by its dead letters, every other function by its errors"
    )


def test_each_alarm_pages_once_by_itself_or_through_its_composite(run: Recorder) -> None:
    pages: dict[str, int] = {}
    rules = [one.inputs["alarmRule"] for one in composites(run)]
    for alarm in alarms(run):
        name = alarm.inputs["name"]
        own = len(alarm.inputs.get("alarmActions") or [])
        pages[name] = own + sum(f'ALARM("{name}")' in rule for rule in rules)
    assert pages == dict.fromkeys(pages, 1)


def test_a_composite_pages_for_alarms_that_exist(run: Recorder) -> None:
    names = {alarm.inputs["name"] for alarm in alarms(run)}
    assert composites(run)
    for composite in composites(run):
        children = re.findall(r'ALARM\("([^"]+)"\)', composite.inputs["alarmRule"])
        assert set(children) <= names
        assert len(composite.inputs["alarmActions"]) == 1


def test_users_affected_means_any_alarm_on_the_way_of_a_request(dev: Recorder) -> None:
    rule = dev.one("CompositeAlarm", "monitoring-alarm-users-affected").inputs["alarmRule"]
    children = re.findall(r'ALARM\("aws-platform-dev-([^"]+)"\)', rule)
    functions = ("users", "products", "orders", "authorizer")
    assert set(children) == {
        *("API-High-Latency", "API-P99-Latency", "API-5XX-Rate", "DynamoDB-Throttles"),
        *(f"Lambda-{name}-{kind}" for name in functions for kind in ("Errors", "Throttles")),
    }
    assert rule.count(" OR ") == len(children) - 1


def test_a_burn_rate_pages_only_when_both_its_windows_burn(prod: Recorder) -> None:
    fast = prod.one("CompositeAlarm", "monitoring-alarm-users-affected").inputs["alarmRule"]
    slow = prod.one("CompositeAlarm", "monitoring-alarm-error-budget-slow-burn").inputs
    for kind in ("Availability", "Latency"):
        name = f"aws-platform-prod-API-{kind}-Burn"
        assert f'(ALARM("{name}-1h") AND ALARM("{name}-5m"))' in fast
        assert f'(ALARM("{name}-6h") AND ALARM("{name}-30m"))' in slow["alarmRule"]
    assert slow["actionsSuppressor"]["alarm"] == "arn:aws:::monitoring-alarm-users-affected"


@pytest.mark.parametrize(
    ("alarm", "threshold", "period"),
    [
        # 14.4 times the budget of 0.1 % and of 1 %; 6 times for the slow windows.
        ("availability-burn-1h", 1.44, 3600),
        ("availability-burn-5m", 1.44, 300),
        ("availability-burn-6h", 0.6, 21_600),
        ("availability-burn-30m", 0.6, 1800),
        ("latency-burn-1h", 14.4, 3600),
        ("latency-burn-6h", 6.0, 21_600),
    ],
)
def test_burn_rates_are_those_of_the_sre_workbook(
    prod: Recorder, alarm: str, threshold: float, period: int
) -> None:
    inputs = prod.one("MetricAlarm", f"monitoring-alarm-api-{alarm}").inputs
    assert inputs["threshold"] == threshold
    queries = [one["metric"] for one in inputs["metricQueries"] if "metric" in one]
    assert {query["period"] for query in queries} == {period}


@pytest.mark.parametrize("window", ["1h", "5m", "6h", "30m"])
def test_an_objective_s_share_of_requests_is_in_percent_of_what_aws_publishes(window: str) -> None:
    run = run_program(
        "prod", {"monitoring": {"burnRateAlarms": True, "latencyTargetMilliseconds": 700}}
    )
    # An average of 5XXError is a share of 1, a percentile rank has percent: CloudWatch User Guide,
    # "CloudWatch statistics definitions".
    for kind, statistic, percent in (
        ("availability", "Average", "100 * share"),
        ("latency", "PR(700:)", "1 * share"),
    ):
        inputs = run.one("MetricAlarm", f"monitoring-alarm-api-{kind}-burn-{window}").inputs
        queries = {one["id"]: one for one in inputs["metricQueries"]}
        assert queries["share"]["metric"]["stat"] == statistic
        assert percent in queries["result"]["expression"]


def test_burn_rate_alarms_are_by_setting(dev: Recorder, prod: Recorder) -> None:
    assert not [one.name for one in alarms(dev) if "burn" in one.name]
    assert len([one.name for one in alarms(prod) if "burn" in one.name]) == 8


SOURCE_ALARMS = {
    "api-high-latency": ("Latency", "Average", 5000, "GreaterThanThreshold", 2, "notBreaching"),
    "rds-high-cpu": (
        "CPUUtilization",
        "Average",
        80,
        "GreaterThanOrEqualToThreshold",
        2,
        "missing",
    ),
    **{
        f"lambda-{name}-errors": (
            "Errors",
            "Sum",
            5,
            "GreaterThanOrEqualToThreshold",
            2,
            "notBreaching",
        )
        for name in ("users", "products", "orders", "authorizer")
    },
}


@pytest.mark.parametrize("name", SOURCE_ALARMS)
def test_the_alarms_of_the_source_have_its_values(prod: Recorder, name: str) -> None:
    inputs = prod.one("MetricAlarm", f"monitoring-alarm-{name}").inputs
    metric, statistic, threshold, comparison, periods, missing = SOURCE_ALARMS[name]
    assert (inputs["metricName"], inputs["statistic"]) == (metric, statistic)
    assert (inputs["threshold"], inputs["comparisonOperator"]) == (threshold, comparison)
    assert inputs["evaluationPeriods"] == inputs["datapointsToAlarm"] == periods
    assert (inputs["period"], inputs["treatMissingData"]) == (300, missing)


def test_every_alarm_says_what_to_do_first_and_where_to_read_on(run: Recorder) -> None:
    sections = {
        line.removeprefix("## ").lower()
        for line in RUNBOOK.read_text().splitlines()
        if line.startswith("## ")
    }
    for alarm in [*alarms(run), *composites(run)]:
        text = alarm.inputs["alarmDescription"]
        found = re.fullmatch(r".+[.] First: .+[.] Runbook: docs/runbook[.]md#([a-z0-9-]+)", text)
        assert found, text
        assert found[1] in sections
        assert len(text) <= 1024, "the longest description that CloudWatch takes"


def test_the_runbook_has_one_section_for_each_alarm_and_no_other() -> None:
    # Everything on: burn rates, WAF, replicas.
    everything = run_program("prod")
    linked = {
        alarm.inputs["alarmDescription"].partition("#")[2]
        for alarm in [*alarms(everything), *composites(everything)]
    }
    headings = re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert sorted(heading.lower() for heading in headings) == sorted(linked)


def test_links_inside_the_runbook_lead_somewhere() -> None:
    text = RUNBOOK.read_text()
    sections = {heading.lower() for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= sections


def test_the_runbook_of_a_team_is_a_setting() -> None:
    run = run_program("dev", {"monitoring": {"runbookUrl": "https://wiki.example.com/runbook"}})
    for alarm in alarms(run):
        text = alarm.inputs["alarmDescription"]
        assert "Runbook: https://wiki.example.com/runbook#" in text


def test_every_threshold_of_the_settings_moves_an_alarm() -> None:
    def thresholds(settings: Mapping[str, Any]) -> dict[str, Any]:
        run = run_program("prod", {"monitoring": {"thresholds": settings}})
        return {
            one.name: (one.inputs["threshold"], one.inputs.get("metricQueries"))
            for one in alarms(run)
        }

    fields = AlarmThresholds.model_fields.values()
    before = thresholds({})
    moved = thresholds({str(field.alias): field.default + 1 for field in fields})
    unmoved = {name for name in before if before[name] == moved[name]}
    fixed = {
        name
        for name in before
        if "dead-letters" in name or "nat-" in name or "pipe-" in name or "dynamodb" in name
    }
    assert unmoved == fixed, "what is lost or refused at all is an alarm, without a threshold"


def test_data_that_must_always_be_there_is_unknown_when_missing_and_counts_are_fine(
    run: Recorder,
) -> None:
    gauges = {"AWS/RDS", "AWS/ElastiCache", "AWS/NATGateway"}
    for alarm in alarms(run):
        gauge = alarm.inputs.get("namespace") in gauges
        assert alarm.inputs["treatMissingData"] == ("missing" if gauge else "notBreaching")


def test_a_few_requests_raise_no_alarm_about_shares(prod: Recorder) -> None:
    for alarm in alarms(prod):
        for query in alarm.inputs.get("metricQueries", []):
            if "share" in query.get("expression", ""):
                assert query["expression"].startswith("IF(requests >= 20, ")


def test_free_storage_is_a_share_of_what_the_instance_began_with(
    dev: Recorder, prod: Recorder
) -> None:
    gigabyte = 1024**3
    for run, allocated in ((dev, 20), (prod, 100)):
        alarm = run.one("MetricAlarm", "monitoring-alarm-rds-low-storage").inputs
        assert alarm["threshold"] == 0.15 * allocated * gigabyte
        assert alarm["comparisonOperator"] == "LessThanThreshold"


def test_alarm_names_begin_with_the_stack_s_prefix_and_are_unique(
    dev: Recorder, prod: Recorder
) -> None:
    for stack, run in (("dev", dev), ("prod", prod)):
        names = [one.inputs["name"] for one in alarms(run)]
        names += [one.inputs["alarmName"] for one in composites(run)]
        assert all(name.startswith(PREFIXES[stack]) for name in names)
        assert len(set(names)) == len(names)


def test_nothing_that_aws_computes_is_looked_at_before_it_is_known(
    program: Callable[[str, bool], Recorder],
) -> None:
    for stack in ("dev", "prod"):
        at_preview = {one.name for one in alarms(program(stack, True))}
        assert at_preview == {one.name for one in alarms(program(stack, False))}
