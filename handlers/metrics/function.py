"""Entry point: counts what the table's stream reports, or what a caller says directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from handlers.metrics.domain import BusinessMetrics, add_direct_event, add_stream_record
from handlers.metrics.publisher import publish

logger = Logger()


def lambda_handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Publishes the metrics of a stream batch, or of `{"new_users": n, "order_amount": x}`.

    A record that can't be read ends the batch there: Lambda begins the next attempt with it, so
    the records before it are not counted twice (Lambda Developer Guide, "Configuring partial batch
    response with DynamoDB and Lambda").

    Returns:
        for a stream batch the first failed record, else `{"statusCode": 200}`.

    Raises:
        ValueError: a direct event's values are no numbers.
    """
    metrics = BusinessMetrics()
    if "Records" not in event:
        add_direct_event(metrics, event)
        publish(metrics)
        return {"statusCode": 200}
    failures: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            add_stream_record(metrics, record)
        except (KeyError, TypeError, ValueError) as error:
            sequence_number = str(record["dynamodb"]["SequenceNumber"])
            logger.warning(
                "stream record is not readable",
                sequence_number=sequence_number,
                exception_type=type(error).__name__,
            )
            failures.append({"itemIdentifier": sequence_number})
            break
    publish(metrics)
    return {"batchItemFailures": failures}
