"""Orders, each seen by who placed it and by admins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.second_aws.step import ADMIN, JSON, USER, Step


def orders() -> Iterator[Step]:
    path = "/v1/orders"
    lines = {"lines": [{"productId": "$product", "quantity": 2}]}

    def post(
        name: str, body: Any, key: str | None, who: str = USER, keeps: str | None = None
    ) -> Step:
        return Step(
            f"new order: {name}",
            "POST",
            path,
            who=who,
            headers={**JSON, "Idempotency-Key": key},
            body=body,
            keeps={keeps: "orderId"} if keeps else {},
        )

    yield post("no idempotency key", lines, None)
    yield post("empty idempotency key", lines, "")
    yield post("long idempotency key", lines, "k" * 300)
    yield post("no body", None, "key-0001")
    yield post("no lines", {"lines": []}, "key-0002")
    yield post("quantity 0", {"lines": [{"productId": "$product", "quantity": 0}]}, "key-0003")
    yield post("no such product", {"lines": [{"productId": "none", "quantity": 1}]}, "key-0004")
    yield post("bad id of a product", {"lines": [{"productId": "a/b", "quantity": 1}]}, "key-0005")
    yield post("too many", {"lines": [{"productId": "$product", "quantity": 50}]}, "key-0006")
    yield post(
        "two currencies",
        {
            "lines": [
                {"productId": "$product", "quantity": 1},
                {"productId": "$dollar_product", "quantity": 1},
            ]
        },
        "key-0007",
    )
    yield post("good", lines, "key-0008", keeps="order")
    yield post("the same again", lines, "key-0008")
    yield post(
        "the same key, another body",
        {"lines": [{"productId": "$product", "quantity": 1}]},
        "key-0008",
    )
    yield post("another's key", lines, "key-0008", ADMIN, "admin_order")
    yield Step(
        "new order: key's name in small",
        "POST",
        path,
        who=USER,
        headers={"content-type": "application/json", "idempotency-key": "key-0008"},
        body=lines,
    )
    yield Step("order", "GET", f"{path}/$order", who=USER)
    yield Step(
        "order of an admin",
        "GET",
        f"{path}/$admin_order",
        who=ADMIN,
    )
    yield Step("order by an admin", "GET", f"{path}/$order", who=ADMIN)
    yield Step("another's order", "GET", f"{path}/$admin_order", who=USER)
    yield Step("no such order", "GET", f"{path}/none", who=USER)
    yield Step("order by HEAD", "HEAD", f"{path}/$order", who=USER)
    yield Step("order by PUT", "PUT", f"{path}/$order", who=USER, headers=JSON)
    yield Step("order's id with slash", "GET", f"{path}/a%2Fb", who=USER)
    yield Step("order cancelled by GET", "GET", f"{path}/$order/cancel", who=USER)
    yield Step("orders", "GET", path, who=USER)
    yield Step("orders of an admin", "GET", path, who=ADMIN)
    yield Step("orders of a user by an admin", "GET", f"{path}?userId=$user", who=ADMIN)
    yield Step("orders of another", "GET", f"{path}?userId=somebody-else", who=USER)
    yield Step("orders with a bad cursor", "GET", f"{path}?cursor=abc", who=USER)
    cancel = f"{path}/$order/cancel"
    yield Step("another's order cancelled", "POST", f"{path}/$admin_order/cancel", who=USER)
    yield Step("order cancelled", "POST", cancel, who=USER)
    yield Step("order cancelled again", "POST", cancel, who=USER)
    yield Step(
        "order cancelled with a body", "POST", cancel, who=USER, headers=JSON, body={"reason": 1}
    )
    yield Step("no order cancelled", "POST", f"{path}/none/cancel", who=USER)
    yield Step("stock given back", "GET", "/v1/products/$product")
