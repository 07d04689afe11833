from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from handlers.authorizer import key_set
from handlers.authorizer.key_set import MAX_ANSWER_BYTES, KeySet, KeySetUnavailable

PUBLIC_JWK = json.loads(
    RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key())
)
DAY = 24 * 3600


def key_set_of(size: int) -> bytes:
    """A good key set of so many bytes."""
    document = {"padding": "", "keys": [{**PUBLIC_JWK, "kid": "one"}]}
    document["padding"] = "x" * (size - len(json.dumps(document)))
    return json.dumps(document).encode()


class Endpoint:
    """A key endpoint that can fail in every way."""

    def __init__(self) -> None:
        self.requests = 0
        self.mode = "up"
        self.kids = ["one"]
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.requests += 1
                endpoint.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/pool/.well-known/jwks.json"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.released = threading.Event()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        bodies = {
            "up": json.dumps({"keys": [{**PUBLIC_JWK, "kid": kid} for kid in self.kids]}).encode(),
            "not json": b"<html>",
            "not a key set": b"[]",
            "endless nesting": b"[" * MAX_ANSWER_BYTES,
            "no keys": b'{"keys": []}',
            "without keys": b"{}",
            "keys of no key": b'{"keys": [null]}',
            "without a key id": json.dumps(
                {"keys": [{**PUBLIC_JWK, "kid": "one"}, PUBLIC_JWK]}
            ).encode(),
            "oversized": key_set_of(MAX_ANSWER_BYTES + 1),
            "broken key": b'{"keys": [{"kty": "RSA", "kid": "one", "n": "!", "e": "AQAB"}]}',
        }
        if self.mode == "hangs":
            self.released.wait(5)
        if self.mode == "not http":
            request.wfile.write(b"+OK\r\n")
            return
        request.send_response(503 if self.mode == "fails" else 200)
        request.end_headers()
        request.wfile.write(bodies.get(self.mode, b""))

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    found = Endpoint()
    yield found
    found.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(endpoint: Endpoint, clock: Clock) -> KeySet:
    return KeySet(endpoint.url, clock)


FAILURES = [
    "fails",
    "not json",
    "not http",
    "not a key set",
    "endless nesting",
    "no keys",
    "without keys",
    "keys of no key",
    "without a key id",
    "broken key",
    "oversized",
]


def test_keys_are_fetched_once(keys: KeySet, endpoint: Endpoint, clock: Clock) -> None:
    assert keys.find("one") is not None
    clock.now += 3500
    assert keys.find("one") is not None
    assert endpoint.requests == 1


def test_keys_are_fetched_again_after_an_hour(
    keys: KeySet, endpoint: Endpoint, clock: Clock
) -> None:
    keys.find("one")
    clock.now += 3601
    keys.find("one")
    assert endpoint.requests == 2


def test_an_unknown_key_id_fetches_at_most_once_in_30_seconds(
    keys: KeySet, endpoint: Endpoint, clock: Clock
) -> None:
    keys.find("one")
    clock.now += 31
    for number in range(20):
        assert keys.find(f"random-{number}") is None
        clock.now += 1
    assert endpoint.requests == 2


def test_a_rotated_key_is_found(keys: KeySet, endpoint: Endpoint, clock: Clock) -> None:
    keys.find("one")
    endpoint.kids = ["one", "two"]
    clock.now += 31
    assert keys.find("two") is not None


@pytest.mark.parametrize("failure", FAILURES)
def test_known_keys_serve_for_a_day_while_the_endpoint_is_down(
    keys: KeySet, endpoint: Endpoint, clock: Clock, failure: str
) -> None:
    keys.find("one")
    endpoint.mode = failure
    clock.now += DAY - 1
    assert keys.find("one") is not None
    clock.now += 2
    with pytest.raises(KeySetUnavailable):
        keys.find("one")
    endpoint.mode = "up"
    clock.now += 31
    assert keys.find("one") is not None


@pytest.mark.parametrize("failure", FAILURES)
def test_without_any_key_the_outage_is_an_error_and_ends_soon_after_the_outage(
    keys: KeySet, endpoint: Endpoint, clock: Clock, failure: str
) -> None:
    endpoint.mode = failure
    for _ in range(5):
        with pytest.raises(KeySetUnavailable):
            keys.find("one")
    assert endpoint.requests == 1, "no storm of requests at an endpoint that is down"
    endpoint.mode = "up"
    clock.now += 1
    assert keys.find("one") is not None


def test_an_unknown_key_id_during_an_outage_is_no_verdict(
    keys: KeySet, endpoint: Endpoint, clock: Clock
) -> None:
    keys.find("one")
    endpoint.mode = "fails"
    clock.now += 31
    with pytest.raises(KeySetUnavailable):
        keys.find("two")
    assert keys.find("one") is not None


def test_an_endpoint_that_hangs_is_given_up(
    keys: KeySet, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_set, "FETCH_TIMEOUT_SECONDS", 0.1)
    endpoint.mode = "hangs"
    with pytest.raises(KeySetUnavailable):
        keys.find("one")


def test_the_largest_key_set_is_read_to_its_last_byte(
    keys: KeySet, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = key_set_of(MAX_ANSWER_BYTES)
    assert len(body) == 64 * 1024
    monkeypatch.setattr(endpoint, "answer", lambda request: _send(request, body))
    assert keys.find("one") is not None


def test_keys_of_other_kinds_are_passed_over(
    keys: KeySet, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.dumps(
        {"keys": [{"kty": "EC", "kid": "curve"}, {**PUBLIC_JWK, "kid": "one"}]}
    ).encode()
    monkeypatch.setattr(endpoint, "answer", lambda request: _send(request, body))
    assert keys.find("one") is not None
    assert keys.find("curve") is None


def _send(request: BaseHTTPRequestHandler, body: bytes) -> None:
    request.send_response(200)
    request.end_headers()
    request.wfile.write(body)
