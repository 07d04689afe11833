"""The metrics that the platform's resources publish, as AWS names them: one row a metric.

Alarms and the dashboard are made from these rows, and from nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi

from handlers.common.facts import (
    CURRENCY,
    NEW_REGISTRATIONS,
    ORDER_VALUE,
    ORDERS_NAMESPACE,
    USERS_NAMESPACE,
)

PERIOD_SECONDS = 300


@dataclass(frozen=True)
class PublishedMetric:
    """One metric of a kind of resource.

    Attributes:
        namespace: CloudWatch namespace.
        name: the metric's name.
        dimensions: names of the dimensions that say which resource it is of.
        statistic: what an alarm or a graph takes that asks for no other.
    """

    namespace: str
    name: str
    dimensions: tuple[str, ...]
    statistic: str

    def of(
        self, *resource: pulumi.Input[str], label: str | None = None, statistic: str | None = None
    ) -> "Metric":
        """The metric of one resource.

        Args:
            resource: what the dimensions say, in their order.
            label: what a graph calls it; None for the statistic, if one is given, or the name.
            statistic: for example `p99` or `PR(1000:)`; None for the row's.

        Raises:
            ValueError: there are more or fewer values than dimensions.
        """
        return Metric(
            namespace=self.namespace,
            name=self.name,
            dimensions=dict(zip(self.dimensions, resource, strict=True)),
            statistic=statistic or self.statistic,
            label=label or statistic or self.name,
        )


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of one resource.

    Attributes:
        namespace: CloudWatch namespace.
        name: the metric's name.
        dimensions: which resource's.
        statistic: for example `Sum`, `p99` or `PR(1000:)`.
        label: what a graph calls it.
        period_seconds: length of one data point in seconds.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: str
    label: str
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


# API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics"
STAGE = ("ApiName", "Stage")
API_REQUESTS = PublishedMetric("AWS/ApiGateway", "Count", STAGE, "Sum")
API_LATENCY = PublishedMetric("AWS/ApiGateway", "Latency", STAGE, "Average")
API_INTEGRATION_LATENCY = PublishedMetric("AWS/ApiGateway", "IntegrationLatency", STAGE, "Average")
API_4XX = PublishedMetric("AWS/ApiGateway", "4XXError", STAGE, "Sum")
API_5XX = PublishedMetric("AWS/ApiGateway", "5XXError", STAGE, "Sum")
API_CACHE_HITS = PublishedMetric("AWS/ApiGateway", "CacheHitCount", STAGE, "Sum")
API_CACHE_MISSES = PublishedMetric("AWS/ApiGateway", "CacheMissCount", STAGE, "Sum")

# Lambda Developer Guide, "Types of metrics for Lambda functions": all versions and aliases together
FUNCTION = ("FunctionName",)
FUNCTION_INVOCATIONS = PublishedMetric("AWS/Lambda", "Invocations", FUNCTION, "Sum")
FUNCTION_ERRORS = PublishedMetric("AWS/Lambda", "Errors", FUNCTION, "Sum")
FUNCTION_THROTTLES = PublishedMetric("AWS/Lambda", "Throttles", FUNCTION, "Sum")
FUNCTION_DURATION = PublishedMetric("AWS/Lambda", "Duration", FUNCTION, "Average")
FUNCTION_ITERATOR_AGE = PublishedMetric("AWS/Lambda", "IteratorAge", FUNCTION, "Maximum")

# DynamoDB Developer Guide, "DynamoDB metrics and dimensions"
TABLE = ("TableName",)
INDEX = ("TableName", "GlobalSecondaryIndexName")
TABLE_READ_THROTTLES = PublishedMetric("AWS/DynamoDB", "ReadThrottleEvents", TABLE, "Sum")
TABLE_WRITE_THROTTLES = PublishedMetric("AWS/DynamoDB", "WriteThrottleEvents", TABLE, "Sum")
TABLE_READ_UNITS = PublishedMetric("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE, "Sum")
TABLE_WRITE_UNITS = PublishedMetric("AWS/DynamoDB", "ConsumedWriteCapacityUnits", TABLE, "Sum")
INDEX_READ_THROTTLES = PublishedMetric("AWS/DynamoDB", "ReadThrottleEvents", INDEX, "Sum")
INDEX_WRITE_THROTTLES = PublishedMetric("AWS/DynamoDB", "WriteThrottleEvents", INDEX, "Sum")

# SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"
QUEUE = ("QueueName",)
QUEUE_AGE = PublishedMetric("AWS/SQS", "ApproximateAgeOfOldestMessage", QUEUE, "Maximum")
QUEUE_WAITING = PublishedMetric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QUEUE, "Maximum")

# EventBridge User Guide, "Logging and monitoring Amazon EventBridge Pipes using AWS CloudTrail and
# Amazon CloudWatch Logs"
PIPE = ("PipeName",)
PIPE_EVENTS = PublishedMetric("AWS/EventBridge/Pipes", "EventCount", PIPE, "Sum")
PIPE_FAILURES = PublishedMetric("AWS/EventBridge/Pipes", "ExecutionFailed", PIPE, "Sum")

# RDS User Guide, "Amazon CloudWatch metrics for Amazon RDS"
DATABASE = ("DBInstanceIdentifier",)
DATABASE_CPU = PublishedMetric("AWS/RDS", "CPUUtilization", DATABASE, "Average")
DATABASE_CONNECTIONS = PublishedMetric("AWS/RDS", "DatabaseConnections", DATABASE, "Average")
DATABASE_FREE_MEMORY = PublishedMetric("AWS/RDS", "FreeableMemory", DATABASE, "Average")
DATABASE_FREE_STORAGE = PublishedMetric("AWS/RDS", "FreeStorageSpace", DATABASE, "Average")
DATABASE_LAG = PublishedMetric("AWS/RDS", "ReplicaLag", DATABASE, "Average")

# ElastiCache User Guide, "Metrics for Valkey and Redis OSS"
NODE = ("CacheClusterId",)
CACHE_MEMORY = PublishedMetric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", NODE, "Maximum")
CACHE_EVICTIONS = PublishedMetric("AWS/ElastiCache", "Evictions", NODE, "Sum")
CACHE_CPU = PublishedMetric("AWS/ElastiCache", "EngineCPUUtilization", NODE, "Average")

# VPC User Guide, "NAT gateway metrics and dimensions"
NAT = ("NatGatewayId",)
NAT_PORT_ERRORS = PublishedMetric("AWS/NATGateway", "ErrorPortAllocation", NAT, "Sum")
NAT_BYTES_OUT = PublishedMetric("AWS/NATGateway", "BytesOutToDestination", NAT, "Sum")

# WAF Developer Guide, "AWS WAF metrics and dimensions"
WEB_ACL = ("WebACL", "Region", "Rule")
WEB_ACL_ALLOWED = PublishedMetric("AWS/WAFV2", "AllowedRequests", WEB_ACL, "Sum")
WEB_ACL_BLOCKED = PublishedMetric("AWS/WAFV2", "BlockedRequests", WEB_ACL, "Sum")

# The function `metrics` publishes these; its service name tells the stacks of an account apart.
REGISTRATIONS = PublishedMetric(USERS_NAMESPACE, NEW_REGISTRATIONS, ("service",), "Sum")


def order_values(service: str) -> Search:
    """Order values in each currency that there are orders in."""
    schema = f"{ORDERS_NAMESPACE},{CURRENCY},service"
    found = f'{{{schema}}} MetricName="{ORDER_VALUE}" service="{service}"'
    return Search(
        expression=f"SEARCH('{found}', 'Sum', {PERIOD_SECONDS})",
        label="Order value in minor units",
    )
