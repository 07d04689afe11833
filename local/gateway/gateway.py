"""The local gateway: serves a deployed REST API on loopback, as API Gateway does."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable

from local.failures import UserError
from local.functions.configuration import function_arn_in_uri
from local.functions.functions import Functions
from local.gateway.answered_request import OnAnswer
from local.gateway.deployed_api import DeployedApi
from local.gateway.http_server import HttpRequest, HttpResponse, HttpServer, Limits, listen
from local.gateway.stage import Stage

USUAL_PORT = 8000

Beside = Callable[[HttpRequest], Awaitable[HttpResponse | None]]
"""What else is served at the gateway's port; None where it does not answer."""


class Gateway:
    """A running gateway; ends at the exit of the `with` block.

    Attributes:
        url: where the stage is, such as `http://127.0.0.1:8000/dev`.
        origin: the same without the stage.
        port: its TCP port.
    """

    def __init__(
        self,
        api: DeployedApi,
        functions: Functions,
        *,
        listener: socket.socket | None = None,
        limits: Limits | None = None,
        on_answer: OnAnswer = lambda _: None,
    ) -> None:
        """Make a gateway; `start` serves.

        Args:
            api: the deployed stage.
            functions: what runs its functions.
            listener: the port to serve on, from `take_port`; without it any that is free.
            limits: what a client may take.
            on_answer: told of each request to the stage that was answered.
        """
        self._api = api
        self._functions = functions
        self._listener = listener or take_port()
        self._limits = limits or Limits()
        self._server: HttpServer | None = None
        self.port: int = self._listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.origin}/{api.stage}"
        self._stage = Stage(api, functions, on_answer)
        self._beside: Beside | None = None

    def start(self, beside: Beside | None = None) -> None:
        """Serve until `close`, with a worker of each function warm before long.

        Args:
            beside: answers requests that are not for the stage, or leaves them to it.
        """
        self._beside = beside
        self._functions.prewarm(*self.function_arns)
        server = HttpServer(self._answer, self._listener, self._limits)
        server.start()
        self._server = server

    @property
    def stage_name(self) -> str:
        return self._api.stage

    @property
    def method_count(self) -> int:
        """How many methods the API has."""
        return len(self._api.body.methods)

    @property
    def function_arns(self) -> list[str]:
        """The functions behind the stage, its authorizers' first."""
        uris = [one["authorizerUri"] for one in self._api.body.authorizers.values()]
        uris += [
            method.integration["uri"]
            for method in self._api.body.methods.values()
            if method.integration.get("type") == "AWS_PROXY"
        ]
        return list(dict.fromkeys(map(function_arn_in_uri, uris)))

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        if self._beside and not request.target.startswith(f"/{self._api.stage}/"):
            answer = await self._beside(request)
            if answer:
                return answer
        return await self._stage.answer(request)

    def close(self) -> None:
        """Stop serving; a second time is no error."""
        if self._server:
            self._server.close()
        self._listener.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def take_port(port: int | None = None) -> socket.socket:
    """Take a port of loopback; what connects waits until a gateway serves there.

    Args:
        port: TCP port; 0 for any that is free; None for the usual one, or any when that is taken.

    Raises:
        UserError: it can't be had.
    """
    if port is None:
        with contextlib.suppress(OSError):
            return listen(USUAL_PORT)
    try:
        return listen(port or 0)
    except OSError as error:
        raise UserError(_why(port or 0, error)) from None


def _why(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program: choose one with --port N, or 0 for any."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used: choose one from 1024 to 65535 with --port N."
    return f"Can't listen on port {port}: {error.strerror}."
