import json

import pytest

from local.provider.aws.cloudwatch import CompositeAlarm, Dashboard, MetricAlarm
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported

TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
SIMPLE = {
    "name": "api-latency",
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 2,
    "datapointsToAlarm": 2,
    "metricName": "Latency",
    "namespace": "AWS/ApiGateway",
    "period": 300,
    "statistic": "Average",
    "threshold": 5000,
}


def alarm(aws: Connection, name: str) -> dict[str, object]:
    return aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]


def test_an_alarm_on_one_metric_exists_as_given(aws: Connection) -> None:
    deployed = deploy(
        aws,
        MetricAlarm(),
        **SIMPLE,
        dimensions={"ApiName": "api", "Stage": "prod"},
        alarmActions=[TOPIC],
        okActions=[TOPIC],
        alarmDescription="Look at the slowest route first",
        treatMissingData="notBreaching",
        tagsAll={"Project": "p"},
    )
    found = alarm(aws, "api-latency")
    assert found["Threshold"] == 5000
    assert found["Dimensions"] == [
        {"Name": "ApiName", "Value": "api"},
        {"Name": "Stage", "Value": "prod"},
    ]
    assert found["AlarmActions"] == found["OKActions"] == [TOPIC]
    assert found["TreatMissingData"] == "notBreaching"
    assert deployed.state["arn"] == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:api-latency"
    tags = aws.client("cloudwatch").list_tags_for_resource(ResourceARN=deployed.state["arn"])
    assert tags["Tags"] == [{"Key": "Project", "Value": "p"}]


def test_an_alarm_on_a_formula_exists_with_its_queries(aws: Connection) -> None:
    queries = [
        {"id": "rate", "expression": "100 * errors / calls", "label": "rate", "returnData": True},
        *(
            {
                "id": identifier,
                "metric": {
                    "metricName": name,
                    "namespace": "AWS/ApiGateway",
                    "period": 60,
                    "stat": "Sum",
                    "dimensions": {"ApiName": "api"},
                },
            }
            for identifier, name in (("errors", "5XXError"), ("calls", "Count"))
        ),
    ]
    deploy(
        aws,
        MetricAlarm(),
        name="rate",
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=3,
        threshold=1,
        metricQueries=queries,
    )
    found = alarm(aws, "rate")["Metrics"]
    assert isinstance(found, list)
    assert [query["Id"] for query in found] == ["rate", "errors", "calls"]
    assert found[1]["MetricStat"]["Metric"]["MetricName"] == "5XXError"
    assert found[1]["MetricStat"]["Period"] == 60


def test_a_percentile_alarm_keeps_its_extended_statistic(aws: Connection) -> None:
    inputs = {**SIMPLE, "extendedStatistic": "p99"}
    del inputs["statistic"]
    deploy(aws, MetricAlarm(), **inputs)
    assert alarm(aws, "api-latency")["ExtendedStatistic"] == "p99"


def test_a_changed_alarm_is_changed_in_aws_and_keeps_its_tags(aws: Connection) -> None:
    deployed = deploy(aws, MetricAlarm(), **SIMPLE, tagsAll={"a": "1"})
    deployed.update(threshold=10, tagsAll={"b": "2"})
    assert alarm(aws, "api-latency")["Threshold"] == 10
    tags = aws.client("cloudwatch").list_tags_for_resource(ResourceARN=deployed.state["arn"])
    assert tags["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_deleted_alarm_reads_as_gone(aws: Connection) -> None:
    deployed = deploy(aws, MetricAlarm(), **SIMPLE)
    deployed.delete()
    assert deployed.read() is None


def test_an_alarm_is_imported_by_its_name(aws: Connection) -> None:
    deploy(aws, MetricAlarm(), **SIMPLE)
    read = imported(aws, MetricAlarm(), "api-latency")
    assert read is not None
    assert {name: read[name] for name in SIMPLE} == SIMPLE


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"period": 45}, "period"),
        ({"period": 90}, "period"),
        ({"datapointsToAlarm": 3}, "datapointsToAlarm"),
        ({"evaluationPeriods": 300}, "evaluationPeriods"),
        ({"extendedStatistic": "p99"}, "extendedStatistic"),
        ({"alarmActions": [TOPIC] * 6}, "alarmActions"),
        ({"alarmActions": ["admin@example.com"]}, "alarmActions"),
        ({"alarmDescription": "x" * 1025}, "alarmDescription"),
        ({"name": "x" * 256}, "name"),
        ({"treatMissingData": "ok"}, "treatMissingData"),
        ({"comparisonOperator": ">"}, "comparisonOperator"),
        ({"metricQueries": [{"id": "Upper", "expression": "1"}]}, "metricQueries"),
        ({"evaluationWindow": {}}, "evaluationWindow"),
    ],
)
def test_what_cloudwatch_refuses_of_an_alarm_is_refused(
    changes: dict[str, object], refused: str
) -> None:
    assert refused in failures(MetricAlarm(), {**SIMPLE, **changes})


@pytest.mark.parametrize("period", [10, 20, 30, 60, 3600])
def test_periods_that_cloudwatch_offers_are_taken(period: int) -> None:
    assert failures(MetricAlarm(), {**SIMPLE, "period": period}) == {}


def body(*widgets: dict[str, object]) -> str:
    return json.dumps({"widgets": list(widgets)})


TEXT = {"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties": {"markdown": "x"}}


def test_a_dashboard_exists_changes_and_goes(aws: Connection) -> None:
    dashboard = deploy(aws, Dashboard(), dashboardName="overview", dashboardBody=body(TEXT))
    assert dashboard.state["dashboardArn"] == (
        "arn:aws:cloudwatch::123456789012:dashboard/overview"
    )
    dashboard.update(dashboardBody=body(TEXT, TEXT))
    found = aws.client("cloudwatch").get_dashboard(DashboardName="overview")["DashboardBody"]
    assert len(json.loads(found)["widgets"]) == 2
    dashboard.delete()
    assert dashboard.read() is None


@pytest.mark.parametrize(
    ("dashboard", "reason"),
    [
        ("{}", "widgets"),
        ("widgets", "JSON"),
        (body({**TEXT, "type": "picture"}), "unknown type"),
        (body({**TEXT, "width": 25}), "width"),
        (body(*[TEXT] * 501), "500"),
    ],
)
def test_what_cloudwatch_refuses_of_a_dashboard_is_refused(dashboard: str, reason: str) -> None:
    found = failures(Dashboard(), {"dashboardName": "d", "dashboardBody": dashboard})
    assert reason in found["dashboardBody"]


def test_a_composite_alarm_is_recorded_with_the_arn_aws_would_give(aws: Connection) -> None:
    rule = 'ALARM("api-latency") OR ALARM("errors")'
    alarm = deploy(aws, CompositeAlarm(), alarmName="users", alarmRule=rule, alarmActions=[TOPIC])
    assert alarm.state["arn"] == "arn:aws:cloudwatch:us-east-1:123456789012:alarm:users"
    assert CompositeAlarm.recorded_only
    assert "alarmRule" in failures(CompositeAlarm(), {"alarmName": "u", "alarmRule": "ALARM(a"})
