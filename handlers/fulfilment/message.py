"""The message that says an order was placed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from handlers.common.facts import CORRELATION_ID, ORDER_ID


class MalformedMessage(Exception):
    """A message that is not one of ours; it can't succeed later either."""


@dataclass(frozen=True)
class OrderPlaced:
    """An order was placed.

    Attributes:
        order_id: the order's id.
        correlation_id: id of the request that placed it; None for one that carries none.
    """

    order_id: str
    correlation_id: str | None

    @classmethod
    def parse(cls, body: str) -> OrderPlaced:
        """The message in a queue record's body.

        Raises:
            MalformedMessage: the body is another thing.
        """
        try:
            content: object = json.loads(body)
        except (ValueError, RecursionError):
            raise MalformedMessage("the message is not JSON") from None
        if not isinstance(content, dict):
            raise MalformedMessage("the message is no object")
        fields = cast("dict[str, Any]", content)
        order_id = fields.get(ORDER_ID)
        if not isinstance(order_id, str) or not order_id:
            raise MalformedMessage("the message does not name an order")
        correlation_id = fields.get(CORRELATION_ID)
        return cls(
            order_id=order_id,
            # The pipe puts an empty text where the item has no such attribute.
            correlation_id=correlation_id
            if isinstance(correlation_id, str) and correlation_id
            else None,
        )
