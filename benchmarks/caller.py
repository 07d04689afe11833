"""Calls the API of a running `make local`."""

from __future__ import annotations

import http.client
import json
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SESSIONS = Path(__file__).resolve().parents[1] / ".local" / "sessions"


def running_session() -> Mapping[str, Any]:
    """What the only session file holds; the process ends where nothing runs, or several do."""
    files = list(SESSIONS.glob("*.json"))
    if len(files) != 1:
        sys.exit(
            f"{len(files)} runs are known here: see that one `make local` is up, and no other."
        )
    return json.loads(files[0].read_text(encoding="utf-8"))


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

    def new_product(self) -> str:
        """The id of a new product, of which there is plenty."""
        product = {
            "name": "Measured",
            "category": "benchmark",
            "price": {"amount": 1, "currency": "EUR"},
            "stock": 1_000_000,
        }
        _, created = self("POST", "/v1/products", who="admin", body=product)
        return created["productId"]
