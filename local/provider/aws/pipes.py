"""EventBridge pipes from a DynamoDB stream to a queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from local.optional_parts import elements
from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.parameters import Table, capitalised, from_answer
from local.provider.aws.rules import between, json_object
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Properties

DEFAULT_BATCH_SIZE = 100

STREAM: Table = {
    **capitalised(
        "batchSize",
        "maximumBatchingWindowInSeconds",
        "maximumRecordAgeInSeconds",
        "maximumRetryAttempts",
        "onPartialBatchItemFailure",
        "parallelizationFactor",
        "startingPosition",
    ),
    "deadLetterConfig": ("DeadLetterConfig", capitalised("arn")),
}
SETTINGS: Table = {
    **capitalised("description", "desiredState", "kmsKeyIdentifier", "roleArn", "target"),
    "sourceParameters": (
        "SourceParameters",
        {
            "dynamodbStreamParameters": ("DynamoDBStreamParameters", STREAM),
            "filterCriteria": (
                "FilterCriteria",
                {"filters": ("Filters", capitalised("pattern"))},
            ),
        },
    ),
    "targetParameters": (
        "TargetParameters",
        {
            "inputTemplate": "InputTemplate",
            "sqsQueueParameters": (
                "SqsQueueParameters",
                capitalised("messageDeduplicationId", "messageGroupId"),
            ),
        },
    ),
}


class Pipe(ApiObject):
    """`aws.pipes.Pipe`; the id is the name."""

    token = "aws:pipes/pipe:Pipe"
    table = {**SETTINGS, **capitalised("name", "source")}
    api = Api.of("pipes", "pipe", read="describe", gone=("NotFoundException",))
    address = ("name",)
    defaults = {"Description": "", "SourceParameters": {}, "TargetParameters": {}}
    tagging = Tagging(
        service="pipes",
        resource="resourceArn",
        tags="tags",
        parameter="tags",
        keys="tagKeys",
        form=None,
    )
    replace_on = frozenset({"name", "source"})
    auto_name = AutoName(max_length=64)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        for failure in _source_rules(inputs.get("sourceParameters") or {}):
            yield CheckFailure("sourceParameters", f"{failure.property}: {failure.reason}")

    def replaces(self, old: Properties, new: Properties) -> Iterable[str]:
        if _stream(old).get("startingPosition") != _stream(new).get("startingPosition"):
            yield "sourceParameters"

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        described = from_answer(SETTINGS, found)
        stream = _stream(described)
        if stream:
            stream.setdefault("batchSize", DEFAULT_BATCH_SIZE)
        if position := _stream(properties).get("startingPosition"):
            # moto forgets it at an update.
            stream.setdefault("startingPosition", position)
        return {
            **described,
            "arn": found["Arn"],
            "desiredState": found.get("DesiredState", "RUNNING"),
        }


def _source_rules(source: Properties) -> Iterator[CheckFailure]:
    """EventBridge Pipes API reference, PipeSourceDynamoDBStreamParameters and FilterCriteria."""
    criteria: Properties = source.get("filterCriteria") or {}
    for item in elements(criteria, "filters"):
        yield from json_object(item, "pattern")
    stream: Properties = source.get("dynamodbStreamParameters") or {}
    if stream and "startingPosition" not in stream:
        yield CheckFailure("startingPosition", "a stream source needs LATEST or TRIM_HORIZON")
    if stream.get("maximumRecordAgeInSeconds") != -1:
        yield from between(stream, "maximumRecordAgeInSeconds", 60, 604_800, "seconds, or -1")


def _stream(properties: Properties) -> Properties:
    """The settings of the stream source; empty where there are none."""
    source: Properties = properties.get("sourceParameters") or {}
    return source.get("dynamodbStreamParameters") or {}
