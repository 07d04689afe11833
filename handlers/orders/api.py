"""Routes of orders."""

from __future__ import annotations

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response

from handlers.common.answers import json_answer
from handlers.common.api import Api
from handlers.common.aws_clients import dynamodb
from handlers.common.cursors import Cursors, SecretKeys
from handlers.common.environment import environment
from handlers.common.errors import BadParameter
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

IDEMPOTENCY_KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"

api = Api()
orders = OrderRepository(dynamodb(), environment().table_name)
cursors = Cursors("orders", SecretKeys(environment().cursor_secret_arn))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers one API Gateway proxy event."""
    return api.answer(event, context)


@api.app.post("/v1/orders")
def place() -> Response[str]:
    caller, wanted = api.caller, api.request.body(NewOrder)
    order = place_order(
        orders,
        OrderRequest(
            user_id=caller.user_id,
            key=_idempotency_key(),
            wanted=wanted,
            request_id=api.request.id,
        ),
    )
    return _answer(201, order, {"Location": api.request.location_of(order.order_id)})


@api.app.get("/v1/orders")
def read_page() -> Response[str]:
    caller, cursor = api.caller, api.request.query("cursor")
    user_id = listed_user_id(caller, _named_user_id())
    query = {"userId": user_id}
    after = None if cursor is None else cursors.read(cursor, caller=caller.user_id, query=query)
    items, next_after = orders.page(user_id, limit=api.request.page_size, after=after)
    page = OrderPage(
        items=items,
        next_cursor=None
        if next_after is None
        else cursors.write(next_after, caller=caller.user_id, query=query),
    )
    return json_answer(200, page.model_dump_json(by_alias=True, exclude_none=True))


@api.app.get("/v1/orders/<order_id>")
def read(order_id: str) -> Response[str]:
    return _answer(200, visible_order(orders, api.caller, require_id(order_id, "order")))


@api.app.post("/v1/orders/<order_id>/cancel")
def cancel(order_id: str) -> Response[str]:
    return _answer(200, cancel_order(orders, api.caller, require_id(order_id, "order")))


api.refuse_other_methods("/v1/orders", ("GET", "POST"))
api.refuse_other_methods("/v1/orders/<order_id>", ("GET",))
api.refuse_other_methods("/v1/orders/<order_id>/cancel", ("POST",))


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


def _answer(status: int, order: Order, headers: dict[str, str] | None = None) -> Response[str]:
    return json_answer(
        status,
        order.model_dump_json(by_alias=True),
        {"ETag": f'"{order.version}"', **(headers or {})},
    )
