import json

import pytest

from local.provider.aws.sns import Topic, TopicPolicy, TopicSubscription
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported


def attributes(aws: Connection, arn: str) -> dict[str, str]:
    return aws.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]


def policy(arn: str) -> str:
    statement = {
        "Sid": "alarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_topic_exists_with_key_and_display_name(aws: Connection) -> None:
    topic = deploy(
        aws, Topic(), name="alarms", displayName="System Alarms", kmsMasterKeyId="alias/alarms"
    )
    found = attributes(aws, topic.id)
    assert found["DisplayName"] == "System Alarms"
    assert found["KmsMasterKeyId"] == "alias/alarms"
    assert topic.state["arn"] == topic.id == "arn:aws:sns:us-east-1:123456789012:alarms"
    assert topic.state["owner"] == "123456789012"


def test_a_changed_topic_is_changed_in_aws(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t", displayName="one", tagsAll={"a": "1"})
    topic.update(displayName="two", tagsAll={"b": "2"})
    assert attributes(aws, topic.id)["DisplayName"] == "two"
    tags = aws.client("sns").list_tags_for_resource(ResourceArn=topic.id)["Tags"]
    assert tags == [{"Key": "b", "Value": "2"}]


def test_a_topic_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t")
    topic.delete()
    assert topic.read() is None
    assert aws.client("sns").list_topics()["Topics"] == []


def test_a_topic_is_imported_by_its_arn(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t", displayName="x")
    read = imported(aws, Topic(), topic.id)
    assert read is not None
    assert (read["name"], read["displayName"]) == ("t", "x")


def test_a_topic_policy_stands_on_the_topic_and_goes_back_to_the_default(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t")
    own = deploy(aws, TopicPolicy(), arn=topic.id, policy=policy(topic.id))
    assert json.loads(attributes(aws, topic.id)["Policy"]) == json.loads(policy(topic.id))
    topic.assert_no_drift()
    own.delete()
    assert json.loads(attributes(aws, topic.id)["Policy"])["Id"] == "__default_policy_ID"


def test_an_email_subscription_waits_for_confirmation(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t")
    subscription = deploy(
        aws, TopicSubscription(), topic=topic.id, protocol="email", endpoint="admin@example.com"
    )
    assert subscription.state["pendingConfirmation"] is True
    listed = aws.client("sns").list_subscriptions_by_topic(TopicArn=topic.id)["Subscriptions"]
    assert [item["Endpoint"] for item in listed] == ["admin@example.com"]


def test_a_function_subscription_keeps_its_filter_and_redrive_policy(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t")
    queue = aws.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    assert queue
    redrive = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"})
    subscription = deploy(
        aws,
        TopicSubscription(),
        topic=topic.id,
        protocol="lambda",
        endpoint="arn:aws:lambda:us-east-1:123456789012:function:notify:live",
        filterPolicy=json.dumps({"level": ["high"]}),
        redrivePolicy=redrive,
    )
    found = aws.client("sns").get_subscription_attributes(SubscriptionArn=subscription.id)
    assert json.loads(found["Attributes"]["RedrivePolicy"]) == json.loads(redrive)
    assert subscription.state["pendingConfirmation"] is False
    subscription.update(filterPolicy=json.dumps({"level": ["low"]}))
    found = aws.client("sns").get_subscription_attributes(SubscriptionArn=subscription.id)
    assert json.loads(found["Attributes"]["FilterPolicy"]) == {"level": ["low"]}
    subscription.delete()
    assert subscription.read() is None


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"name": "a b"}, "name"),
        ({"displayName": "x" * 101}, "displayName"),
        ({"policy": "no"}, "policy"),
        ({"archivePolicy": "{}"}, "archivePolicy"),
    ],
)
def test_what_sns_refuses_of_a_topic_is_refused(inputs: dict[str, object], refused: str) -> None:
    assert refused in failures(Topic(), inputs)


@pytest.mark.parametrize(
    ("protocol", "endpoint", "refused"),
    [
        ("carrier-pigeon", "x", "protocol"),
        ("email", "nobody", "endpoint"),
        ("https", "http://example.com", "endpoint"),
        ("lambda", "notify", "endpoint"),
    ],
)
def test_an_endpoint_that_does_not_fit_its_protocol_is_refused(
    protocol: str, endpoint: str, refused: str
) -> None:
    inputs = {"topic": "arn", "protocol": protocol, "endpoint": endpoint}
    assert refused in failures(TopicSubscription(), inputs)
