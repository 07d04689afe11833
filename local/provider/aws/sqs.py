"""SQS queues and their policies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    json_text,
    same_document,
)
from local.provider.aws.rules import json_object, matching, not_together, one_of
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")

NUMBERS = {
    "delaySeconds": "DelaySeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
FLAGS = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "fifoQueue": "FifoQueue",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
TEXTS = {
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
    "kmsMasterKeyId": "KmsMasterKeyId",
}
DOCUMENTS = {
    "policy": "Policy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "redrivePolicy": "RedrivePolicy",
}
DEFAULTS: Properties = {
    "delaySeconds": 0,
    "kmsDataKeyReusePeriodSeconds": 300,
    "maxMessageSize": 262144,
    "messageRetentionSeconds": 345600,
    "receiveWaitTimeSeconds": 0,
    "visibilityTimeoutSeconds": 30,
}
"""Amazon SQS API reference, CreateQueue."""


class Queue(DescribedType):
    """`aws.sqs.Queue`; the id is the queue's URL."""

    token = "aws:sqs/queue:Queue"
    table = {**NUMBERS, **FLAGS, **TEXTS, **DOCUMENTS}
    handled = frozenset({"name"})
    tagging = Tagging(
        service="sqs",
        resource="QueueUrl",
        output="url",
        read="list_queue_tags",
        tag="tag_queue",
        untag="untag_queue",
        created_with="tags",
        form=None,
    )
    replace_on = frozenset({"name", "fifoQueue"})
    auto_name = AutoName(max_length=80)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from not_together(inputs, "kmsMasterKeyId", "sqsManagedSseEnabled")
        suffix = r"\.fifo" if inputs.get("fifoQueue") else ""
        yield from matching(
            inputs,
            "name",
            rf"(?=.{{1,80}}$)[A-Za-z0-9_-]+{suffix}",
            "1 to 80 letters, digits, - and _"
            + (", ending in .fifo" if suffix else "; only a FIFO queue's name ends in .fifo"),
        )
        yield from json_object(inputs, "policy")
        yield from redrive_rules(inputs)
        yield from redrive_allow_rules(inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("sqs").create_queue(
            QueueName=inputs["name"], Attributes=_attributes(inputs), **self.tagged(inputs)
        )
        return self.created(aws, answer["QueueUrl"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        attributes = _queue_attributes(aws, id)
        if not attributes:
            return None
        arn: str = attributes["QueueArn"]
        described: Properties = {"arn": arn, "name": arn.rsplit(":", 1)[1], "url": id}
        for name, attribute in NUMBERS.items():
            described[name] = int(attributes.get(attribute) or DEFAULTS[name])
        for name, attribute in FLAGS.items():
            described[name] = attributes.get(attribute, "false").lower() == "true"
        for name, attribute in TEXTS.items():
            if attributes.get(attribute):
                described[name] = attributes[attribute]
        if described.get("kmsMasterKeyId"):
            # moto reports SSE-SQS as on beside a key of ours; at AWS they exclude each other.
            described["sqsManagedSseEnabled"] = False
        for name in ("policy", "redrivePolicy"):
            attribute = DOCUMENTS[name]
            # A document that a resource of its own puts on the queue is not the queue's.
            if properties.get(name) or not properties:
                described[name] = same_document(properties.get(name), attributes.get(attribute))
        return described

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        sqs = aws.client("sqs")
        attributes = _attributes(new)
        attributes.pop("FifoQueue", None)
        for name in old.keys() - new.keys():
            if name in DEFAULTS:
                attributes[NUMBERS[name]] = str(DEFAULTS[name])
            elif name in DOCUMENTS and old[name]:
                attributes[DOCUMENTS[name]] = ""
            elif name == "kmsMasterKeyId" and old[name]:
                attributes[TEXTS[name]] = ""
        if attributes:
            sqs.set_queue_attributes(QueueUrl=id, Attributes=attributes)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NO_QUEUE):
            aws.client("sqs").delete_queue(QueueUrl=id)


class QueueDocument(DescribedType):
    """A document that a resource of its own puts on a queue; the id is the queue's URL."""

    document: ClassVar[str]
    taggable = False
    handled = frozenset({"queueUrl"})
    replace_on = frozenset({"queueUrl"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        url: str = inputs["queueUrl"]
        self._put(aws, url, json_text(inputs[self.document]))
        return self.created(aws, url, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        attributes = _queue_attributes(aws, id)
        answer = (attributes or {}).get(DOCUMENTS[self.document])
        if not answer:
            return None
        return {
            "queueUrl": id,
            self.document: same_document(properties.get(self.document), answer),
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        self._put(aws, id, json_text(new[self.document]))
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NO_QUEUE):
            self._put(aws, id, "")

    def _put(self, aws: Aws, url: str, document: str) -> None:
        aws.client("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={DOCUMENTS[self.document]: document}
        )


class QueuePolicy(QueueDocument):
    """`aws.sqs.QueuePolicy`."""

    token = "aws:sqs/queuePolicy:QueuePolicy"
    document = "policy"
    table = {"policy": "Policy"}

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return json_object(inputs, "policy")


class RedriveAllowPolicy(QueueDocument):
    """`aws.sqs.RedriveAllowPolicy`."""

    token = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
    document = "redriveAllowPolicy"
    table = {"redriveAllowPolicy": "RedriveAllowPolicy"}

    recorded_only = True

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return redrive_allow_rules(inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        # moto takes the attribute and forgets it: the policy stands while its queue does.
        if _queue_attributes(aws, id) is None or not properties.get(self.document):
            return None
        return {"queueUrl": id, self.document: properties[self.document]}


def redrive_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """Rules on `redrivePolicy` (SQS API reference, SetQueueAttributes)."""
    failures = list(json_object(inputs, "redrivePolicy"))
    yield from failures
    if failures or not inputs.get("redrivePolicy"):
        return
    policy: dict[str, Any] = json.loads(inputs["redrivePolicy"])
    if policy.keys() != {"deadLetterTargetArn", "maxReceiveCount"}:
        yield CheckFailure(
            "redrivePolicy", "must hold exactly deadLetterTargetArn and maxReceiveCount"
        )
        return
    count = policy["maxReceiveCount"]
    if not str(count).isdigit() or not 1 <= int(count) <= 1000:
        yield CheckFailure("redrivePolicy", f"maxReceiveCount {count} is outside 1 to 1000")


def redrive_allow_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """Rules on `redriveAllowPolicy` (SQS API reference, SetQueueAttributes)."""
    failures = list(json_object(inputs, "redriveAllowPolicy"))
    yield from failures
    if failures or not inputs.get("redriveAllowPolicy"):
        return
    policy: dict[str, Any] = json.loads(inputs["redriveAllowPolicy"])
    permission = {"redriveAllowPolicy": policy.get("redrivePermission")}
    yield from one_of(permission, "redriveAllowPolicy", {"allowAll", "byQueue", "denyAll"})
    if len(policy.get("sourceQueueArns", [])) > 10:
        yield CheckFailure("redriveAllowPolicy", "takes at most 10 sourceQueueArns")


def _attributes(inputs: Properties) -> dict[str, str]:
    attributes = {
        attribute: str(inputs[name])
        for name, attribute in {**NUMBERS, **TEXTS}.items()
        if inputs.get(name) is not None
    }
    attributes |= {
        attribute: str(inputs[name]).lower()
        for name, attribute in FLAGS.items()
        # AWS refuses FifoQueue=false for a standard queue.
        if inputs.get(name) or (inputs.get(name) is False and name == "sqsManagedSseEnabled")
    }
    attributes |= {
        attribute: json_text(inputs[name])
        for name, attribute in DOCUMENTS.items()
        if inputs.get(name)
    }
    return attributes


def _queue_attributes(aws: Aws, url: str) -> dict[str, str] | None:
    with ignoring(*NO_QUEUE):
        answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return answer["Attributes"]
    return None
