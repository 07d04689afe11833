"""Orders in the single table.

Order item: PK `ORDER#<id>`, SK `ORDER`, GSI1PK `ORDERS#<userId>`, GSI1SK `<orderId>` (ids sort by
time), `entity` "order", `orderId`, `userId`, `status` (PLACED, CONFIRMED, CANCELLED), `lines`
[{`productId`, `name`, `quantity`, `unitPrice` {`amount`, `currency`}}], `total` {`amount`,
`currency`}, `version`, `createdAt`, `updatedAt`, and `correlationId`, the id of the request. Who
changes the status also raises `version` and writes `updatedAt`, under a condition on the status.

Idempotency item: PK `IDEMPOTENCY#<userId>#<hash of the key>`, SK `IDEMPOTENCY`, `entity`
"idempotency", `fingerprint` of the body, `answer` as JSON, and `expiresAt`, the table's
time-to-live.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers.common.aws_clients import error_code, unavailable_when_busy
from handlers.common.clock import now
from handlers.common.errors import Conflict, NotFound, Unavailable
from handlers.common.items import Item, from_attributes, to_attributes
from handlers.common.keys import ORDER, PRODUCT, order_key, product_key
from handlers.common.pages import read_page
from handlers.orders.domain import (
    CANCELLABLE,
    NewOrder,
    Offer,
    Order,
    OrderStatus,
    new_order,
    out_of_stock,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IDEMPOTENCY_ENTITY = "idempotency"
IDEMPOTENCY_SECONDS = 24 * 3600

MAX_ATTEMPTS = 5
RETRY_WINDOW_SECONDS = 4.0
"""No attempt begins later: two calls at their slowest, 12 s each, must end within 29 s."""

_FIRST_PAUSE_SECONDS = 0.05


class OrderRepository:
    """Orders in DynamoDB.

    Args:
        client: the DynamoDB client.
        table_name: the single table.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def place(self, user_id: str, key: str, wanted: NewOrder, request_id: str = "") -> Order:
        """Takes stock and writes the order and its idempotency key, all or nothing.

        Two calls: one reads the key and the products, one transaction writes. Only a conflict with
        another writer makes it begin again.

        Args:
            user_id: who orders.
            key: the caller's idempotency key; the same key and body give the same order for a day.
            wanted: products and quantities.
            request_id: the request, by which the order is followed through queue and logs.

        Raises:
            InvalidBody: a product does not exist, currencies differ, or the total is too large.
            Conflict: the stock is too small, or the key was used for another body.
            Unavailable: DynamoDB is throttling, or other writers kept winning.
        """
        for _ in _attempts():
            earlier, offers = self._read(user_id, key, wanted)
            if earlier is not None:
                return _same_answer(earlier, wanted)
            order = new_order(user_id, wanted, offers)
            reasons = self._write(order, self._placement(order, key, wanted, offers, request_id))
            if reasons is None:
                return order
            short = [
                line.product_id
                for line, reason in zip(order.lines, reasons[2:], strict=True)
                if _failed(reason) and _is_short(reason, line.quantity)
            ]
            if short and not _failed(reasons[1]):
                raise out_of_stock(short)
        raise Unavailable

    def get(self, order_id: str) -> Order:
        """Raises NotFound when there is no such order."""
        with unavailable_when_busy():
            answer = self._client.get_item(
                TableName=self._table, Key=to_attributes(order_key(order_id)), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            raise NotFound("There is no such order.")
        return _order(from_attributes(item))

    def cancel(self, order: Order) -> Order:
        """Cancels an order and gives its stock back, all or nothing.

        Products that were deleted meanwhile get nothing back.

        Raises:
            Conflict: it is cancelled already.
            Unavailable: DynamoDB is throttling, or other writers kept winning.
        """
        lines = order.lines
        for _ in _attempts():
            if order.status not in CANCELLABLE:
                raise Conflict(f"The order is {order.status} and can't be cancelled.")
            cancelled = order.model_copy(
                update={
                    "status": OrderStatus.CANCELLED,
                    "version": order.version + 1,
                    "updated_at": now(),
                }
            )
            restock = [self._stock_change(line.product_id, line.quantity) for line in lines]
            reasons = self._write(cancelled, [self._status_change(order, cancelled), *restock])
            if reasons is None:
                return cancelled
            lines = [
                line for line, reason in zip(lines, reasons[1:], strict=True) if not _failed(reason)
            ]
            if _failed(reasons[0]):
                order = self.get(order.order_id)
        raise Unavailable

    def page(
        self, user_id: str, *, limit: int, after: str | None
    ) -> tuple[list[Order], str | None]:
        """A user's orders, newest first, and the sort key after which the next page begins."""
        page = read_page(
            self._client,
            self._table,
            [_listing(user_id)],
            limit=limit,
            after=after,
            newest_first=True,
        )
        return [_order(item) for item in page.items], page.next_after

    def _read(
        self, user_id: str, key: str, wanted: NewOrder
    ) -> tuple[Item | None, Mapping[str, Offer]]:
        keys = [
            _idempotency_key(user_id, key),
            *(product_key(product_id) for product_id in wanted.quantities()),
        ]
        pending: Any = {
            self._table: {"Keys": [to_attributes(one) for one in keys], "ConsistentRead": True}
        }
        with unavailable_when_busy():
            answer = self._client.batch_get_item(RequestItems=pending)
        if answer.get("UnprocessedKeys"):
            raise Unavailable
        items = [from_attributes(item) for item in answer["Responses"].get(self._table, [])]
        earlier = [
            item
            for item in items
            if item["entity"] == IDEMPOTENCY_ENTITY and item["expiresAt"] >= time.time()
        ]
        offers = {
            item["productId"]: Offer.model_validate(
                {name: item[name] for name in ("productId", "name", "price", "stock")}
            )
            for item in items
            if item["entity"] == PRODUCT
        }
        return (earlier[0] if earlier else None), offers

    def _placement(
        self,
        order: Order,
        key: str,
        wanted: NewOrder,
        offers: Mapping[str, Offer],
        request_id: str,
    ) -> list[Any]:
        item = {
            **order_key(order.order_id),
            "GSI1PK": _listing(order.user_id),
            "GSI1SK": order.order_id,
            "entity": ORDER,
            "correlationId": request_id,
            **order.model_dump(by_alias=True, mode="json"),
        }
        idempotency = {
            **_idempotency_key(order.user_id, key),
            "entity": IDEMPOTENCY_ENTITY,
            "fingerprint": wanted.fingerprint(),
            "answer": order.model_dump_json(by_alias=True),
            "expiresAt": int(time.time()) + IDEMPOTENCY_SECONDS,
        }
        return [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": to_attributes(item),
                    "ConditionExpression": "attribute_not_exists(PK)",
                }
            },
            {
                "Put": {
                    "TableName": self._table,
                    "Item": to_attributes(idempotency),
                    # Time-to-live deletes late: an expired key counts as gone.
                    "ConditionExpression": "attribute_not_exists(PK) OR expiresAt < :now",
                    "ExpressionAttributeValues": to_attributes({":now": int(time.time())}),
                }
            },
            *(
                self._stock_change(line.product_id, -line.quantity, offers[line.product_id])
                for line in order.lines
            ),
        ]

    def _stock_change(self, product_id: str, change: int, offer: Offer | None = None) -> Any:
        """An update of a product's stock; with an offer, only while it holds and is in stock."""
        condition = "attribute_exists(PK)"
        values: Item = {":change": change, ":one": 1, ":now": now()}
        names = {}
        if offer is not None:
            condition = "stock >= :taken AND price = :price AND #name = :name"
            names = {"ExpressionAttributeNames": {"#name": "name"}}
            values |= {
                ":taken": -change,
                ":price": offer.price.model_dump(by_alias=True),
                ":name": offer.name,
            }
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_attributes(product_key(product_id)),
                "UpdateExpression": (
                    "SET stock = stock + :change, version = version + :one, updatedAt = :now"
                ),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": to_attributes(values),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                **names,
            }
        }

    def _status_change(self, seen: Order, changed: Order) -> Any:
        return {
            "Update": {
                "TableName": self._table,
                "Key": to_attributes(order_key(seen.order_id)),
                "UpdateExpression": "SET #status = :status, version = :version, updatedAt = :now",
                "ConditionExpression": "#status = :seen AND version = :seenVersion",
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": to_attributes(
                    {
                        ":status": changed.status.value,
                        ":version": changed.version,
                        ":now": changed.updated_at,
                        ":seen": seen.status.value,
                        ":seenVersion": seen.version,
                    }
                ),
            }
        }

    def _write(self, order: Order, actions: list[Any]) -> Sequence[Mapping[str, Any]] | None:
        """Runs a transaction; answers why it was cancelled, one reason an action, or None.

        Raises:
            Unavailable: DynamoDB is throttling or out of reach.
        """
        token = hashlib.sha256(f"{order.order_id}{order.version}{actions}".encode()).hexdigest()[
            :36
        ]
        try:
            with unavailable_when_busy():
                self._client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except ClientError as error:
            if error_code(error) != "TransactionCanceledException":
                raise
            return error.response.get("CancellationReasons") or [{} for _ in actions]
        return None


