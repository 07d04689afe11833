"""What Lambda refuses of an event source."""

from __future__ import annotations

import json
from collections.abc import Iterator

from local.optional_parts import elements, nested
from local.provider.aws.rules import between
from local.provider.resource_type import CheckFailure, Properties

STREAM_ONLY = (
    "bisectBatchOnFunctionError",
    "destinationConfig",
    "maximumRecordAgeInSeconds",
    "maximumRetryAttempts",
    "parallelizationFactor",
    "startingPosition",
    "tumblingWindowInSeconds",
)


def event_source_mapping_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """The rules on an event source's inputs that moto does not enforce."""
    age = inputs.get("maximumRecordAgeInSeconds")
    if age != -1:
        yield from between(inputs, "maximumRecordAgeInSeconds", 60, 604_800, "seconds, or -1")
    yield from _filter_rules(nested(inputs, "filterCriteria"))
    source = inputs.get("eventSourceArn")
    if isinstance(source, str) and ":sqs:" in source:
        yield from _queue_source_rules(inputs, source)


def _filter_rules(criteria: Properties) -> Iterator[CheckFailure]:
    for item in elements(criteria, "filters"):
        pattern = item.get("pattern")
        if not isinstance(pattern, str):
            continue
        try:
            json.loads(pattern)
        except ValueError:
            yield CheckFailure("filterCriteria", f"{pattern!r} is not JSON")


def _queue_source_rules(inputs: Properties, source: str) -> Iterator[CheckFailure]:
    for name in STREAM_ONLY:
        if inputs.get(name) is not None:
            yield CheckFailure(name, "is for streams; an SQS queue has its own redrive policy")
    size = inputs.get("batchSize")
    if not isinstance(size, int):
        return
    if source.endswith(".fifo") and size > 10:
        yield CheckFailure("batchSize", "a FIFO queue's batches have at most 10 messages")
    elif size > 10 and inputs.get("maximumBatchingWindowInSeconds") == 0:
        yield CheckFailure(
            "batchSize", "more than 10 messages need maximumBatchingWindowInSeconds of 1 or more"
        )
