"""SNS topics, their policies and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    changed,
    json_text,
    same_document,
)
from local.provider.aws.rules import at_most_characters, json_object, matching, one_of
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = ("NotFound", "NotFoundException", "InvalidParameter")
CONFIRMED_BY_HAND = frozenset({"email", "email-json", "http", "https"})

TOPIC_ATTRIBUTES = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
SUBSCRIPTION_ATTRIBUTES = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}
SUBSCRIPTION_DOCUMENTS = frozenset({"deliveryPolicy", "filterPolicy", "redrivePolicy"})


class Topic(DescribedType):
    """`aws.sns.Topic`; the id is the ARN."""

    token = "aws:sns/topic:Topic"
    table = TOPIC_ATTRIBUTES
    handled = frozenset({"name"})
    tagging = Tagging(service="sns", resource="ResourceArn")
    replace_on = frozenset({"name", "fifoTopic"})
    auto_name = AutoName(max_length=256)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        suffix = r"\.fifo" if inputs.get("fifoTopic") else ""
        yield from matching(
            inputs,
            "name",
            rf"(?=.{{1,256}}$)[A-Za-z0-9_-]+{suffix}",
            "1 to 256 letters, digits, - and _" + (", ending in .fifo" if suffix else ""),
        )
        yield from at_most_characters(inputs, "displayName", 100)
        yield from one_of(inputs, "signatureVersion", {1, 2})
        yield from one_of(inputs, "tracingConfig", {"Active", "PassThrough"})
        for name in ("policy", "deliveryPolicy"):
            yield from json_object(inputs, name)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        sns = aws.client("sns")
        attributes = _attributes(TOPIC_ATTRIBUTES, inputs)
        # moto keeps only a few attributes at create.
        later = {name: attributes.pop(name) for name in [*attributes] if name != "FifoTopic"}
        arn: str = sns.create_topic(
            Name=inputs["name"], Attributes=attributes, **self.tagged(inputs)
        )["TopicArn"]
        for name, value in later.items():
            sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
        return self.created(aws, arn, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        attributes = _topic_attributes(aws, id)
        if attributes is None:
            return None
        described: Properties = {
            "arn": id,
            "name": id.rsplit(":", 1)[1],
            "owner": attributes.get("Owner", aws.account_id),
            "fifoTopic": attributes.get("FifoTopic", "false") == "true",
            "contentBasedDeduplication": attributes.get("ContentBasedDeduplication") == "true",
            "displayName": attributes.get("DisplayName", ""),
            "kmsMasterKeyId": attributes.get("KmsMasterKeyId", ""),
        }
        for name in ("tracingConfig", "deliveryPolicy"):
            if attributes.get(TOPIC_ATTRIBUTES[name]):
                described[name] = attributes[TOPIC_ATTRIBUTES[name]]
        if attributes.get("SignatureVersion"):
            described["signatureVersion"] = int(attributes["SignatureVersion"])
        # A policy that a TopicPolicy puts on the topic is not the topic's.
        if properties.get("policy") or not properties:
            described["policy"] = same_document(properties.get("policy"), attributes.get("Policy"))
        return described

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        sns = aws.client("sns")
        wanted = _attributes(TOPIC_ATTRIBUTES, new)
        for name, attribute in TOPIC_ATTRIBUTES.items():
            if name != "fifoTopic" and changed(old, new, name):
                sns.set_topic_attributes(
                    TopicArn=id,
                    AttributeName=attribute,
                    AttributeValue=wanted.get(attribute, ""),
                )
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            aws.client("sns").delete_topic(TopicArn=id)


class TopicPolicy(DescribedType):
    """`aws.sns.TopicPolicy`; the id is the topic's ARN."""

    token = "aws:sns/topicPolicy:TopicPolicy"
    taggable = False
    table = {"policy": "Policy"}
    handled = frozenset({"arn"})
    replace_on = frozenset({"arn"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return json_object(inputs, "policy")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        arn: str = inputs["arn"]
        _put_policy(aws, arn, json_text(inputs["policy"]))
        return self.created(aws, arn, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        attributes = _topic_attributes(aws, id)
        if not attributes or not attributes.get("Policy"):
            return None
        return {
            "arn": id,
            "owner": attributes.get("Owner", aws.account_id),
            "policy": same_document(properties.get("policy"), attributes["Policy"]),
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        _put_policy(aws, id, json_text(new["policy"]))
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        # AWS has no call that removes a topic's policy: the provider puts the default one back.
        with ignoring(*NOT_FOUND):
            _put_policy(aws, id, json_text(_default_policy(aws, id)))


class TopicSubscription(DescribedType):
    """`aws.sns.TopicSubscription`; the id is the ARN."""

    token = "aws:sns/topicSubscription:TopicSubscription"
    taggable = False
    table = SUBSCRIPTION_ATTRIBUTES
    handled = frozenset(
        {"topic", "protocol", "endpoint", "confirmationTimeoutInMinutes", "endpointAutoConfirms"}
    )
    replace_on = frozenset({"topic", "protocol", "endpoint"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from one_of(
            inputs,
            "protocol",
            {"application", "email", "email-json", "firehose", "http", "https", "lambda"}
            | {"sms", "sqs"},
        )
        yield from one_of(inputs, "filterPolicyScope", {"MessageAttributes", "MessageBody"})
        endpoint_forms = {
            "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "an email address"),
            "https": (r"https://\S+", "an https URL"),
            "http": (r"http://\S+", "an http URL"),
            "lambda": (r"arn:[a-z-]+:lambda:\S+", "the ARN of a function"),
            "sqs": (r"arn:[a-z-]+:sqs:\S+", "the ARN of a queue"),
        }
        if form := endpoint_forms.get(inputs.get("protocol", "")):
            yield from matching(inputs, "endpoint", *form)
        for name in SUBSCRIPTION_DOCUMENTS:
            yield from json_object(inputs, name)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        arn: str = aws.client("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            Attributes=_attributes(SUBSCRIPTION_ATTRIBUTES, inputs),
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return self.created(aws, arn, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NOT_FOUND):
            attributes: dict[str, str] = aws.client("sns").get_subscription_attributes(
                SubscriptionArn=id
            )["Attributes"]
            if not attributes:
                return None
            protocol = attributes["Protocol"]
            # moto takes every subscription as confirmed; AWS waits for the person or server.
            pending = protocol in CONFIRMED_BY_HAND and not properties.get("endpointAutoConfirms")
            described: Properties = {
                "arn": id,
                "topic": attributes["TopicArn"],
                "protocol": protocol,
                "endpoint": attributes["Endpoint"],
                "ownerId": aws.account_id,
                "pendingConfirmation": pending,
                "confirmationWasAuthenticated": not pending,
                "rawMessageDelivery": attributes.get("RawMessageDelivery") == "true",
            }
            for name in SUBSCRIPTION_DOCUMENTS:
                answer = attributes.get(SUBSCRIPTION_ATTRIBUTES[name])
                if answer:
                    described[name] = same_document(properties.get(name), answer)
            if attributes.get("FilterPolicyScope"):
                described["filterPolicyScope"] = attributes["FilterPolicyScope"]
            return described
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        wanted = _attributes(SUBSCRIPTION_ATTRIBUTES, new)
        for name, attribute in SUBSCRIPTION_ATTRIBUTES.items():
            if changed(old, new, name):
                aws.client("sns").set_subscription_attributes(
                    SubscriptionArn=id,
                    AttributeName=attribute,
                    AttributeValue=wanted.get(attribute, _EMPTY_ATTRIBUTE.get(name, "")),
                )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring(*NOT_FOUND):
            aws.client("sns").unsubscribe(SubscriptionArn=id)


_EMPTY_ATTRIBUTE = {
    "filterPolicy": "{}",
    "filterPolicyScope": "MessageAttributes",
    "rawMessageDelivery": "false",
}


def _attributes(names: dict[str, str], inputs: Properties) -> dict[str, str]:
    return {
        attribute: _text(inputs[name])
        for name, attribute in names.items()
        # AWS refuses FifoTopic=false for a standard topic.
        if inputs.get(name) is not None and (name != "fifoTopic" or inputs[name])
    }


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else json_text(value)


def _topic_attributes(aws: Aws, arn: str) -> dict[str, str] | None:
    with ignoring(*NOT_FOUND):
        return aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return None


def _put_policy(aws: Aws, arn: str, policy: str) -> None:
    aws.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=policy
    )


def _default_policy(aws: Aws, arn: str) -> dict[str, Any]:
    actions = ("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission")
    actions += ("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish")
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [f"SNS:{action}" for action in actions],
                "Resource": arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": aws.account_id}},
            }
        ],
    }
