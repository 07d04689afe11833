"""EventBridge pipes from a DynamoDB stream to a queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.optional_parts import elements
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    Table,
    all_tags,
    capitalised,
    from_answer,
    removed_tags,
    to_request,
)
from local.provider.aws.rules import between, json_object
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = ("NotFoundException",)
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


class Pipe(DescribedType):
    """`aws.pipes.Pipe`; the id is the name."""

    token = "aws:pipes/pipe:Pipe"
    table = {**SETTINGS, **capitalised("name", "source")}
    replace_on = frozenset({"name", "source"})
    auto_name = AutoName(max_length=64)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        for failure in _source_rules(inputs.get("sourceParameters") or {}):
            yield CheckFailure("sourceParameters", f"{failure.property}: {failure.reason}")

    def replaces(self, old: Properties, new: Properties) -> Iterable[str]:
        if _stream(old).get("startingPosition") != _stream(new).get("startingPosition"):
            yield "sourceParameters"

    def create(self, aws: Aws, inputs: Properties) -> Created:
        aws.client("pipes").create_pipe(
            Name=inputs["name"],
            Source=inputs["source"],
            Tags=all_tags(inputs),
            **to_request(SETTINGS, inputs),
        )
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            pipe: dict[str, Any] = aws.client("pipes").describe_pipe(Name=id)
            described = from_answer(SETTINGS, pipe)
            stream = _stream(described)
            if stream:
                stream.setdefault("batchSize", DEFAULT_BATCH_SIZE)
            if position := _stream(properties).get("startingPosition"):
                # moto forgets it at an update.
                stream.setdefault("startingPosition", position)
            return {
                **described,
                "arn": pipe["Arn"],
                "name": id,
                "source": pipe["Source"],
                "desiredState": pipe.get("DesiredState", "RUNNING"),
            }
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
        return aws.client("pipes").list_tags_for_resource(resourceArn=described["arn"])["tags"]

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        pipes = aws.client("pipes")
        changes = to_request(SETTINGS, new)
        # A source's starting position can't be changed and is no parameter of UpdatePipe.
        changes.get("SourceParameters", {}).get("DynamoDBStreamParameters", {}).pop(
            "StartingPosition", None
        )
        cleared: dict[str, Any] = {
            "Description": "",
            "SourceParameters": {},
            "TargetParameters": {},
        }
        pipes.update_pipe(Name=id, **{**cleared, **changes})
        arn = old["arn"]
        if removed := removed_tags(old, new):
            pipes.untag_resource(resourceArn=arn, tagKeys=removed)
        if tags := all_tags(new):
            pipes.tag_resource(resourceArn=arn, tags=tags)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            aws.client("pipes").delete_pipe(Name=id)


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
