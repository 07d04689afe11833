"""Bad clients, over raw sockets: each is answered or cut off, and the server goes on."""

import socket
import time
from collections.abc import Callable

import pytest

from local.failures import UserError
from local.gateway.gateway import take_port
from local.gateway.http_server import Limits
from tests.local.gateway.served_api import Client

Serve = Callable[..., Client]
QUICK = Limits(body_bytes=1000, headers_seconds=0.4, body_seconds=0.4)
GET = b"GET /dev/health HTTP/1.1\r\nHost: a\r\n"


def exchange(client: Client, *parts: bytes, pause: float = 0, end: bool = False) -> bytes:
    """Everything that comes back until the server closes, or is silent for two seconds."""
    with socket.create_connection((client.address.hostname, client.address.port), 2) as raw:
        for part in parts:
            try:
                raw.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        if end:
            raw.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := raw.recv(65536):
                answer += part
        except OSError:
            pass
        return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.fixture
def quick(serve: Serve) -> Client:
    return serve(limits=QUICK)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /dev/health HTTP/1.1\r\n\r\n",
        GET + b"Host: b\r\n\r\n",
        GET + b"bad header\r\n\r\n",
        GET + b"a: \x00\r\n\r\n",
        GET + b"Content-Length: -1\r\n\r\n",
        GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        GET + b"Transfer-Encoding: gzip\r\n\r\n",
        GET + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /dev/\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_client_error(quick: Client, sent: bytes) -> None:
    assert 400 <= status_of(exchange(quick, sent)) < 502
    assert quick("GET", "/health").status == 200


def test_endless_headers_are_refused(quick: Client) -> None:
    assert status_of(exchange(quick, GET + b"a: " + b"x" * 200_000)) in (400, 431)


def test_a_large_body_is_refused_before_it_is_sent(quick: Client) -> None:
    head = b"POST /dev/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n"
    answer = exchange(quick, head + b"Expect: 100-continue\r\n\r\n")
    assert status_of(answer) == 413
    assert answer.endswith(b"HTTP content length exceeded 10485760 bytes.")
    assert b"access-control" not in answer.lower()


def test_a_large_body_in_chunks_is_refused_at_the_limit(quick: Client) -> None:
    head = b"POST /dev/v1/users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(quick, head, *[b"190\r\n" + b"x" * 400 + b"\r\n"] * 4)
    assert status_of(answer) == 413


def test_ten_megabytes_are_taken_and_one_byte_more_is_not(client: Client) -> None:
    limit = Limits().body_bytes
    assert limit == 10 * 1024 * 1024
    assert client("POST", "/v1/users", body=b"x" * (limit + 1)).status == 413
    assert client("POST", "/v1/users", body=b"x" * limit).status == 401


def test_a_client_that_waits_is_told_to_go_on(quick: Client) -> None:
    head = b"POST /dev/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
    answer = exchange(quick, head + b"Expect: 100-continue\r\n\r\n", b"{}", pause=0.1)
    assert answer.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 401 " in answer


@pytest.mark.parametrize(
    "half",
    [
        b"GET /dev/he",
        GET,
        b"POST /dev/v1/users HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc",
    ],
)
def test_a_request_that_stops_in_the_middle_is_cut_off(quick: Client, half: bytes) -> None:
    began = time.monotonic()
    assert status_of(exchange(quick, half)) == 408
    assert time.monotonic() - began < 1.9


def test_a_request_that_trickles_in_is_cut_off(quick: Client) -> None:
    began = time.monotonic()
    exchange(quick, *[bytes([byte]) for byte in GET], pause=0.05)
    assert time.monotonic() - began < 5
    assert quick("GET", "/health").status == 200


def test_a_client_that_leaves_in_the_middle_is_forgotten(quick: Client) -> None:
    for sent in (b"", b"GET /dev", GET + b"Content-Length: 10\r\n\r\n123"):
        exchange(quick, sent, end=True)
    assert quick("GET", "/health").status == 200


def test_a_client_that_reads_nothing_holds_nobody_up(quick: Client) -> None:
    with socket.create_connection((quick.address.hostname, quick.address.port), 2) as raw:
        raw.sendall((GET + b"\r\n") * 50)
        assert quick("GET", "/health").status == 200


def test_a_connection_serves_one_request_after_another(client: Client) -> None:
    answer = exchange(client, (GET + b"\r\n") * 2 + GET + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 3


def test_old_clients_are_answered_and_closed(client: Client) -> None:
    answer = exchange(client, b"GET /dev/health HTTP/1.0\r\nHost: a\r\n\r\n")
    assert status_of(answer) == 200


def test_hundreds_of_idle_clients_do_not_matter(client: Client) -> None:
    address = (client.address.hostname, client.address.port)
    idle = [socket.create_connection(address, 2) for _ in range(300)]
    try:
        assert client("GET", "/health").status == 200
    finally:
        for one in idle:
            one.close()


def test_only_loopback_is_listened_on() -> None:
    with take_port(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_taken_port_is_a_clear_message() -> None:
    with take_port(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UserError, match=rf"Port {port} is in use .* --port N"):
            take_port(port)


def test_a_closed_server_gives_its_port_back(serve: Serve) -> None:
    from local.functions.functions import Functions
    from local.gateway.gateway import Gateway
    from tests.local.gateway.served_api import api_of, configuration

    with Functions(configuration, {}) as functions, Gateway(api_of(), functions) as gateway:
        gateway.start()
        port = gateway.port
        Client(gateway.url)("GET", "/health")
    take_port(port).close()
