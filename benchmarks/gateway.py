"""Requests a second and latency of the local gateway: `python benchmarks/gateway.py`.

Needs a running `make local`, whose session file says where and as whom to call.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SESSION_FILE = Path(__file__).resolve().parents[1] / ".local" / "session.json"
SECONDS = 8
CLIENTS = (1, 4, 16)


class Caller:
    """One connection to the API."""

    def __init__(self, session: Mapping[str, Any]) -> None:
        self._session = session
        url = urlsplit(session["apiUrl"])
        self._stage = url.path
        self._connection = http.client.HTTPConnection(url.netloc, timeout=35)

    def __call__(
        self, method: str, path: str, *, who: str | None = None, body: Any = None
    ) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        if who:
            token = self._session["users"][who]["accessToken"]
            headers |= {"Authorization": f"Bearer {token}", "x-api-key": self._session["apiKey"]}
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, self._stage + path, content, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


Operation = Callable[[Caller], tuple[int, Any]]


def measure(session: Mapping[str, Any], operation: Operation, clients: int) -> str:
    """Requests a second, and the latencies that half and 1 % of the requests exceed."""

    def run() -> list[float]:
        caller, latencies = Caller(session), list[float]()
        end = time.monotonic() + SECONDS
        while (began := time.monotonic()) < end:
            status, answer = operation(caller)
            if status >= 300:
                raise SystemExit(f"{status}: {answer}")
            latencies.append((time.monotonic() - began) * 1000)
        return latencies

    with ThreadPoolExecutor(clients) as executor:
        found = [
            one
            for future in [executor.submit(run) for _ in range(clients)]
            for one in future.result()
        ]
    found.sort()
    p50, p99 = found[len(found) // 2], found[int(len(found) * 0.99)]
    return f"{len(found) / SECONDS:6.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms"


def main() -> None:
    """Measure and print."""
    try:
        session = json.loads(SESSION_FILE.read_text(encoding="utf-8"))
    except OSError:
        sys.exit("Nothing runs here: start it with `make local` first.")
    product = {
        "name": "Measured",
        "category": "benchmark",
        "price": {"amount": 1, "currency": "EUR"},
        "stock": 1_000_000,
    }
    _, created = Caller(session)("POST", "/v1/products", who="admin", body=product)
    product_id = created["productId"]
    lines = {"lines": [{"productId": product_id, "quantity": 1}]}
    operations: Mapping[str, Operation] = {
        "GET product": lambda call: call("GET", f"/v1/products/{product_id}"),
        "POST order": lambda call: call("POST", "/v1/orders", who="user", body=lines),
    }
    for name, operation in operations.items():
        for clients in CLIENTS:
            print(
                f"{name:12} {clients:3} clients  {measure(session, operation, clients)}", flush=True
            )


if __name__ == "__main__":
    main()
