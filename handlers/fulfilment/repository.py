"""The one write that confirms an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from handlers.common.aws_clients import condition_failed, unavailable_when_busy
from handlers.common.clock import now
from handlers.common.facts import ENTITY, ORDER, OrderStatus
from handlers.common.items import from_attributes, to_attributes
from handlers.common.keys import order_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class UnknownOrder(Exception):
    """A message about an order that is not in the table."""


class OrderConfirmations:
    """Confirms orders in DynamoDB.

    Args:
        client: the DynamoDB client.
        table_name: the single table.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def confirm(self, order_id: str) -> str:
        """Moves the order from PLACED to CONFIRMED, once however often it is called.

        An order that was cancelled first stays cancelled.

        Returns:
            `CONFIRMED` when this call confirmed the order, else `already <status>`.

        Raises:
            UnknownOrder: there is no such order.
            Unavailable: DynamoDB is throttling or out of reach.
        """
        try:
            with unavailable_when_busy():
                self._client.update_item(
                    TableName=self._table,
                    Key=to_attributes(order_key(order_id)),
                    UpdateExpression="SET #status = :confirmed, updatedAt = :now ADD version :one",
                    ConditionExpression=f"{ENTITY} = :order AND #status = :placed",
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=to_attributes(
                        {
                            ":order": ORDER,
                            ":placed": OrderStatus.PLACED,
                            ":confirmed": OrderStatus.CONFIRMED,
                            ":now": now(),
                            ":one": 1,
                        }
                    ),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            return f"already {_status(error, order_id)}"
        return OrderStatus.CONFIRMED


def _status(error: ClientError, order_id: str) -> str:
    item = from_attributes(error.response.get("Item", {}))
    if not item:
        raise UnknownOrder(f"there is no order {order_id}") from None
    return str(item["status"])