def _listing(user_id: str) -> str:
    return f"ORDERS#{user_id}"


def _idempotency_key(user_id: str, key: str) -> Item:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return {"PK": f"IDEMPOTENCY#{user_id}#{digest}", "SK": "IDEMPOTENCY"}


def _order(item: Item) -> Order:
    values = {
        field.alias: item[field.alias] for field in Order.model_fields.values() if field.alias
    }
    return Order.model_validate({**values, "status": OrderStatus(item["status"])})


def _same_answer(earlier: Item, wanted: NewOrder) -> Order:
    if earlier["fingerprint"] != wanted.fingerprint():
        raise Conflict("This Idempotency-Key was used for another order.")
    return Order.model_validate_json(earlier["answer"])


def _failed(reason: Mapping[str, Any]) -> bool:
    return reason.get("Code") == "ConditionalCheckFailed"


def _is_short(reason: Mapping[str, Any], quantity: int) -> bool:
    """Whether stock was the reason, not a price, a name or a product that is gone meanwhile."""
    stored = reason.get("Item")
    return bool(stored) and from_attributes(stored)["stock"] < quantity


def _attempts() -> Iterator[None]:
    """Attempts with growing, random pauses, as long as another one can end in time."""
    begun = time.monotonic()
    for attempt in range(MAX_ATTEMPTS):
        if attempt:
            pause = random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt)  # noqa: S311 - not a secret
            if time.monotonic() - begun + pause > RETRY_WINDOW_SECONDS:
                return
            time.sleep(pause)
        yield
