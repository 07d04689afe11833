"""The shell of an API function: routes in, answers out, and nothing personal in the log."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.metrics import MetricUnit

from handlers.common.answers import cors_headers, problem, unexpected_failure
from handlers.common.callers import Caller, caller_of
from handlers.common.environment import environment
from handlers.common.errors import DomainError, MethodNotAllowed, NotFound
from handlers.common.requests import Request

METRICS_NAMESPACE = "AwsPlatform/{service}"

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Api:
    """One API function: register routes on `app`, then give each event to `answer`.

    Attributes:
        app: Powertools' resolver.
        metrics: counts of this function, published through its log (embedded metric format).
    """

    def __init__(self) -> None:
        service = environment().service
        self.app = APIGatewayRestResolver(debug=False)
        self.metrics = Metrics(namespace=METRICS_NAMESPACE.format(service=service), service=service)
        self._logger = Logger(service=service)
        self.app.exception_handler(DomainError)(self._refuse)
        self.app.exception_handler(Exception)(self._fail)
        self.app.exception_handler(NotFoundError)(self._no_route)

    @property
    def request(self) -> Request:
        """The request that is being answered."""
        return Request(self.app.current_event.raw_event)

    @property
    def caller(self) -> Caller:
        """Who made the request that is being answered.

        Raises:
            Forbidden: it was made without signing in.
        """
        return caller_of(self.app.current_event.raw_event)

    def refuse_other_methods(self, rule: str, allowed: tuple[str, ...]) -> None:
        """Answers 405 to the methods of a path that no route takes.

        Args:
            rule: the path as Powertools writes it.
            allowed: methods that have routes.
        """

        def refuse(**_: str) -> Response[str]:
            raise MethodNotAllowed(allowed)

        others = [method for method in _METHODS if method not in allowed]
        self.app.route(rule, method=others)(refuse)

    def answer(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """API Gateway's proxy answer to an event."""
        request = Request(event)
        self._logger.set_correlation_id(request.id)
        answer = self.app.resolve(event, context)
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
