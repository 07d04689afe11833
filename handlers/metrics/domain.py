"""What is counted, and how it is read from the table's stream and from direct events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handlers.common.facts import ENTITY, ORDER, USER

INSERTED = "INSERT"


@dataclass
class BusinessMetrics:
    """What one invocation has seen.

    Attributes:
        registrations: one number of new users a report.
        order_values: order values by currency; None where the report names no currency. Values
            from the stream are in minor units.
    """

    registrations: list[float] = field(default_factory=list[float])
    order_values: dict[str | None, list[float]] = field(
        default_factory=dict[str | None, list[float]]
    )

    def add_order(self, value: float, currency: str | None) -> None:
        self.order_values.setdefault(currency, []).append(value)


def add_stream_record(metrics: BusinessMetrics, record: Mapping[str, Any]) -> None:
    """Counts an inserted user or order; other records count nothing.

    Args:
        metrics: what has been seen so far.
        record: a record of the DynamoDB stream, with the new image.

    Raises:
        KeyError, TypeError, ValueError: the record is not what the table holds.
    """
    if record["eventName"] != INSERTED:
        return
    image = record["dynamodb"]["NewImage"]
    entity = image[ENTITY]["S"]
    if entity == USER:
        metrics.registrations.append(1)
    elif entity == ORDER:
        total = image["total"]["M"]
        metrics.add_order(_number(int(total["amount"]["N"])), str(total["currency"]["S"]))


def add_direct_event(metrics: BusinessMetrics, event: Mapping[str, Any]) -> None:
    """Counts `{"new_users": n, "order_amount": x, "currency": c}`, each of them optional.

    Args:
        metrics: what has been seen so far.
        event: the event a caller invoked the function with.

    Raises:
        ValueError: a value is no number, or the currency no text.
    """
    metrics.registrations.append(_number(event.get("new_users", 0)))
    if "order_amount" in event:
        currency = event.get("currency")
        if currency is not None and not (isinstance(currency, str) and currency):
            raise ValueError("currency must be a currency code such as EUR")
        metrics.add_order(_number(event["order_amount"]), currency)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("new_users and order_amount must be numbers")
    return value
