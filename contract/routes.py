"""The one table of routes: what the API offers, to whom, and which function answers.

The deployed body (`deployed.py`) and the published document (`published.py`) are both made from it.
Nothing here imports a third-party package, so that the Pulumi program and the tests can read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ANY = "ANY"
"""API Gateway's name for a method that takes every verb which has no method of its own."""

CORS_METHOD = "OPTIONS"


class Access(Enum):
    """Who may call a route; roles and ownership are checked in the handlers."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of the API.

    Attributes:
        method: HTTP verb, in capitals.
        path: path below the stage, with `{name}` for its variables.
        operation: the operation's name in the published document.
        function: the function that answers; None for the mock integration of the health check.
        access: who may call it.
        query: query parameters the handler reads.
        headers: request headers the handler reads beyond identity and content type.
        cached: whether the stage cache may answer for the function.
    """

    method: str
    path: str
    operation: str
    function: str | None
    access: Access
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    cached: bool = False

    @property
    def gateway_path(self) -> str:
        """The API Gateway resource that takes this route.

        API Gateway refuses `{id}` beside `{proxy+}`, so a greedy function has exactly its
        collection and one greedy resource below it.
        """
        collection = f"/v1/{self.function}"
        if self.function in GREEDY_FUNCTIONS and self.path != collection:
            return f"{collection}/{{proxy+}}"
        return self.path

    @property
    def gateway_method(self) -> str:
        """The API Gateway method that takes this route: its verb or ANY."""
        if self.function in GREEDY_FUNCTIONS and self.access is not Access.PUBLIC:
            return ANY
        return self.method


@dataclass(frozen=True, kw_only=True)
class GatewayMethod:
    """One method of the deployed REST API and the published routes that arrive through it."""

    path: str
    method: str
    function: str | None
    public: bool
    routes: tuple[Route, ...] = ()

    @property
    def settings_path(self) -> str:
        """Its name in the stage's method settings, such as `v1/products/GET`."""
        return f"{self.path.lstrip('/')}/{self.method}"

    @property
    def query(self) -> tuple[str, ...]:
        """Query parameters that any route of this method reads."""
        return tuple(dict.fromkeys(name for route in self.routes for name in route.query))

    @property
    def cached(self) -> bool:
        return any(route.cached for route in self.routes)


GREEDY_FUNCTIONS = ("products", "orders")
"""Functions behind ANY and `{proxy+}`, as in the source document."""

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/health",
        operation="getHealth",
        function=None,
        access=Access.PUBLIC,
    ),
    Route(
        method="POST",
        path="/v1/users",
        operation="createUser",
        function="users",
        access=Access.SIGNED_IN,
    ),
    Route(
        method="GET",
        path="/v1/users",
        operation="listUsers",
        function="users",
        access=Access.ADMIN,
        query=("limit", "cursor"),
    ),
    Route(
        method="GET",
        path="/v1/users/{userId}",
        operation="getUser",
        function="users",
        access=Access.SIGNED_IN,
    ),
    Route(
        method="PUT",
        path="/v1/users/{userId}",
        operation="replaceUser",
        function="users",
        access=Access.SIGNED_IN,
        headers=("If-Match",),
    ),
    Route(
        method="DELETE",
        path="/v1/users/{userId}",
        operation="deleteUser",
        function="users",
        access=Access.SIGNED_IN,
    ),
    Route(
        method="GET",
        path="/v1/products",
        operation="listProducts",
        function="products",
        access=Access.PUBLIC,
        query=("category", "limit", "cursor"),
        cached=True,
    ),
    Route(
        method="GET",
        path="/v1/products/{productId}",
        operation="getProduct",
        function="products",
        access=Access.PUBLIC,
        cached=True,
    ),
    Route(
        method="POST",
        path="/v1/products",
        operation="createProduct",
        function="products",
        access=Access.ADMIN,
    ),
    Route(
        method="PUT",
        path="/v1/products/{productId}",
        operation="replaceProduct",
        function="products",
        access=Access.ADMIN,
        headers=("If-Match",),
    ),
    Route(
        method="DELETE",
        path="/v1/products/{productId}",
        operation="deleteProduct",
        function="products",
        access=Access.ADMIN,
        headers=("If-Match",),
    ),
    Route(
        method="POST",
        path="/v1/orders",
        operation="placeOrder",
        function="orders",
        access=Access.SIGNED_IN,
        headers=("Idempotency-Key",),
    ),
    Route(
        method="GET",
        path="/v1/orders",
        operation="listOrders",
        function="orders",
        access=Access.SIGNED_IN,
        query=("userId", "limit", "cursor"),
    ),
    Route(
        method="GET",
        path="/v1/orders/{orderId}",
        operation="getOrder",
        function="orders",
        access=Access.SIGNED_IN,
    ),
    Route(
        method="POST",
        path="/v1/orders/{orderId}/cancel",
        operation="cancelOrder",
        function="orders",
        access=Access.SIGNED_IN,
    ),
)


def gateway_methods() -> tuple[GatewayMethod, ...]:
    """The methods of the deployed REST API, in the order of the table, without CORS preflights.

    Both resources of a greedy function have ANY, whether or not a route arrives there.
    """
    routes_of: dict[tuple[str, str], list[Route]] = {}
    for route in ROUTES:
        routes_of.setdefault((route.gateway_path, route.gateway_method), []).append(route)
        if route.function in GREEDY_FUNCTIONS:
            routes_of.setdefault((route.gateway_path, ANY), [])
    return tuple(
        GatewayMethod(
            path=path,
            method=method,
            function=_function_of(path),
            public=bool(routes) and all(route.access is Access.PUBLIC for route in routes),
            routes=tuple(routes),
        )
        for (path, method), routes in routes_of.items()
    )


def gateway_shape() -> dict[str, tuple[str, ...]]:
    """Every resource path of the deployed REST API with its methods, OPTIONS among them."""
    shape: dict[str, tuple[str, ...]] = {}
    for method in gateway_methods():
        shape[method.path] = (*shape.get(method.path, ()), method.method)
    return {path: (*methods, CORS_METHOD) for path, methods in shape.items()}


def cached_method_paths() -> list[str]:
    """The stage's method settings that turn the cache on: public reads, the same for everyone."""
    return [method.settings_path for method in gateway_methods() if method.cached]


def public_method_paths() -> list[str]:
    """Methods that need throttling of their own: usage plans count only calls with a key."""
    return [
        method.settings_path
        for method in gateway_methods()
        if method.public and method.function is not None
    ]


def _function_of(gateway_path: str) -> str | None:
    return next(route.function for route in ROUTES if route.gateway_path == gateway_path)
