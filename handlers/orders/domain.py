"""Orders: what was bought, by whom, at what price, and how far it has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from handlers.common.callers import Caller
from handlers.common.clock import now, time_ordered_id
from handlers.common.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidBody,
    NotFound,
)
from handlers.common.model import (
    ID_PATTERN,
    MAX_MINOR_UNITS,
    ItemPage,
    Model,
    Money,
    Timestamp,
)

MAX_LINES = 50
"""A transaction takes 100 actions: one a product, the order and its key."""

MAX_QUANTITY = 10_000


class OrderStatus(StrEnum):
    """How far an order has come."""

    PLACED = "PLACED"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


CANCELLABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED)


class NewLine(Model):
    """A product and how many of it."""

    product_id: Annotated[str, Field(pattern=ID_PATTERN)]
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY, examples=[2])]


class NewOrder(Model):
    """An order to place."""

    lines: Annotated[list[NewLine], Field(min_length=1, max_length=MAX_LINES)]

    def quantities(self) -> dict[str, int]:
        """How many of each product: lines of the same product are one."""
        merged: dict[str, int] = {}
        for line in self.lines:
            merged[line.product_id] = merged.get(line.product_id, 0) + line.quantity
        return merged

    def fingerprint(self) -> str:
        """Equal for bodies that ask for the same, whatever the order of their lines."""
        canonical = json.dumps(sorted(self.quantities().items()))
        return hashlib.sha256(canonical.encode()).hexdigest()


class Line(Model):
    """A line of an order, with name and price as they were when it was placed."""

    product_id: str
    name: str
    quantity: int
    unit_price: Money


class Order(Model):
    """An order as answered."""

    order_id: str
    user_id: str
    status: OrderStatus
    lines: list[Line]
    total: Money
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class OrderPage(ItemPage[Order]):
    """One page of orders, newest first."""


class Offer(Model):
    """What the catalogue says of a product when an order is placed."""

    product_id: str
    name: str
    price: Money
    stock: int


class Orders(Protocol):
    """Where orders are kept."""

    def get(self, order_id: str) -> Order: ...

    def cancel(self, order: Order) -> Order: ...


def new_order(user_id: str, wanted: NewOrder, offers: Mapping[str, Offer]) -> Order:
    """The order for what is wanted, at the catalogue's prices.

    Args:
        user_id: who orders.
        wanted: products and quantities.
        offers: the products that exist, by id.

    Raises:
        InvalidBody: a product does not exist, currencies differ, or the total is too large.
        Conflict: a product's stock is too small.
    """
    quantities = wanted.quantities()
    _require_products(wanted, offers)
    lines = [
        Line(
            product_id=product_id,
            name=offers[product_id].name,
            quantity=quantity,
            unit_price=offers[product_id].price,
        )
        for product_id, quantity in quantities.items()
    ]
    short = [
        product_id for product_id in quantities if quantities[product_id] > offers[product_id].stock
    ]
    if short:
        raise out_of_stock(short)
    placed = now()
    return Order(
        order_id=time_ordered_id(),
        user_id=user_id,
        status=OrderStatus.PLACED,
        lines=lines,
        total=_total(lines),
        version=1,
        created_at=placed,
        updated_at=placed,
    )


def out_of_stock(product_ids: Sequence[str]) -> Conflict:
    """The refusal of an order that wants more than there is."""
    return Conflict(f"Not enough stock of product {', '.join(product_ids)}.")


def cancel_order(orders: Orders, caller: Caller, order_id: str) -> Order:
    """Cancels an order and gives its stock back.

    Raises:
        NotFound: there is no such order, or it is someone else's.
        Conflict: it can't be cancelled any more.
    """
    return orders.cancel(visible_order(orders, caller, order_id))


def visible_order(orders: Orders, caller: Caller, order_id: str) -> Order:
    """An order that the caller may see.

    Raises:
        NotFound: there is no such order, or it is someone else's.
    """
    order = orders.get(order_id)
    if not caller.may_act_for(order.user_id):
        raise NotFound("There is no such order.")
    return order


def listed_user_id(caller: Caller, named: str | None) -> str:
    """Whose orders to list; raises Forbidden for another user's unless the caller is an admin."""
    if named is None:
        return caller.user_id
    if not caller.may_act_for(named):
        raise Forbidden("Another user's orders need the admin group.")
    return named


def _require_products(wanted: NewOrder, offers: Mapping[str, Offer]) -> None:
    missing = tuple(
        FieldError(f"lines.{index}.productId", "There is no such product.")
        for index, line in enumerate(wanted.lines)
        if line.product_id not in offers
    )
    if missing:
        raise InvalidBody("The order names products that do not exist.", missing)


def _total(lines: Sequence[Line]) -> Money:
    currencies = sorted({line.unit_price.currency for line in lines})
    if len(currencies) > 1:
        raise InvalidBody(f"One order has one currency; its products have {', '.join(currencies)}.")
    amount = sum(line.quantity * line.unit_price.amount for line in lines)
    if amount > MAX_MINOR_UNITS:
        raise InvalidBody(f"The total is above {MAX_MINOR_UNITS} minor units.")
    return Money(amount=amount, currency=currencies[0])
