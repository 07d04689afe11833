import json

import pytest

from local.provider.aws.sqs import Queue, QueuePolicy, RedriveAllowPolicy
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported


def attributes(aws: Connection, url: str) -> dict[str, str]:
    answer = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return answer["Attributes"]


def test_a_queue_exists_with_every_setting_given(aws: Connection) -> None:
    dead = deploy(aws, Queue(), name="dead", messageRetentionSeconds=1_209_600)
    redrive = json.dumps({"deadLetterTargetArn": dead.state["arn"], "maxReceiveCount": 4})
    queue = deploy(
        aws,
        Queue(),
        name="order-events",
        visibilityTimeoutSeconds=180,
        receiveWaitTimeSeconds=20,
        delaySeconds=5,
        maxMessageSize=2048,
        redrivePolicy=redrive,
        sqsManagedSseEnabled=True,
        tagsAll={"Project": "p", "Component": "messaging"},
        tags={"Component": "messaging"},
    )
    found = attributes(aws, queue.id)
    assert found["VisibilityTimeout"] == "180"
    assert found["ReceiveMessageWaitTimeSeconds"] == "20"
    assert found["DelaySeconds"] == "5"
    assert found["MaximumMessageSize"] == "2048"
    assert json.loads(found["RedrivePolicy"]) == json.loads(redrive)
    assert queue.state["arn"] == "arn:aws:sqs:us-east-1:123456789012:order-events"
    assert queue.state["url"] == queue.id
    tags = aws.client("sqs").list_queue_tags(QueueUrl=queue.id)["Tags"]
    assert tags == {"Project": "p", "Component": "messaging"}


def test_a_changed_queue_is_changed_in_aws_and_a_dropped_setting_goes_to_its_default(
    aws: Connection,
) -> None:
    queue = deploy(
        aws, Queue(), name="q", visibilityTimeoutSeconds=60, delaySeconds=5, tagsAll={"a": "1"}
    )
    queue.update(visibilityTimeoutSeconds=90, delaySeconds=None, tagsAll={"b": "2"})
    found = attributes(aws, queue.id)
    assert (found["VisibilityTimeout"], found["DelaySeconds"]) == ("90", "0")
    assert aws.client("sqs").list_queue_tags(QueueUrl=queue.id)["Tags"] == {"b": "2"}


def test_a_queue_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    queue = deploy(aws, Queue(), name="q")
    aws.client("sqs").delete_queue(QueueUrl=queue.id)
    assert queue.read() is None


def test_deleting_a_queue_twice_is_no_error(aws: Connection) -> None:
    queue = deploy(aws, Queue(), name="q")
    queue.delete()
    assert queue.read() is None


def test_a_setting_changed_by_someone_else_shows_at_a_refresh(aws: Connection) -> None:
    queue = deploy(aws, Queue(), name="q", visibilityTimeoutSeconds=60)
    aws.client("sqs").set_queue_attributes(QueueUrl=queue.id, Attributes={"VisibilityTimeout": "7"})
    read = queue.read()
    assert read is not None
    assert read["visibilityTimeoutSeconds"] == 7


def test_a_queue_is_imported_by_its_url(aws: Connection) -> None:
    queue = deploy(aws, Queue(), name="q", visibilityTimeoutSeconds=60)
    read = imported(aws, Queue(), queue.id)
    assert read is not None
    assert (read["name"], read["visibilityTimeoutSeconds"]) == ("q", 60)


def test_a_policy_of_its_own_is_put_on_the_queue_without_being_drift_of_the_queue(
    aws: Connection,
) -> None:
    queue = deploy(aws, Queue(), name="q")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.state["arn"],
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    own = deploy(aws, QueuePolicy(), queueUrl=queue.id, policy=json.dumps(document))
    assert json.loads(attributes(aws, queue.id)["Policy"]) == document
    queue.assert_no_drift()
    own.delete()
    assert "Policy" not in attributes(aws, queue.id)
    assert own.read() is None


def test_a_redrive_allow_policy_lives_as_long_as_its_queue(aws: Connection) -> None:
    queue = deploy(aws, Queue(), name="q")
    allow = json.dumps({"redrivePermission": "denyAll"})
    own = deploy(aws, RedriveAllowPolicy(), queueUrl=queue.id, redriveAllowPolicy=allow)
    queue.delete()
    assert own.read() is None
    assert "redriveAllowPolicy" in failures(
        RedriveAllowPolicy(), {"redriveAllowPolicy": '{"redrivePermission": "some"}'}
    )


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"visibilityTimeoutSeconds": 43_201}, "visibilityTimeoutSeconds"),
        ({"messageRetentionSeconds": 59}, "messageRetentionSeconds"),
        ({"delaySeconds": 901}, "delaySeconds"),
        ({"receiveWaitTimeSeconds": 21}, "receiveWaitTimeSeconds"),
        ({"name": "a.b"}, "name"),
        ({"name": "a" * 81}, "name"),
        ({"name": "orders", "fifoQueue": True}, "name"),
        ({"kmsMasterKeyId": "k", "sqsManagedSseEnabled": True}, "sqsManagedSseEnabled"),
        ({"redrivePolicy": "{"}, "redrivePolicy"),
        ({"redrivePolicy": '{"deadLetterTargetArn": "a", "maxReceiveCount": 0}'}, "redrivePolicy"),
        ({"namePrefix": "x"}, "namePrefix"),
    ],
)
def test_what_sqs_refuses_is_refused(inputs: dict[str, object], refused: str) -> None:
    assert refused in failures(Queue(), inputs)


def test_bounds_themselves_are_taken() -> None:
    inputs = {"visibilityTimeoutSeconds": 43_200, "messageRetentionSeconds": 60, "name": "a" * 80}
    assert failures(Queue(), inputs) == {}
