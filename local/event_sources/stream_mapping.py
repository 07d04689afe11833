"""A function that reads a stream."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from local.aws.clients import AwsClients
from local.aws.dead_letters import dead_letters
from local.event_sources.delivery import Delivery, Failure, Policy
from local.event_sources.filters import Filters
from local.event_sources.partial_response import REPORTS_FAILURES, failed_items
from local.event_sources.stream import Record, Stream, batch_info, sequence_number
from local.functions.functions import Functions
from local.functions.outcome import Outcome
from local.optional_parts import nested

DEFAULT_BATCH_SIZE = 100


class StreamMapping:
    """The event source mapping of a DynamoDB stream.

    Source: Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB".

    Attributes:
        function: ARN of the function.
        name: what its errors are logged under.
    """

    def __init__(
        self, mapping: Mapping[str, Any], clients: AwsClients, functions: Functions
    ) -> None:
        """Make the mapping ready to read from the stream's oldest record.

        Args:
            mapping: as the API describes it.
            clients: clients of the embedded AWS.
            functions: what runs the function.
        """
        self.function: str = mapping["FunctionArn"]
        self.name = f"stream of {self.function.split(':')[6]}"
        self._functions = functions
        self._partial = REPORTS_FAILURES in (mapping.get("FunctionResponseTypes") or [])
        destination = nested(nested(mapping, "DestinationConfig"), "OnFailure")
        self._lost = dead_letters(destination.get("Destination"), clients)
        self._stream = Stream(mapping["EventSourceArn"], clients)
        self._delivery = Delivery(
            self._stream,
            Filters(mapping.get("FilterCriteria")),
            Policy.of(
                mapping,
                batch_size=DEFAULT_BATCH_SIZE,
                bisect=bool(mapping.get("BisectBatchOnFunctionError")),
            ),
            deliver=self._deliver,
            give_up=self._give_up,
        )

    def read(self, closing: threading.Event) -> None:
        """Read once; see `Delivery.read`."""
        self._delivery.read(closing)

    def _deliver(self, records: list[Record]) -> Failure | None:
        outcome = self._functions.invoke(self.function, {"Records": records})
        if outcome.error:
            return Failure(0, _context(outcome))
        if not self._partial:
            return None
        items = [sequence_number(record) for record in records]
        failed = failed_items(outcome.value(), items)
        if failed is None:
            return Failure(0, _context(outcome))
        if not failed:
            return None
        # The lowest one is where the next attempt begins.
        return Failure(min(map(items.index, failed)), _context(outcome))

    def _give_up(
        self, records: list[Record], reason: str, attempts: int, failure: Failure | None
    ) -> None:
        context = dict(failure.context) if failure else {}
        response = context.pop("responseContext", None)
        self._lost(
            {
                "requestContext": {
                    **context,
                    "functionArn": self.function,
                    "condition": reason,
                    "approximateInvokeCount": attempts,
                },
                **({"responseContext": response} if response else {}),
                "DDBStreamBatchInfo": batch_info(records, self._stream),
            }
        )


def _context(outcome: Outcome) -> dict[str, Any]:
    return {
        "requestId": outcome.request_id,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled" if outcome.error else None,
        },
    }
