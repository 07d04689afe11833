"""Routes of orders."""

from __future__ import annotations

import re
from functools import partial

from handlers.common.api import Api
from handlers.common.aws_clients import dynamodb
from handlers.common.cursors import SecretKeys
from handlers.common.environment import environment
from handlers.common.errors import BadParameter
from handlers.common.facts import IDEMPOTENCY_KEY_PATTERN
from handlers.common.listing import Listing
from handlers.common.model import ID_PATTERN
from handlers.common.requests import require_id
from handlers.orders.domain import (
    NewOrder,
    Order,
    OrderPage,
    OrderRequest,
    cancel_order,
    listed_user_id,
    place_order,
    visible_order,
)
from handlers.orders.repository import OrderRepository

api = Api("orders")
orders = OrderRepository(dynamodb(), environment().table_name)
listing = Listing("orders", SecretKeys(environment().cursor_secret_arn))


@api.route("placeOrder")
def place() -> Order:
    caller, wanted = api.caller, api.request.body(NewOrder)
    return place_order(
        orders,
        OrderRequest(
            user_id=caller.user_id,
            key=_idempotency_key(),
            wanted=wanted,
            request_id=api.request.id,
        ),
    )


@api.route("listOrders")
def read_page() -> OrderPage:
    caller = api.caller
    user_id = listed_user_id(caller, _named_user_id())
    return listing.page(
        OrderPage,
        partial(orders.page, user_id),
        api.request,
        caller=caller.user_id,
        query={"userId": user_id},
    )


@api.route("getOrder")
def read(order_id: str) -> Order:
    return visible_order(orders, api.caller, require_id(order_id, "order"))


@api.route("cancelOrder")
def cancel(order_id: str) -> Order:
    return cancel_order(orders, api.caller, require_id(order_id, "order"))


lambda_handler = api.entry_point()


def _idempotency_key() -> str:
    key = api.request.header("Idempotency-Key") or ""
    if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise BadParameter(
            "Idempotency-Key must hold 1 to 255 visible ASCII characters, new for each order."
        )
    return key


def _named_user_id() -> str | None:
    named = api.request.query("userId")
    if named is not None and not re.fullmatch(ID_PATTERN, named):
        raise BadParameter("userId is not a user's id.")
    return named
