"""The process of MiniStack, which keeps to this machine; runs in MiniStack's own environment."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import os
import re
import shutil
import sys
import threading
from typing import Any

_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
_DEPLOYED_API = re.compile(r"/restapis/[^/]+/[^/]+/_user_request_(/|$)")
_DEPLOYED_API_HOST = re.compile(r"\w+\.execute-api\.(127\.0\.0\.1|localhost)(:\d+)?")
_KEY_SET = re.compile(r"/[a-z0-9-]+_[A-Za-z0-9]+/\.well-known/jwks\.json")
"""A user pool's public keys, which AWS gives to everybody, and which functions fetch unsigned."""
_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/")
_REFUSAL = b"This MiniStack is called with the access key of its run only.\n"


def _serve(file_descriptor: int, public_targets: frozenset[str]) -> None:
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.addaudithook(_keep_to_loopback)

    from hypercorn.asyncio import serve  # pyright: ignore
    from hypercorn.config import Config  # pyright: ignore
    from ministack.app import app  # pyright: ignore

    _escape_method_paths()
    _leave_events_alone()
    _give_functions_the_key_of_the_run()
    config: Any = Config()  # pyright: ignore
    config.bind = [f"fd://{file_descriptor}"]
    config.keep_alive_timeout = 75
    config.loglevel = "ERROR"
    guarded = _OwnersCalls(app, os.environ["AWS_ACCESS_KEY_ID"], public_targets)
    asyncio.run(serve(guarded, config))  # pyright: ignore


class _OwnersCalls:
    """An ASGI application that hands on what the run's owner sends, and answers 403 to all else.

    MiniStack takes calls from everybody, and lets every page that is open in a browser read its
    answers; one that makes a function would run its code on this machine. Here a call names the
    run's access key, which nobody could guess. Deployed APIs are for everybody, as AWS's are, and
    so are the public calls of user pools, which name a client or a token that nobody could guess.
    """

    def __init__(
        self, application: Any, access_key_id: str, public_targets: frozenset[str]
    ) -> None:
        self._application = application
        self._access_key_id = access_key_id
        self._public_targets = public_targets

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" or self._allowed(scope):
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            headers = [(b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})
        else:
            await send({"type": "websocket.close"})

    def _allowed(self, scope: dict[str, Any]) -> bool:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        if _DEPLOYED_API.match(scope["path"]) or _DEPLOYED_API_HOST.fullmatch(host):
            return True
        if "origin" in headers or not _LOOPBACK_HOST.fullmatch(host):
            return False
        if scope.get("method") == "GET" and _KEY_SET.fullmatch(scope["path"]):
            return True
        if headers.get("x-amz-target") in self._public_targets:
            return True
        signed = _CREDENTIAL.search(headers.get("authorization", ""))
        return bool(signed) and hmac.compare_digest(signed[1], self._access_key_id)


def _end_with_starter() -> None:
    sys.stdin.read()
    # A starter that was killed has not removed it.
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os._exit(0)


def _keep_to_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to call other machines, Docker, and to listen where others could call."""
    if event not in ("socket.connect", "socket.bind", "socket.sendto"):
        return
    address = arguments[1]
    if not isinstance(address, tuple) or not _is_loopback(address[0]):  # pyright: ignore
        raise PermissionError(f"MiniStack may not leave this machine: {event} {address}")


def _escape_method_paths() -> None:
    """Let a stage name its method settings as API Gateway does: `~1v1~1products/GET`.

    AWS CLI reference, apigateway update-stage, examples. MiniStack answers `/v1/products/GET`,
    which the real provider would not find again.
    """
    from ministack.services import apigateway_v1  # pyright: ignore

    gateway: Any = apigateway_v1  # pyright: ignore
    answer: Any = gateway._v1_response  # pyright: ignore

    def answer_escaped(document: dict[str, Any], *others: Any) -> Any:
        if isinstance(stages := document.get("item"), list):
            document = {**document, "item": [_with_escaped_paths(stage) for stage in stages]}  # pyright: ignore
        return answer(_with_escaped_paths(document), *others)  # pyright: ignore

    gateway._v1_response = answer_escaped


def _give_functions_the_key_of_the_run() -> None:
    """Let the functions that MiniStack runs call it, which get the account's id for a key."""
    from ministack.core import lambda_runtime  # pyright: ignore

    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    credentials = {name: os.environ[name] for name in names}
    lambda_runtime.execution_credentials = lambda _: credentials  # pyright: ignore


def _leave_events_alone() -> None:
    """Keep MiniStack from reading event sources and pipes, and from handing topics to functions.

    A local run does that itself, with the functions of the checkout (`local/event_sources/`,
    `local/alarms/topics.py`); of two that read a queue, each would miss what the other took.
    """
    from ministack.services import lambda_svc, pipes, sns  # pyright: ignore

    def nothing(*_: Any) -> None:
        return None

    lambda_svc._ensure_poller = nothing  # pyright: ignore
    pipes._ensure_poller = nothing  # pyright: ignore
    sns._deliver_to_lambda = nothing  # pyright: ignore


def _with_escaped_paths(stage: dict[str, Any]) -> dict[str, Any]:
    if "methodSettings" not in stage:
        return stage
    settings: dict[str, Any] = stage["methodSettings"]
    return {
        **stage,
        "methodSettings": {_escaped(path): value for path, value in settings.items()},
    }


def _escaped(method_path: str) -> str:
    path, _, method = method_path.rpartition("/")
    return f"{path.replace('/', '~1')}/{method}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    _serve(int(sys.argv[1]), frozenset(sys.argv[2:]))
