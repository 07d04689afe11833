"""The shell of an API function: routes in, answers out, and nothing personal in the log."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

from handlers.common.answers import (
    cors_headers,
    empty_answer,
    json_answer,
    problem,
    unexpected_failure,
)
from handlers.common.callers import Caller, caller_of
from handlers.common.environment import environment
from handlers.common.errors import DomainError, MethodNotAllowed, NotFound
from handlers.common.requests import Request
from handlers.common.routes import Access, Route, routes_of

METRICS_NAMESPACE = "AwsPlatform/{service}"

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

Handler = Callable[..., BaseModel | None]
HandlerT = TypeVar("HandlerT", bound=Handler)
EntryPoint = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class BindingError(Exception):
    """A function's handlers are not those that the table of routes has for it."""


class Api:
    """One API function: bind a handler to each of its routes, then take the entry point.

    Other methods of its paths are answered 405. Who may call a route, and what of the answer goes
    into its headers, is in the route's row.

    Attributes:
        metrics: counts of this function, published through its log (embedded metric format).

    Args:
        function: the function's name in the table of routes.
    """

    def __init__(self, function: str) -> None:
        service = environment().service
        self.metrics = Metrics(namespace=METRICS_NAMESPACE.format(service=service), service=service)
        self._function = function
        self._unbound = {route.operation: route for route in routes_of(function)}
        self._logger = Logger(service=service)
        self._app = APIGatewayRestResolver(debug=False)
        self._app.exception_handler(DomainError)(self._refuse)
        self._app.exception_handler(Exception)(self._fail)
        self._app.exception_handler(NotFoundError)(self._no_route)
        self._refuse_other_methods()

    def route(self, operation: str) -> Callable[[HandlerT], HandlerT]:
        """Binds a handler to a route of the table.

        The handler is called with the path's variables (`{orderId}` as `order_id`) and gives the
        model to answer, or None where the route answers none.

        Args:
            operation: the route's name in the table.

        Raises:
            BindingError: the function has no such route, or has a handler for it already.
        """

        def bind(handler: HandlerT) -> HandlerT:
            route = self._unbound.pop(operation, None)
            if route is None:
                raise BindingError(
                    f"{operation} is bound twice, or is no route of {self._function}; the table in"
                    f" handlers/common/routes.py has"
                    f" {', '.join(one.operation for one in routes_of(self._function))}."
                )

            def answer(**variables: str) -> Response[str]:
                self._admit(route)
                return self._success(route, handler(**variables))

            self._app.route(_rule(route.path), method=route.method)(answer)
            return handler

        return bind

    def entry_point(self) -> EntryPoint:
        """What Lambda calls with a proxy event of API Gateway's and its own context.

        Raises:
            BindingError: a route of the function has no handler.
        """
        if self._unbound:
            raise BindingError(
                f"handlers/{self._function}/api.py has no handler for"
                f" {', '.join(self._unbound)}; bind one with @api.route, or take the row out of"
                " handlers/common/routes.py."
            )
        return self._answer

    @property
    def request(self) -> Request:
        """The request that is being answered."""
        return Request(self._app.current_event.raw_event)

    @property
    def caller(self) -> Caller:
        """Who made the request that is being answered.

        Raises:
            Forbidden: it was made without signing in.
        """
        return caller_of(self._app.current_event.raw_event)

    def _refuse_other_methods(self) -> None:
        methods_of: dict[str, list[str]] = {}
        for route in routes_of(self._function):
            methods_of.setdefault(route.path, []).append(route.method)
        for path, methods in methods_of.items():
            allowed = tuple(sorted(methods))

            def refuse(allowed: tuple[str, ...] = allowed, **_: str) -> Response[str]:
                raise MethodNotAllowed(allowed)

            others = [method for method in _METHODS if method not in allowed]
            self._app.route(_rule(path), method=others)(refuse)

    def _admit(self, route: Route) -> None:
        if route.access is Access.PUBLIC:
            return
        caller = self.caller
        if route.access is Access.ADMIN:
            caller.require_admin()

    def _success(self, route: Route, found: Any) -> Response[str]:
        if found is None:
            return empty_answer()
        headers: dict[str, str] = {}
        if route.versioned:
            headers["ETag"] = f'"{found.version}"'
        if route.creates is not None:
            item_id = getattr(found, _snake_case(route.creates))
            headers["Location"] = self.request.location_of(item_id)
        body = found.model_dump_json(by_alias=True, exclude_none=True)
        return json_answer(route.status, body, headers)

    def _answer(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        request = Request(event)
        self._logger.set_correlation_id(request.id)
        answer = self._app.resolve(event, context)
        answer["multiValueHeaders"] = dict(answer["multiValueHeaders"])
        for name, value in cors_headers(
            environment().cors_origins, request.header("Origin")
        ).items():
            answer["multiValueHeaders"][name] = [value]
        self._record(event, answer["statusCode"])
        return answer

    def _record(self, event: Mapping[str, Any], status: int) -> None:
        # The resource is the path with its variables unfilled: ids never reach the log.
        self._logger.info(
            "answered",
            method=str(event.get("httpMethod")),
            resource=str(event.get("resource")),
            status=status,
        )
        self.metrics.add_metric(name=f"Answers{status // 100}xx", unit=MetricUnit.Count, value=1)
        self.metrics.flush_metrics()

    def _refuse(self, error: DomainError) -> Response[str]:
        return problem(error, self.request.id)

    def _no_route(self, _: NotFoundError) -> Response[str]:
        return problem(NotFound("There is no such path."), self.request.id)

    def _fail(self, error: Exception) -> Response[str]:
        """Answers 500; the log gets places in code, not messages, which may quote what was sent."""
        frames = traceback.extract_tb(error.__traceback__)
        self._logger.error(
            "unexpected failure",
            exception_type=type(error).__name__,
            frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        )
        return unexpected_failure(self.request.id)


def _rule(path: str) -> str:
    """A path as Powertools writes it: `/v1/orders/<order_id>` for `/v1/orders/{orderId}`."""
    return re.sub(r"\{(\w+)\}", lambda found: f"<{_snake_case(found[1])}>", path)


def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
