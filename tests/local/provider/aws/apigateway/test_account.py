"""API Gateway's settings of the region."""

from local.provider.aws.apigateway.account import Account
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy


def test_the_regions_role_for_logs_is_set_and_taken_away(aws: Connection) -> None:
    role = "arn:aws:iam::123456789012:role/logs"
    account = deploy(aws, Account(), cloudwatchRoleArn=role)
    assert aws.client("apigateway").get_account()["cloudwatchRoleArn"] == role
    account.delete()
    assert not aws.client("apigateway").get_account().get("cloudwatchRoleArn")
