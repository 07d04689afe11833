"""The process of MiniStack, which keeps to this machine; runs in MiniStack's own environment."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import sys
import threading
from typing import Any


def _serve(file_descriptor: int) -> None:
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.addaudithook(_keep_to_loopback)

    from hypercorn.asyncio import serve  # pyright: ignore
    from hypercorn.config import Config  # pyright: ignore
    from ministack.app import app  # pyright: ignore

    _escape_method_paths()
    config: Any = Config()  # pyright: ignore
    config.bind = [f"fd://{file_descriptor}"]
    config.keep_alive_timeout = 75
    config.loglevel = "ERROR"
    asyncio.run(serve(app, config))  # pyright: ignore


def _end_with_starter() -> None:
    sys.stdin.read()
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
        if "methodSettings" in document:
            settings: dict[str, Any] = document["methodSettings"]
            escaped = {_escaped(key): value for key, value in settings.items()}
            document = {**document, "methodSettings": escaped}
        return answer(document, *others)  # pyright: ignore

    gateway._v1_response = answer_escaped


def _escaped(method_path: str) -> str:
    path, _, method = method_path.rpartition("/")
    return f"{path.replace('/', '~1')}/{method}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
