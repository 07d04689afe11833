"""Metrics through the function's log, in CloudWatch's embedded metric format."""

from __future__ import annotations

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from handlers.common.facts import (
    CURRENCY,
    NEW_REGISTRATIONS,
    ORDER_VALUE,
    ORDERS_NAMESPACE,
    USERS_NAMESPACE,
)
from handlers.metrics.domain import BusinessMetrics


def publish(metrics: BusinessMetrics) -> None:
    """Writes the metrics to standard output, from where CloudWatch takes them.

    Powertools adds the dimension `service`, which tells the stacks of an account apart.

    Unlike calls of PutMetricData they need no rights, can't be throttled, and cost no time.
    """
    if metrics.registrations:
        registrations = EphemeralMetrics(namespace=USERS_NAMESPACE)
        for count in metrics.registrations:
            registrations.add_metric(NEW_REGISTRATIONS, MetricUnit.Count, count)
        registrations.flush_metrics()
    for currency, values in metrics.order_values.items():
        # One document each: all metrics of a document share its dimensions.
        orders = EphemeralMetrics(namespace=ORDERS_NAMESPACE)
        if currency:
            orders.add_dimension(CURRENCY, currency)
        for value in values:
            orders.add_metric(ORDER_VALUE, MetricUnit.NoUnit, value)
        orders.flush_metrics()
