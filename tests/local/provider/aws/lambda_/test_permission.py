"""Permissions to call Lambda functions."""

import pytest

from local.provider.aws.lambda_.alias import Alias
from local.provider.aws.lambda_.permission import Permission
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import function
from tests.local.provider.aws.lifecycle import deploy


@pytest.mark.parametrize("qualifier", [None, "live"])
def test_a_permission_stands_in_the_policy_until_it_is_deleted(
    aws: Connection, qualifier: str | None
) -> None:
    function(aws)
    deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    source = "arn:aws:execute-api:us-east-1:123456789012:abc/*/*/v1/users*"
    permission = deploy(
        aws,
        Permission(),
        statementId="invoke-users",
        function="users",
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        sourceArn=source,
        **({"qualifier": qualifier} if qualifier else {}),
    )
    assert permission.id == "invoke-users"
    assert permission.state["sourceArn"] == source
    permission.delete()
    assert permission.read() is None
