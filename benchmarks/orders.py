"""How fast placed orders are confirmed: `python -m benchmarks.orders`.

Needs a running `make local`. First the time from the POST of an order until a GET says CONFIRMED,
one order after the other; then how many orders a second go from the table's stream to their
confirmation when many are written to the table at once.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.caller import Caller, running_session
from handlers.common.facts import ENTITY, ORDER, ORDER_ID, OrderStatus
from handlers.common.items import to_attributes
from handlers.common.keys import order_key
from local import session_files
from local.aws.clients import AwsClients
from local.shell import forget_accounts

SINGLE_ORDERS = 200
ORDERS_AT_ONCE = 1000
MOST_ITEMS = 25
"""Of one BatchWriteItem."""


def confirmation_milliseconds(call: Caller, product: str) -> float:
    """From the POST until the order is seen as confirmed."""
    began = time.monotonic()
    lines = {"lines": [{"productId": product, "quantity": 1}]}
    status, order = call("POST", "/v1/orders", who="user", body=lines)
    if status != 201:
        raise SystemExit(f"{status}: {order}")
    while order["status"] != OrderStatus.CONFIRMED:
        time.sleep(0.01)
        _, order = call("GET", f"/v1/orders/{order['orderId']}", who="user")
    return (time.monotonic() - began) * 1000


def confirmations_a_second() -> float:
    """Orders written to the table at once, by the time until the last one is confirmed."""
    clients = AwsClients(session_files.running_session().pool.access)
    dynamodb = clients("dynamodb")
    (table,) = dynamodb.list_tables()["TableNames"]
    orders = [f"measured-{number}" for number in range(ORDERS_AT_ONCE)]
    began = time.monotonic()
    for start in range(0, len(orders), MOST_ITEMS):
        dynamodb.batch_write_item(
            RequestItems={
                table: [
                    {"PutRequest": {"Item": to_attributes(_item(order))}}
                    for order in orders[start : start + MOST_ITEMS]
                ]
            }
        )
    status = {"ProjectionExpression": "#s", "ExpressionAttributeNames": {"#s": "status"}}
    left = set(orders)
    while left:
        order = next(iter(left))
        key = to_attributes(order_key(order))
        item = dynamodb.get_item(TableName=table, Key=key, **status)["Item"]
        if item["status"]["S"] == OrderStatus.CONFIRMED:
            left.discard(order)
        else:
            time.sleep(0.05)
    return len(orders) / (time.monotonic() - began)


def _item(order: str) -> dict[str, Any]:
    return {
        **order_key(order),
        ENTITY: ORDER,
        ORDER_ID: order,
        "status": OrderStatus.PLACED,
        "version": 1,
        "total": {"amount": 1, "currency": "EUR"},
    }


def main() -> None:
    """Measure and print."""
    forget_accounts()
    session = running_session()
    call = Caller(session)
    product = call.new_product()
    confirmation_milliseconds(call, product)
    found = sorted(confirmation_milliseconds(call, product) for _ in range(SINGLE_ORDERS))
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    print(f"POST order to CONFIRMED  p50 {p50:.0f} ms  p99 {p99:.0f} ms", flush=True)
    print(f"{confirmations_a_second():.0f} confirmations/s of {ORDERS_AT_ONCE} at once")


if __name__ == "__main__":
    main()
