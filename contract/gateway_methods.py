"""The methods of the deployed REST API, and which routes of the table arrive through each."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.common.routes import FUNCTIONS, ROUTES, Access, Route

ANY = "ANY"
"""API Gateway's name for a method that takes every verb which has no method of its own."""

CORS_METHOD = "OPTIONS"


@dataclass(frozen=True, kw_only=True)
class GatewayMethod:
    """One method of the deployed REST API and the routes that arrive through it."""

    path: str
    method: str
    function: str | None
    public: bool
    routes: tuple[Route, ...] = ()

    @property
    def settings_path(self) -> str:
        """Its name in the stage's method settings, such as `~1v1~1products/GET`.

        Each / of the path is written as ~1 (AWS CLI reference, apigateway update-stage, examples).
        """
        return f"{self.path.replace('/', '~1')}/{self.method}"

    @property
    def query(self) -> tuple[str, ...]:
        """Query parameters that any route of this method reads."""
        return tuple(dict.fromkeys(name for route in self.routes for name in route.query))

    @property
    def cached(self) -> bool:
        return any(route.cached for route in self.routes)

    @property
    def validated(self) -> bool:
        """Whether API Gateway refuses requests without a required parameter or body."""
        return self.function is not None and FUNCTIONS[self.function].validated

    @property
    def needs_body(self) -> bool:
        """Whether every route of this method takes a body."""
        return bool(self.routes) and all(route.request is not None for route in self.routes)


def gateway_methods() -> tuple[GatewayMethod, ...]:
    """The methods of the deployed REST API, in the order of the table, without CORS preflights.

    Both resources of a greedy function have ANY, whether or not a route arrives there.
    """
    routes_of: dict[tuple[str, str], list[Route]] = {}
    for route in ROUTES:
        path = _gateway_path(route)
        routes_of.setdefault((path, _gateway_method(route)), []).append(route)
        if _is_greedy(route):
            routes_of.setdefault((path, ANY), [])
    function_of = {_gateway_path(route): route.function for route in ROUTES}
    return tuple(
        GatewayMethod(
            path=path,
            method=method,
            function=function_of[path],
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


def _gateway_path(route: Route) -> str:
    """The resource that takes a route.

    API Gateway refuses `{id}` beside `{proxy+}`, so a greedy function has exactly its collection
    and one greedy resource below it.
    """
    collection = f"/v1/{route.function}"
    if _is_greedy(route) and route.path != collection:
        return f"{collection}/{{proxy+}}"
    return route.path


def _gateway_method(route: Route) -> str:
    """The method that takes a route: its verb or ANY."""
    return ANY if _is_greedy(route) and route.access is not Access.PUBLIC else route.method


def _is_greedy(route: Route) -> bool:
    return route.function is not None and FUNCTIONS[route.function].greedy
