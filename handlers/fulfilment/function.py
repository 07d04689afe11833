"""Entry point: confirms the orders named by a batch of queue messages."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,  # pyright: ignore[reportUnknownVariableType]
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from handlers.common.aws_clients import dynamodb
from handlers.common.facts import Variable
from handlers.fulfilment.message import OrderPlaced
from handlers.fulfilment.repository import OrderConfirmations

logger = Logger()
# A batch whose messages all failed is answered like any other: the queue counts the attempts, and
# the dead letters raise the alarm.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Confirms each order of the batch and names the messages that must come again."""
    return dict(
        process_partial_response(
            event=event, record_handler=confirm, processor=processor, context=context
        )
    )


def confirm(record: SQSRecord) -> None:
    """Confirms the order of one message.

    Raises:
        MalformedMessage: the message names no order.
        UnknownOrder: there is no such order.
        Unavailable: DynamoDB is throttling or out of reach.
    """
    logger.append_keys(message_id=record.message_id)
    try:
        message = OrderPlaced.parse(record.body)
        logger.append_keys(order_id=message.order_id)
        logger.set_correlation_id(message.correlation_id)
        outcome = _confirmations().confirm(message.order_id)
        logger.info("order processed", outcome=outcome)
    except Exception as error:
        logger.warning("message failed", exception_type=type(error).__name__)
        raise
    finally:
        logger.remove_keys(["message_id", "order_id", "correlation_id"])


@cache
def _confirmations() -> OrderConfirmations:
    return OrderConfirmations(dynamodb(), os.environ[Variable.TABLE_NAME])
