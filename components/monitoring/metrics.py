"""The metrics that the platform's resources publish, as AWS names them.

Alarms and the dashboard are made from these, and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from handlers.common.facts import (
    CURRENCY,
    NEW_REGISTRATIONS,
    ORDER_VALUE,
    ORDERS_NAMESPACE,
    USERS_NAMESPACE,
)

PERIOD_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of one resource.

    Attributes:
        namespace: CloudWatch namespace.
        name: the metric's name.
        dimensions: which resource's.
        statistic: for example `Sum`, `p99` or `PR(1000:)`.
        label: what a graph calls it.
        source: title of the AWS documentation page that lists the metric and its dimensions.
        period_seconds: length of one data point in seconds.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, Any])
    statistic: str
    label: str
    source: str
    period_seconds: int = PERIOD_SECONDS

    def over(self, period_seconds: int) -> "Metric":
        """The same metric with another period."""
        return replace(self, period_seconds=period_seconds)


@dataclass(frozen=True, kw_only=True)
class Search:
    """Every metric that a search finds, for graphs of what is not known beforehand.

    Attributes:
        expression: a `SEARCH` of CloudWatch.
        label: what a graph calls it.
    """

    expression: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Formula:
    """Several metrics as one series.

    Attributes:
        expression: metric math over the ids in `metrics`.
        metrics: by their id in the expression.
        label: what a graph calls it.
    """

    expression: str
    metrics: Mapping[str, Metric]
    label: str

    @property
    def period_seconds(self) -> int:
        return next(iter(self.metrics.values())).period_seconds


API_SOURCE = "Amazon API Gateway dimensions and metrics"
LAMBDA_SOURCE = "Using CloudWatch metrics with Lambda"
DYNAMODB_SOURCE = "DynamoDB metrics and dimensions"
SQS_SOURCE = "Available CloudWatch metrics for Amazon SQS"
PIPES_SOURCE = (
    "Logging and monitoring Amazon EventBridge Pipes using AWS CloudTrail and Amazon CloudWatch"
    " Logs"
)
RDS_SOURCE = "Amazon CloudWatch metrics for Amazon RDS"
CACHE_SOURCE = "Metrics for Valkey and Redis OSS"
NAT_SOURCE = "NAT gateway metrics and dimensions"
WAF_SOURCE = "AWS WAF metrics and dimensions"
BUSINESS_SOURCE = "Specification: Embedded metric format"

BYTES_PER_MEGABYTE = 1024**2
BYTES_PER_GIGABYTE = 1024**3


def api(stage: Mapping[str, pulumi.Input[str]], name: str, statistic: str, label: str) -> Metric:
    """A metric of one stage of the REST API.

    Args:
        stage: the dimensions `ApiName` and `Stage`.
        name: `Count`, `Latency`, `IntegrationLatency`, `4XXError`, `5XXError`, `CacheHitCount` or
            `CacheMissCount`.
        statistic: the statistic.
        label: what a graph calls it.
    """
    return Metric(
        namespace="AWS/ApiGateway",
        name=name,
        dimensions=stage,
        statistic=statistic,
        label=label,
        source=API_SOURCE,
    )


def function(
    function_name: pulumi.Input[str], name: str, statistic: str, label: str | None = None
) -> Metric:
    """A metric of a Lambda function, all versions and aliases together."""
    return Metric(
        namespace="AWS/Lambda",
        name=name,
        dimensions={"FunctionName": function_name},
        statistic=statistic,
        label=label or name,
        source=LAMBDA_SOURCE,
    )


def table(dimensions: Mapping[str, pulumi.Input[str]], name: str, label: str) -> Metric:
    """A sum over a DynamoDB table, or over one of its indexes."""
    return Metric(
        namespace="AWS/DynamoDB",
        name=name,
        dimensions=dimensions,
        statistic="Sum",
        label=label,
        source=DYNAMODB_SOURCE,
    )


def queue(queue_name: pulumi.Input[str], name: str, label: str) -> Metric:
    """The largest value of an SQS queue's metric."""
    return Metric(
        namespace="AWS/SQS",
        name=name,
        dimensions={"QueueName": queue_name},
        statistic="Maximum",
        label=label,
        source=SQS_SOURCE,
    )


def waiting_messages(queue_name: pulumi.Input[str], label: str) -> Metric:
    """Messages that a queue holds for its readers."""
    return queue(queue_name, "ApproximateNumberOfMessagesVisible", label)


def pipe(pipe_name: pulumi.Input[str], name: str, label: str) -> Metric:
    """A sum over an EventBridge pipe."""
    return Metric(
        namespace="AWS/EventBridge/Pipes",
        name=name,
        dimensions={"PipeName": pipe_name},
        statistic="Sum",
        label=label,
        source=PIPES_SOURCE,
    )


def database(identifier: pulumi.Input[str], name: str, label: str) -> Metric:
    """The average of an RDS instance's metric."""
    return Metric(
        namespace="AWS/RDS",
        name=name,
        dimensions={"DBInstanceIdentifier": identifier},
        statistic="Average",
        label=label,
        source=RDS_SOURCE,
    )


def cache_node(cluster_id: pulumi.Input[str], name: str, statistic: str, label: str) -> Metric:
    """A metric of one node of a replication group."""
    return Metric(
        namespace="AWS/ElastiCache",
        name=name,
        dimensions={"CacheClusterId": cluster_id},
        statistic=statistic,
        label=label,
        source=CACHE_SOURCE,
    )


def nat_gateway(gateway_id: pulumi.Input[str], name: str, label: str) -> Metric:
    """A sum over a NAT gateway."""
    return Metric(
        namespace="AWS/NATGateway",
        name=name,
        dimensions={"NatGatewayId": gateway_id},
        statistic="Sum",
        label=label,
        source=NAT_SOURCE,
    )


def web_acl(acl_name: pulumi.Input[str], region: str, name: str, label: str) -> Metric:
    """A sum over all rules of a regional web ACL; its metric name is the ACL's name."""
    return Metric(
        namespace="AWS/WAFV2",
        name=name,
        dimensions={"WebACL": acl_name, "Region": region, "Rule": "ALL"},
        statistic="Sum",
        label=label,
        source=WAF_SOURCE,
    )


def registrations(service: str) -> Metric:
    """New users, as the function `metrics` counts them.

    Args:
        service: the function's service name, which tells the stacks of an account apart.
    """
    return Metric(
        namespace=USERS_NAMESPACE,
        name=NEW_REGISTRATIONS,
        dimensions={"service": service},
        statistic="Sum",
        label="New users",
        source=BUSINESS_SOURCE,
    )


def order_values(service: str) -> Search:
    """Order values in each currency that there are orders in."""
    schema = f"{ORDERS_NAMESPACE},{CURRENCY},service"
    found = f'{{{schema}}} MetricName="{ORDER_VALUE}" service="{service}"'
    return Search(
        expression=f"SEARCH('{found}', 'Sum', {PERIOD_SECONDS})",
        label="Order value in minor units",
    )
