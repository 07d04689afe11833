"""Refuses calls of other users of this machine, whom loopback lets connect to a plugin's port.

The engine's protocol has no secret that would show who calls. Linux tells which user has a
connection (proc_pid_net(5), "/proc/net/tcp"); other systems do not, and there every caller is
taken for the engine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import grpc

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ESTABLISHED, LISTENING = "01", "0A"
_CONNECTION = (
    # 127.0.0.1, also as an IPv6 socket has it.
    r"^ *\d+: (?:0{{16}}FFFF0000)?0100007F:{port:04X} [0-9A-F:]+ {state}"
    r" +\S+ +\S+ +\S+ +(?P<user>\d+) "
)
_PEER = re.compile(r"ipv4:127\.0\.0\.1:(\d+)")


class OwnUserOnly(grpc.ServerInterceptor):
    """Answers PERMISSION_DENIED to other users."""

    def __init__(self, tables: Sequence[Path] = TABLES) -> None:
        """Check nobody until `begin`.

        Args:
            tables: the system's tables of TCP connections.
        """
        self._tables = tables
        self._knows = False

    def begin(self, port: int) -> None:
        """Check from now on, if the system tells whose connections there are.

        Args:
            port: where this process listens.
        """
        self._knows = self._user_of(port, LISTENING) == os.getuid()

    def is_own(self, peer: str) -> bool:
        """Whether a caller is of this user; also where nobody can say.

        Args:
            peer: as gRPC names it, such as `ipv4:127.0.0.1:40000`.
        """
        if not self._knows:
            return True
        found = _PEER.fullmatch(peer)
        return bool(found) and self._user_of(int(found[1]), ESTABLISHED) == os.getuid()

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Any],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The method's handler, with the check before it."""
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        answer = handler.unary_unary

        def checked(request: Any, context: grpc.ServicerContext) -> Any:
            if not self.is_own(context.peer()):
                context.abort(
                    grpc.StatusCode.PERMISSION_DENIED, "This plugin serves its own user only."
                )
            return answer(request, context)

        return grpc.unary_unary_rpc_method_handler(
            checked,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _user_of(self, port: int, state: str) -> int | None:
        wanted = re.compile(_CONNECTION.format(port=port, state=state), re.MULTILINE)
        for table in self._tables:
            if table.exists() and (found := wanted.search(table.read_text(encoding="ascii"))):
                return int(found["user"])
        return None
