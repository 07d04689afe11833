"""Orders: what was bought, by whom, at what price, and how far it has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    Unavailable,
)
from handlers.common.facts import OrderStatus
from handlers.common.model import (
    ID_PATTERN,
    MAX_MINOR_UNITS,
    ItemPage,
    Model,
    Money,
    Timestamp,
)
from handlers.orders.attempts import attempts

MAX_LINES = 50
"""A transaction takes 100 actions: one a product, the order and its key."""

MAX_QUANTITY = 10_000

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
    # The table holds it as text, which strict models take from JSON only.
    status: Annotated[OrderStatus, Field(strict=False)]
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


@dataclass(frozen=True, kw_only=True)
class OrderRequest:
    """An order that someone wants to place.

    Attributes:
        user_id: who orders.
        key: the caller's idempotency key; the same key and body give the same order for a day.
        wanted: products and quantities.
        request_id: the request, by which the order is followed through queue and logs.
    """

    user_id: str
    key: str
    wanted: NewOrder
    request_id: str


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What was placed with the same key before.

    Attributes:
        fingerprint: of the body that asked for it.
        order: the order, as it was answered.
    """

    fingerprint: str
    order: Order


@dataclass(frozen=True, kw_only=True)
class Overtaken:
    """Nothing was written, because another writer came first.

    Attributes:
        changed: the idempotency key, or the order to cancel, is no longer as it was read.
        stock: how much there is of each product that is no longer as it was read.
        gone: products that there are no more.
    """

    changed: bool
    stock: Mapping[str, int]
    gone: frozenset[str]


class Orders(Protocol):
    """Where orders are kept; what is written together is written all or nothing."""

    def get(self, order_id: str) -> Order: ...

    def read(self, request: OrderRequest) -> tuple[Earlier | None, Mapping[str, Offer]]: ...

    def place(self, order: Order, request: OrderRequest) -> Overtaken | None: ...

    def cancel(
        self, seen: Order, cancelled: Order, restocked: Sequence[Line]
    ) -> Overtaken | None: ...


def place_order(orders: Orders, request: OrderRequest) -> Order:
    """Takes stock and places an order; only another writer makes it begin again.

    Raises:
        InvalidBody: a product does not exist, currencies differ, or the total is too large.
        Conflict: the stock is too small, or the key was used for another body.
        Unavailable: the table is busy, or other writers kept winning.
    """
    for _ in attempts():
        earlier, offers = orders.read(request)
        if earlier is not None:
            return _same_order(earlier, request.wanted)
        order = new_order(request.user_id, request.wanted, offers)
        overtaken = orders.place(order, request)
        if overtaken is None:
            return order
        if not overtaken.changed:
            _require_stock(request.wanted, overtaken.stock)
    raise Unavailable


def cancel_order(orders: Orders, caller: Caller, order_id: str) -> Order:
    """Cancels an order and gives its stock back; products that are gone get nothing back.

    Raises:
        NotFound: there is no such order, or it is someone else's.
        Conflict: it can't be cancelled any more.
        Unavailable: the table is busy, or other writers kept winning.
    """
    order = visible_order(orders, caller, order_id)
    lines = order.lines
    for _ in attempts():
        cancelled = _cancelled(order)
        overtaken = orders.cancel(order, cancelled, lines)
        if overtaken is None:
            return cancelled
        lines = [line for line in lines if line.product_id not in overtaken.gone]
        if overtaken.changed:
            order = orders.get(order_id)
    raise Unavailable


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
    _require_products(wanted, offers)
    _require_stock(wanted, {product_id: offer.stock for product_id, offer in offers.items()})
    lines = [
        Line(
            product_id=product_id,
            name=offers[product_id].name,
            quantity=quantity,
            unit_price=offers[product_id].price,
        )
        for product_id, quantity in wanted.quantities().items()
    ]
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


def _same_order(earlier: Earlier, wanted: NewOrder) -> Order:
    if earlier.fingerprint != wanted.fingerprint():
        raise Conflict("This Idempotency-Key was used for another order.")
    return earlier.order


def _cancelled(order: Order) -> Order:
    if order.status not in CANCELLABLE:
        raise Conflict(f"The order is {order.status} and can't be cancelled.")
    return order.model_copy(
        update={
            "status": OrderStatus.CANCELLED,
            "version": order.version + 1,
            "updated_at": now(),
        }
    )


def _require_products(wanted: NewOrder, offers: Mapping[str, Offer]) -> None:
    missing = tuple(
        FieldError(f"lines.{index}.productId", "There is no such product.")
        for index, line in enumerate(wanted.lines)
        if line.product_id not in offers
    )
    if missing:
        raise InvalidBody("The order names products that do not exist.", missing)


def _require_stock(wanted: NewOrder, stock: Mapping[str, int]) -> None:
    short = [
        product_id
        for product_id, quantity in wanted.quantities().items()
        if stock.get(product_id, quantity) < quantity
    ]
    if short:
        raise Conflict(f"Not enough stock of product {', '.join(short)}.")


def _total(lines: Sequence[Line]) -> Money:
    currencies = sorted({line.unit_price.currency for line in lines})
    if len(currencies) > 1:
        raise InvalidBody(f"One order has one currency; its products have {', '.join(currencies)}.")
    amount = sum(line.quantity * line.unit_price.amount for line in lines)
    if amount > MAX_MINOR_UNITS:
        raise InvalidBody(f"The total is above {MAX_MINOR_UNITS} minor units.")
    return Money(amount=amount, currency=currencies[0])
