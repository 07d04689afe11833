"""The whole API as `make local` serves it, called over HTTP."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.session import Session
from tests.local.gateway.served_api import Answer, Client

NOBODY = "nobody"
PRICE = 1250
"""Of a new product, in cents."""


@dataclass(frozen=True)
class Api:
    """The API, called as the session's admin, its user, or nobody."""

    session: Session

    def __call__(
        self,
        method: str,
        path: str,
        who: str = NOBODY,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if who != NOBODY:
            sent["Authorization"] = f"Bearer {self.session.users[who].access_token}"
            sent["x-api-key"] = self.session.api_key
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        return Client(self.session.api_url)(method, path, headers=sent, body=content)

    def page(self, path: str) -> Any:
        """What a page beside the API holds, as JSON, for whoever has the run's token."""
        headers = {"Authorization": f"Bearer {self.session.pages.token}"}
        return Client(self.session.api_url).at_origin("GET", path, headers=headers).json

    def new_product(self, stock: int = 5) -> str:
        product = {
            "name": "Lamp",
            "category": "test",
            "price": {"amount": PRICE, "currency": "EUR"},
            "stock": stock,
        }
        return self("POST", "/v1/products", "admin", body=product).json["productId"]

    def order(self, who: str, product: str, quantity: int = 1) -> Answer:
        return self(
            "POST",
            "/v1/orders",
            who,
            body={"lines": [{"productId": product, "quantity": quantity}]},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
