"""The one table of routes: what the API offers, to whom, and which function answers.

A function binds its handlers to the rows (`api.py`); API Gateway's body and the published document
are made from them (`contract/`). Nothing here imports a third-party package, so that the Pulumi
program can read it too, and models are only named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Access(Enum):
    """Who may call a route; ownership is checked in the handlers."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class IntendedBreak:
    """A change since the last release that breaks callers, and is meant to.

    Attributes:
        change: the change as `make openapi` names it, without the route: `body.userId is required`.
        reason: why callers have to bear it.
    """

    change: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of the API.

    Attributes:
        method: HTTP verb, in capitals.
        path: path below the stage, with `{name}` for its variables.
        operation: the operation's name: of its handler's binding, and in the published document.
        function: the function that answers; None for the mock integration of the health check.
        access: who may call it.
        summary: one line for readers.
        description: what readers have to know before they call it.
        query: query parameters the handler reads.
        headers: request headers the handler reads beyond identity and content type.
        cached: whether the stage cache may answer for the function.
        status: of success.
        request: model of the body, if there is one: a class of `handlers/<function>/domain.py`.
        answer: model of the body of success, if there is one; named likewise.
        versioned: whether success has the answer's version as `ETag`.
        creates: field of the answer with the id of what was made; its path is the `Location`.
        refusals: statuses of the handler's own refusals, beyond those that every route of its kind
            has.
        breaks: what breaks callers of the last release on purpose.
    """

    method: str
    path: str
    operation: str
    function: str | None
    access: Access
    summary: str
    description: str
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cached: bool = False
    status: int = 200
    request: str | None = None
    answer: str | None = None
    versioned: bool = False
    creates: str | None = None
    refusals: tuple[int, ...] = ()
    breaks: tuple[IntendedBreak, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the path's variables, in their order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


@dataclass(frozen=True, kw_only=True)
class RemovedRoute:
    """A route of the last release that is gone on purpose.

    Attributes:
        method: HTTP verb, in capitals.
        path: path below the stage.
        reason: why callers have to do without it.
    """

    method: str
    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RoutedFunction:
    """A function that answers routes, and what API Gateway does before it.

    Attributes:
        description: what its routes are about.
        greedy: whether API Gateway has two resources for it, `/v1/<function>` and `{proxy+}` below
            that, with ANY method; else one for each path, with the methods of the table.
        validated: whether API Gateway refuses requests without a required parameter or body.
    """

    description: str
    greedy: bool = False
    validated: bool = False


FUNCTIONS: Mapping[str, RoutedFunction] = {
    "users": RoutedFunction(
        description="Profiles of those who may sign in.",
        validated=True,
    ),
    "products": RoutedFunction(
        description="The catalogue: read by everyone, written by admins.",
        greedy=True,
    ),
    "orders": RoutedFunction(
        description="Orders, each seen by who placed it and by admins.",
        greedy=True,
    ),
}
"""Which are greedy and which are validated is the source document's choice."""

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/health",
        operation="getHealth",
        function=None,
        access=Access.PUBLIC,
        summary="Tell whether the API answers",
        description="API Gateway answers by itself: no function and no table has a part in it.",
        answer="Health",
    ),
    Route(
        method="POST",
        path="/v1/users",
        operation="createUser",
        function="users",
        access=Access.SIGNED_IN,
        summary="Create the caller's profile; an admin may name another user",
        description="Each user has one profile, under the id of the access token's subject.",
        status=201,
        request="NewUser",
        answer="User",
        versioned=True,
        creates="userId",
        refusals=(409,),
    ),
    Route(
        method="GET",
        path="/v1/users",
        operation="listUsers",
        function="users",
        access=Access.ADMIN,
        summary="List users, oldest first",
        description="A page without `nextCursor` is the last.",
        query=("limit", "cursor"),
        answer="UserPage",
    ),
    Route(
        method="GET",
        path="/v1/users/{userId}",
        operation="getUser",
        function="users",
        access=Access.SIGNED_IN,
        summary="Read a user; `me` is the caller",
        description="Users read their own profile, admins everyone's.",
        answer="User",
        versioned=True,
        refusals=(404,),
    ),
    Route(
        method="PUT",
        path="/v1/users/{userId}",
        operation="replaceUser",
        function="users",
        access=Access.SIGNED_IN,
        summary="Replace a user's profile",
        description=(
            "Users write their own profile, admins everyone's. With `If-Match` nobody's change in"
            " between is overwritten."
        ),
        headers=("If-Match",),
        request="Profile",
        answer="User",
        versioned=True,
        refusals=(404, 412),
    ),
    Route(
        method="DELETE",
        path="/v1/users/{userId}",
        operation="deleteUser",
        function="users",
        access=Access.SIGNED_IN,
        summary="Delete a user, who is disabled and signed out; orders are kept",
        description="Users delete themselves, admins everyone. It can't be undone.",
        status=204,
        refusals=(404,),
    ),
    Route(
        method="GET",
        path="/v1/products",
        operation="listProducts",
        function="products",
        access=Access.PUBLIC,
        summary="List products by category",
        description="The answer may come from a cache. A page without `nextCursor` is the last.",
        query=("category", "limit", "cursor"),
        cached=True,
        answer="ProductPage",
    ),
    Route(
        method="GET",
        path="/v1/products/{productId}",
        operation="getProduct",
        function="products",
        access=Access.PUBLIC,
        summary="Read a product",
        description="The answer may come from a cache.",
        cached=True,
        answer="Product",
        versioned=True,
        refusals=(404,),
    ),
    Route(
        method="POST",
        path="/v1/products",
        operation="createProduct",
        function="products",
        access=Access.ADMIN,
        summary="Add a product",
        description="The product's id is made for it.",
        status=201,
        request="ProductContent",
        answer="Product",
        versioned=True,
        creates="productId",
    ),
    Route(
        method="PUT",
        path="/v1/products/{productId}",
        operation="replaceProduct",
        function="products",
        access=Access.ADMIN,
        summary="Replace a product, its stock included",
        description=(
            "With `If-Match` nobody's change in between is overwritten, nor the stock that orders"
            " have taken."
        ),
        headers=("If-Match",),
        request="ProductContent",
        answer="Product",
        versioned=True,
        refusals=(404, 412),
    ),
    Route(
        method="DELETE",
        path="/v1/products/{productId}",
        operation="deleteProduct",
        function="products",
        access=Access.ADMIN,
        summary="Delete a product; orders keep its name and price",
        description="Orders of it can still be cancelled.",
        headers=("If-Match",),
        status=204,
        refusals=(404, 412),
    ),
    Route(
        method="POST",
        path="/v1/orders",
        operation="placeOrder",
        function="orders",
        access=Access.SIGNED_IN,
        summary="Place an order and take its stock; the same key and body give the same answer",
        description=(
            "All lines are taken or none. Send the same `Idempotency-Key` again when no answer"
            " came, and a new one for a new order."
        ),
        headers=("Idempotency-Key",),
        status=201,
        request="NewOrder",
        answer="Order",
        versioned=True,
        creates="orderId",
        refusals=(409,),
    ),
    Route(
        method="GET",
        path="/v1/orders",
        operation="listOrders",
        function="orders",
        access=Access.SIGNED_IN,
        summary="List the caller's orders, newest first; an admin may name another user",
        description="A page without `nextCursor` is the last.",
        query=("userId", "limit", "cursor"),
        answer="OrderPage",
    ),
    Route(
        method="GET",
        path="/v1/orders/{orderId}",
        operation="getOrder",
        function="orders",
        access=Access.SIGNED_IN,
        summary="Read an order",
        description="Users read their own orders, admins everyone's.",
        answer="Order",
        versioned=True,
        refusals=(404,),
    ),
    Route(
        method="POST",
        path="/v1/orders/{orderId}/cancel",
        operation="cancelOrder",
        function="orders",
        access=Access.SIGNED_IN,
        summary="Cancel an order and give its stock back",
        description="An order can be cancelled while it is PLACED or CONFIRMED.",
        answer="Order",
        versioned=True,
        refusals=(404, 409),
    ),
)

REMOVED: tuple[RemovedRoute, ...] = ()
"""Routes that have no row any more to say that this is intended; empty after each release."""


def routes_of(function: str) -> tuple[Route, ...]:
    """The rows that a function answers."""
    return tuple(route for route in ROUTES if route.function == function)
