"""Requests a second and latency of the local gateway: `python -m benchmarks.gateway`.

Needs a running stack, whose session file says where and as whom to call, with throttles that are
out of the way: `python -m local up dev -c api.throttlingRateLimit=10000 -c
api.throttlingBurstLimit=5000 -c api.publicRateLimit=10000 -c api.publicBurstLimit=5000`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.caller import Caller, running_session

SECONDS = 8
CLIENTS = (1, 4, 16)


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
    session = running_session()
    product_id = Caller(session).new_product()
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
