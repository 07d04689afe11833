"""A stand-in for a Slack incoming webhook, so that a local run never posts to a real one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from local.page.sent_messages import SentMessages

CHANNEL = "Slack"
PARTS = ("text", "blocks", "attachments")

_BOLD = re.compile(r"\*([^*\n]+)\*")
_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")


def post_to_slack(content_type: str, body: bytes, messages: SentMessages) -> tuple[int, str]:
    """Take a message as Slack does ("Sending messages using incoming webhooks").

    Args:
        content_type: of the body. Only JSON is taken: what another site's page can send without
            being allowed to is never that.
        body: the message.
        messages: where it is kept.

    Returns:
        Status and text of the answer.
    """
    kind = content_type.partition(";")[0].strip().lower()
    payload = _object(body) if kind == "application/json" else {}
    if not any(payload.get(part) for part in PARTS):
        return 400, "invalid_payload"
    messages.add(CHANNEL, _readable("\n".join(_texts(payload))))
    return 200, "ok"


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _texts(value: object) -> Iterator[str]:
    """All text of a message, from top to bottom, however it is nested."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            pending += reversed(cast("list[object]", one))
        elif isinstance(one, dict):
            parts = cast("dict[str, object]", one)
            text = parts.get("text")
            if isinstance(text, str):
                yield text
            nested = ("text", "elements", "fields", "blocks", "attachments")
            pending += [parts[name] for name in reversed(nested) if name in parts]


def _readable(text: str) -> str:
    plain = _LINK.sub(r"\2 (\1)", _BOLD.sub(r"\1", text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
