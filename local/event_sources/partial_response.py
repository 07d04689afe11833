"""What a function says of a batch that it could not handle as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

REPORTS_FAILURES = "ReportBatchItemFailures"


def failed_items(answer: Any, items: Sequence[str]) -> set[str] | None:
    """The items that a function reports as failed; None when the whole batch is.

    An answer without a report is a success; one that names what is not in the batch, or nothing,
    fails all of it (Lambda Developer Guide, "Success and failure conditions").

    Args:
        answer: what the function returned.
        items: the identifiers in the batch.
    """
    if not isinstance(answer, dict):
        return set()
    reported: Any = cast("dict[str, Any]", answer).get("batchItemFailures")
    if reported is None:
        return set()
    if not isinstance(reported, list):
        return None
    failed: set[str] = set()
    for one in cast("list[Any]", reported):
        fields = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
        item: Any = fields.get("itemIdentifier")
        if item not in items:
            return None
        failed.add(item)
    return failed
