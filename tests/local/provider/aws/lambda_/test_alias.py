"""Aliases of Lambda functions."""

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.lambda_.alias import Alias
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import code, function
from tests.local.provider.aws.lifecycle import deploy


def test_an_alias_points_at_a_version_and_moves(aws: Connection) -> None:
    deployed = function(aws)
    alias = deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    assert alias.id == alias.state["arn"] == f"{deployed.state['arn']}:live"
    assert alias.state["invokeArn"].endswith(":function:users:live/invocations")
    deployed.update(code=code("second = True"))
    alias.update(functionVersion="2")
    found = aws.client("lambda").get_alias(FunctionName="users", Name="live")
    assert found["FunctionVersion"] == "2"
    with pytest.raises(ClientError, match="Function not found: users:9"):
        alias.update(functionVersion="9")
    alias.delete()
    assert alias.read() is None
