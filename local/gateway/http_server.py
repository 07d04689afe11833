"""An HTTP/1.1 server on loopback that keeps requests as they were sent.

API Gateway hands the case of header names, repeated headers and the undecoded path to functions;
servers for WSGI and ASGI lose these. So the protocol is h11's, and the sockets are asyncio's. A
client that sends slowly, or stops in the middle, costs a waiting coroutine and is cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate

import h11

Headers = Sequence[tuple[str, str]]

BACKLOG = 256
READ_SIZE = 64 * 1024
MOST_HEADER_BYTES = 64 * 1024
BODILESS_STATUSES = frozenset({204, 304})
MOST_CONNECTIONS = 1000


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request, or what could be read of it.

    Attributes:
        method: verb as sent.
        target: path and query as sent, undecoded.
        headers: in the order and case they were sent.
        body: the content; empty when `defect` is set.
        version: `1.1` or `1.0`.
        defect: status to refuse it with: 400 malformed, 408 sent too slowly, 413 body too large,
            431 headers too large.
    """

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    version: str = "1.1"
    source_port: int = 0
    defect: int | None = None

    def header(self, name: str) -> str | None:
        """A header's last value."""
        found = self.all(name)
        return found[-1] if found else None

    def all(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """An answer; length and date are added when it is sent."""

    status: int
    headers: Headers = ()
    body: bytes = b""


Application = Callable[[HttpRequest], Awaitable[HttpResponse]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a client may take.

    Attributes:
        body_bytes: largest body.
        headers_seconds: time for a request line and its headers, idle time between requests
            included.
        body_seconds: time for a body.
    """

    body_bytes: int = 10 * 1024 * 1024
    headers_seconds: float = 30
    body_seconds: float = 30


class HttpServer:
    """Serves an application from a thread of its own."""

    def __init__(self, application: Application, listener: socket.socket, limits: Limits) -> None:
        """Make a server; `start` serves.

        Args:
            application: answers requests, on the server's event loop.
            listener: a bound and listening socket.
            limits: what a client may take.
        """
        self._application = application
        self._listener = listener
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._stopping = asyncio.Event()

    def start(self) -> None:
        """Serve until `close`."""
        self._thread.start()

    def close(self) -> None:
        """Stop, cutting off the requests that are under way; a second time is no error."""
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, sock=self._listener, backlog=BACKLOG)
        await self._stopping.wait()
        server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._connections.add(task)
        try:
            await _Connection(self._application, self._limits, reader, writer).serve()
        except (OSError, asyncio.CancelledError, h11.LocalProtocolError):
            # The client left, or we are closing; either way nobody waits for an answer.
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort() if self._stopping.is_set() else writer.close()


class _Connection:
    def __init__(
        self,
        application: Application,
        limits: Limits,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._application = application
        self._limits = limits
        self._reader = reader
        self._writer = writer
        self._source_port = int(writer.get_extra_info("peername")[1])
        self._protocol = h11.Connection(h11.SERVER, max_incomplete_event_size=MOST_HEADER_BYTES)

    async def serve(self) -> None:
        while True:
            request = await self._read()
            if request is None:
                return
            response = await self._application(request)
            await self._write(request, response)
            if request.defect or self._protocol.our_state is h11.MUST_CLOSE:
                await self._drain_input()
                return
            try:
                self._protocol.start_next_cycle()
            except h11.LocalProtocolError:
                return

    async def _read(self) -> HttpRequest | None:
        """The next request; None when the client leaves between two, or has nothing to say."""
        try:
            async with asyncio.timeout(self._limits.headers_seconds):
                event = await self._event()
        except TimeoutError:
            sent_something = bool(self._protocol.trailing_data[0])
            return self._defective(408) if sent_something else None
        except h11.RemoteProtocolError as error:
            return self._defective(error.error_status_hint)
        if not isinstance(event, h11.Request):
            return None
        head = HttpRequest(
            method=event.method.decode("latin-1"),
            target=event.target.decode("latin-1"),
            headers=[
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in event.headers.raw_items()
            ],
            version=event.http_version.decode("ascii"),
            source_port=self._source_port,
        )
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await self._with_body(head)
        except TimeoutError:
            return self._defective(408, head)
        except h11.RemoteProtocolError as error:
            return self._defective(error.error_status_hint, head)

    async def _with_body(self, head: HttpRequest) -> HttpRequest | None:
        declared = head.header("Content-Length")
        too_large = declared is not None and int(declared) > self._limits.body_bytes
        if too_large:
            return self._defective(413, head)
        if self._protocol.they_are_waiting_for_100_continue:
            proceed = h11.InformationalResponse(status_code=100, headers=[])
            self._writer.write(self._protocol.send(proceed) or b"")
        body = bytearray()
        while True:
            event = await self._event()
            if isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._limits.body_bytes:
                    return self._defective(413, head)
            elif isinstance(event, h11.EndOfMessage):
                return HttpRequest(
                    method=head.method,
                    target=head.target,
                    headers=head.headers,
                    body=bytes(body),
                    version=head.version,
                    source_port=head.source_port,
                )
            else:
                return None

    async def _event(self) -> object:
        while True:
            event = self._protocol.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._protocol.receive_data(await self._reader.read(READ_SIZE))

    def _defective(self, status: int, head: HttpRequest | None = None) -> HttpRequest:
        return HttpRequest(
            method=head.method if head else "",
            target=head.target if head else "/",
            headers=head.headers if head else (),
            version=head.version if head else "1.1",
            source_port=self._source_port,
            defect=status,
        )

    async def _write(self, request: HttpRequest, response: HttpResponse) -> None:
        bodiless = response.status in BODILESS_STATUSES
        headers = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in response.headers
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date")
        ]
        headers.append((b"Date", formatdate(usegmt=True).encode("ascii")))
        if not bodiless:
            headers.append((b"Content-Length", str(len(response.body)).encode("ascii")))
        if request.defect:
            headers.append((b"Connection", b"close"))
        if self._protocol.our_state is h11.ERROR:
            return
        sent = self._protocol.send(
            h11.Response(
                status_code=response.status, headers=headers, reason=_reason(response.status)
            )
        )
        if request.method != "HEAD" and not bodiless:
            sent = (sent or b"") + (self._protocol.send(h11.Data(data=response.body)) or b"")
        sent = (sent or b"") + (self._protocol.send(h11.EndOfMessage()) or b"")
        self._writer.write(sent)
        async with asyncio.timeout(self._limits.body_seconds):
            await self._writer.drain()

    async def _drain_input(self) -> None:
        """Read what still comes, or a reset would take our answer away (RFC 9112, 9.6)."""
        with contextlib.suppress(TimeoutError, OSError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(1):
                while await self._reader.read(READ_SIZE):
                    pass


def listen(port: int) -> socket.socket:
    """A listening socket on loopback.

    Args:
        port: TCP port; 0 for any that is free.

    Raises:
        OSError: the port is taken, or may not be used.
    """
    return socket.create_server(("127.0.0.1", port), backlog=BACKLOG)


def _reason(status: int) -> bytes:
    try:
        return http.HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""
