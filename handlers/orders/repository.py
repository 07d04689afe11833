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
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handlers.common.aws_clients import error_code, unavailable_when_busy
from handlers.common.clock import now
from handlers.common.errors import NotFound, Unavailable
from handlers.common.facts import (
    CORRELATION_ID,
    ENTITY,
    EXPIRY,
    INDEX_PARTITION_KEY,
    INDEX_SORT_KEY,
    ORDER,
    PRODUCT,
)
from handlers.common.items import Item, from_attributes, to_attributes, to_model
from handlers.common.keys import EXISTS, IS_NEW, order_key, product_key, table_key
from handlers.common.pages import read_page
from handlers.orders.domain import Earlier, Line, Offer, Order, OrderRequest, Overtaken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IDEMPOTENCY_ENTITY = "idempotency"
IDEMPOTENCY_SECONDS = 24 * 3600


class OrderRepository:
    """Orders in DynamoDB.

    Args:
        client: the DynamoDB client.
        table_name: the single table.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def get(self, order_id: str) -> Order:
        """Raises NotFound when there is no such order."""
        with unavailable_when_busy():
            answer = self._client.get_item(
                TableName=self._table, Key=to_attributes(order_key(order_id)), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            raise NotFound("There is no such order.")
        return to_model(Order, from_attributes(item))

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
        return [to_model(Order, item) for item in page.items], page.next_after

    def read(self, request: OrderRequest) -> tuple[Earlier | None, Mapping[str, Offer]]:
        """What the request's key was used for, and those of the wanted products that exist.

        Raises:
            Unavailable: DynamoDB is throttling or out of reach.
        """
        keys = [
            _idempotency_key(request),
            *(product_key(product_id) for product_id in request.wanted.quantities()),
        ]
        pending: Any = {
            self._table: {"Keys": [to_attributes(one) for one in keys], "ConsistentRead": True}
        }
        with unavailable_when_busy():
            answer = self._client.batch_get_item(RequestItems=pending)
        if answer.get("UnprocessedKeys"):
            raise Unavailable
        items = [from_attributes(item) for item in answer["Responses"].get(self._table, [])]
        offers = [to_model(Offer, item) for item in items if item[ENTITY] == PRODUCT]
        return _earlier(items), {offer.product_id: offer for offer in offers}

    def place(self, order: Order, request: OrderRequest) -> Overtaken | None:
        """Writes an order and its idempotency key and takes the stock, all or nothing.

        Returns:
            None when all products have the name, the price and enough stock for the order and the
            key is unused; else what has changed since they were read.

        Raises:
            Unavailable: DynamoDB is throttling or out of reach.
        """
        item = {
            **order_key(order.order_id),
            INDEX_PARTITION_KEY: _listing(order.user_id),
            INDEX_SORT_KEY: order.order_id,
            ENTITY: ORDER,
            CORRELATION_ID: request.request_id,
            **order.model_dump(by_alias=True, mode="json"),
        }
        idempotency = {
            **_idempotency_key(request),
            ENTITY: IDEMPOTENCY_ENTITY,
            "fingerprint": request.wanted.fingerprint(),
            "answer": order.model_dump_json(by_alias=True),
            EXPIRY: int(time.time()) + IDEMPOTENCY_SECONDS,
        }
        own = [
            {"Put": self._write_if(IS_NEW, {}, Item=to_attributes(item))},
            {
                "Put": self._write_if(
                    # Time-to-live deletes late: an expired key counts as gone.
                    f"{IS_NEW} OR {EXPIRY} < :now",
                    {":now": int(time.time())},
                    Item=to_attributes(idempotency),
                )
            },
        ]
        return self._transact(
            order, own, {line.product_id: self._take(line) for line in order.lines}
        )

    def cancel(self, seen: Order, cancelled: Order, restocked: Sequence[Line]) -> Overtaken | None:
        """Writes a cancelled order over the one that was seen and gives stock back, all or nothing.

        Args:
            seen: the order as it was read.
            cancelled: the order as it is to be.
            restocked: lines whose products get their quantity back.

        Returns:
            None when the order was as seen and all products exist; else what has changed.

        Raises:
            Unavailable: DynamoDB is throttling or out of reach.
        """
        status_change = {
            "Update": self._write_if(
                "#status = :seen AND version = :seenVersion",
                {
                    ":status": cancelled.status,
                    ":version": cancelled.version,
                    ":now": cancelled.updated_at,
                    ":seen": seen.status,
                    ":seenVersion": seen.version,
                },
                Key=to_attributes(order_key(seen.order_id)),
                UpdateExpression="SET #status = :status, version = :version, updatedAt = :now",
                ExpressionAttributeNames={"#status": "status"},
            )
        }
        stock_changes = {line.product_id: self._give_back(line) for line in restocked}
        return self._transact(cancelled, [status_change], stock_changes)

    def _take(self, line: Line) -> Any:
        return self._stock_change(
            line.product_id,
            -line.quantity,
            "stock >= :taken AND price = :price AND #name = :name",
            {
                ":taken": line.quantity,
                ":price": line.unit_price.model_dump(by_alias=True),
                ":name": line.name,
            },
            ExpressionAttributeNames={"#name": "name"},
        )

    def _give_back(self, line: Line) -> Any:
        return self._stock_change(line.product_id, line.quantity, EXISTS, {})

    def _stock_change(
        self, product_id: str, change: int, condition: str, values: Item, **names: Any
    ) -> Any:
        return {
            "Update": self._write_if(
                condition,
                {":change": change, ":one": 1, ":now": now(), **values},
                Key=to_attributes(product_key(product_id)),
                UpdateExpression=(
                    "SET stock = stock + :change, version = version + :one, updatedAt = :now"
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **names,
            )
        }

    def _write_if(self, condition: str, values: Item, **parameters: Any) -> Any:
        given = {"ExpressionAttributeValues": to_attributes(values)} if values else {}
        return {"TableName": self._table, "ConditionExpression": condition} | given | parameters

    def _transact(
        self, order: Order, own: Sequence[Any], stock_changes: Mapping[str, Any]
    ) -> Overtaken | None:
        """Runs one transaction.

        Args:
            order: the order as it is to be.
            own: what is written of the order itself.
            stock_changes: by product.
        """
        actions = [*own, *stock_changes.values()]
        # A token belongs to one attempt: with other parameters it would be refused.
        token = hashlib.sha256(f"{order.order_id}{order.version}{actions}".encode()).hexdigest()
        try:
            with unavailable_when_busy():
                self._client.transact_write_items(
                    TransactItems=actions, ClientRequestToken=token[:36]
                )
        except ClientError as error:
            if error_code(error) != "TransactionCanceledException":
                raise
            reasons = error.response.get("CancellationReasons") or [{} for _ in actions]
            return _overtaken(
                reasons[: len(own)], dict(zip(stock_changes, reasons[len(own) :], strict=True))
            )
        return None


def _listing(user_id: str) -> str:
    return f"ORDERS#{user_id}"


def _idempotency_key(request: OrderRequest) -> Item:
    digest = hashlib.sha256(request.key.encode()).hexdigest()
    return table_key(f"IDEMPOTENCY#{request.user_id}#{digest}", "IDEMPOTENCY")


def _earlier(items: Sequence[Item]) -> Earlier | None:
    for item in items:
        if item[ENTITY] == IDEMPOTENCY_ENTITY and item[EXPIRY] >= time.time():
            order = Order.model_validate_json(item["answer"])
            return Earlier(fingerprint=item["fingerprint"], order=order)
    return None


def _overtaken(
    own: Sequence[Mapping[str, Any]], products: Mapping[str, Mapping[str, Any]]
) -> Overtaken:
    """What the reasons of a cancelled transaction say; most are not that a condition failed."""
    failed = {
        product_id: from_attributes(reason.get("Item") or {})
        for product_id, reason in products.items()
        if _failed(reason)
    }
    return Overtaken(
        changed=any(_failed(reason) for reason in own),
        stock={product_id: item["stock"] for product_id, item in failed.items() if item},
        gone=frozenset(product_id for product_id, item in failed.items() if not item),
    )


def _failed(reason: Mapping[str, Any]) -> bool:
    return reason.get("Code") == "ConditionalCheckFailed"
