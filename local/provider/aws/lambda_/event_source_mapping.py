"""Event sources of Lambda functions: queues and streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.lambda_.event_source_mapping_rules import event_source_mapping_rules
from local.provider.aws.parameters import (
    Table,
    all_tags,
    capitalised,
    from_answer,
    given,
    to_request,
)
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

SOURCE_SETTINGS: Table = {
    **capitalised(
        "batchSize",
        "bisectBatchOnFunctionError",
        "functionResponseTypes",
        "maximumBatchingWindowInSeconds",
        "maximumRecordAgeInSeconds",
        "maximumRetryAttempts",
        "parallelizationFactor",
        "tumblingWindowInSeconds",
    ),
    "destinationConfig": (
        "DestinationConfig",
        {"onFailure": ("OnFailure", {"destinationArn": "Destination"})},
    ),
    "filterCriteria": ("FilterCriteria", {"filters": ("Filters", {"pattern": "Pattern"})}),
    "kmsKeyArn": "KMSKeyArn",
    "metricsConfig": ("MetricsConfig", {"metrics": "Metrics"}),
    "scalingConfig": ("ScalingConfig", {"maximumConcurrency": "MaximumConcurrency"}),
}


class EventSourceMapping(DescribedType):
    """`aws.lambda.EventSourceMapping` of queues and streams; the id is the UUID."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"
    table = {
        **SOURCE_SETTINGS,
        **capitalised("enabled", "eventSourceArn", "functionName", "startingPosition"),
    }
    handled = frozenset({"useResourceTimeoutForPropagation"})
    replace_on = frozenset({"eventSourceArn", "startingPosition"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return event_source_mapping_rules(inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        source: str = inputs["eventSourceArn"]
        if ":sqs:" in source:
            _require_visibility(aws, inputs)
        elif not inputs.get("startingPosition"):
            # moto takes TRIM_HORIZON then.
            refuse(
                "CreateEventSourceMapping",
                "InvalidParameterValueException",
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
                "constraint: Member must not be null.",
            )
        answer = aws.client("lambda").create_event_source_mapping(
            FunctionName=inputs["functionName"],
            EventSourceArn=source,
            Enabled=inputs.get("enabled", True),
            Tags=all_tags(inputs),
            **given(StartingPosition=inputs.get("startingPosition") or None),
            **to_request(SOURCE_SETTINGS, inputs),
        )
        return self.created(aws, answer["UUID"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            mapping: dict[str, Any] = aws.client("lambda").get_event_source_mapping(UUID=id)
            function: str = mapping["FunctionArn"]
            modified = mapping["LastModified"]
            named: str = properties.get("functionName") or ""
            if named.startswith("arn:"):
                # moto answers with the version behind an alias, AWS with the alias.
                function = named
            return {
                **from_answer(SOURCE_SETTINGS, mapping),
                "arn": mapping.get("EventSourceMappingArn")
                or f"arn:{aws.partition}:lambda:{aws.region}:{aws.account_id}"
                f":event-source-mapping:{id}",
                "uuid": id,
                "eventSourceArn": mapping["EventSourceArn"],
                "functionArn": function,
                "functionName": named or function,
                "enabled": mapping["State"] in {"Enabled", "Enabling", "Creating"},
                "state": mapping["State"],
                "stateTransitionReason": mapping.get("StateTransitionReason", ""),
                "lastModified": modified and modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lastProcessingResult": mapping.get("LastProcessingResult", ""),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        if ":sqs:" in new["eventSourceArn"]:
            _require_visibility(aws, new)
        cleared: dict[str, Any] = {}
        if old.get("filterCriteria") and not new.get("filterCriteria"):
            cleared["FilterCriteria"] = {"Filters": []}
        if old.get("functionResponseTypes") and not new.get("functionResponseTypes"):
            cleared["FunctionResponseTypes"] = []
        aws.client("lambda").update_event_source_mapping(
            UUID=id,
            FunctionName=new["functionName"],
            Enabled=new.get("enabled", True),
            **{**cleared, **to_request(SOURCE_SETTINGS, new)},
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            aws.client("lambda").delete_event_source_mapping(UUID=id)


def _require_visibility(aws: Aws, inputs: Properties) -> None:
    """Lambda refuses a queue whose messages reappear while the function still works on them."""
    sqs = aws.client("sqs")
    queue_name = inputs["eventSourceArn"].rsplit(":", 1)[1]
    with ignoring("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"):
        url = sqs.get_queue_url(QueueName=queue_name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])[
            "Attributes"
        ]
        visibility = int(attributes["VisibilityTimeout"])
        function = aws.client("lambda").get_function(FunctionName=inputs["functionName"])
        timeout = function["Configuration"]["Timeout"]
        if visibility < timeout:
            refuse(
                "CreateEventSourceMapping",
                "InvalidParameterValueException",
                f"Invalid request provided: Queue visibility timeout: {visibility} seconds is "
                f"less than Function timeout: {timeout} seconds",
            )
