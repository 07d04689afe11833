import json

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.secretsmanager import Secret, SecretVersion
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []}, indent=2)


@pytest.fixture
def secret(aws: Connection) -> Deployed:
    return deploy(
        aws, Secret(), name="db", description="d", recoveryWindowInDays=0, tagsAll={"a": "1"}
    )


def test_a_secret_is_changed_in_place(aws: Connection, secret: Deployed):
    secret.update(description="e", tagsAll={"b": "2"})
    found = aws.client("secretsmanager").describe_secret(SecretId="db")
    assert (found["Description"], found["Tags"]) == ("e", [{"Key": "b", "Value": "2"}])


def test_a_secret_without_recovery_window_frees_its_name(aws: Connection, secret: Deployed):
    secret.delete()
    assert secret.read() is None
    deploy(aws, Secret(), name="db")


def test_a_secret_with_a_recovery_window_keeps_its_name_reserved(aws: Connection):
    secret = deploy(aws, Secret(), name="db", recoveryWindowInDays=7)
    secret.delete()
    assert secret.read() is None
    with pytest.raises(ClientError, match="secret db already exists"):
        deploy(aws, Secret(), name="db")


def test_a_version_is_the_current_value_and_a_second_one_takes_its_place(
    aws: Connection, secret: Deployed
):
    first = deploy(aws, SecretVersion(), secretId=secret.id, secretString="one")
    assert first.state["versionStages"] == ["AWSCURRENT"]
    deploy(aws, SecretVersion(), secretId=secret.id, secretString="two")
    value = aws.client("secretsmanager").get_secret_value(SecretId="db")
    assert value["SecretString"] == "two"
    secret.delete()
    assert first.read() is None


def test_what_secrets_manager_refuses_is_refused():
    assert failures(Secret(), {"name": "a b"}).keys() == {"name"}
    assert failures(Secret(), {"recoveryWindowInDays": 3}).keys() == {"recoveryWindowInDays"}
    both = {"secretString": "a", "secretBinary": "b"}
    assert failures(SecretVersion(), both).keys() == {"secretBinary"}
