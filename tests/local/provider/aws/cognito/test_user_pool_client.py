"""Clients of user pools."""

from typing import Any

import pytest

from local.provider.aws.cognito.user_pool_client import UserPoolClient
from local.provider.connection import Connection
from tests.local.provider.aws.cognito.user_pools import pool
from tests.local.provider.aws.lifecycle import deploy, failures, imported

FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def test_a_client_exists_with_flows_and_lifetimes_and_no_secret(aws: Connection) -> None:
    users = pool(aws)
    client = deploy(
        aws,
        UserPoolClient(),
        name="api-client",
        userPoolId=users.id,
        explicitAuthFlows=FLOWS,
        accessTokenValidity=60,
        idTokenValidity=60,
        refreshTokenValidity=30,
        tokenValidityUnits={"accessToken": "minutes", "idToken": "minutes", "refreshToken": "days"},
        readAttributes=["email", "given_name", "family_name"],
        writeAttributes=["email", "given_name", "family_name"],
        preventUserExistenceErrors="ENABLED",
        enableTokenRevocation=True,
    )
    found = aws.client("cognito-idp").describe_user_pool_client(
        UserPoolId=users.id, ClientId=client.id
    )["UserPoolClient"]
    assert found["ExplicitAuthFlows"] == FLOWS
    assert found["AccessTokenValidity"] == 60
    assert found["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert client.state["clientSecret"] == ""
    client.update(accessTokenValidity=30)
    read = imported(aws, UserPoolClient(), f"{users.id}/{client.id}")
    assert read is not None
    assert read["accessTokenValidity"] == 30
    client.delete()
    assert client.read() is None


def test_a_clients_generated_secret_is_an_output_marked_as_secret(aws: Connection) -> None:
    client = deploy(
        aws, UserPoolClient(), name="server", userPoolId=pool(aws).id, generateSecret=True
    )
    assert client.state["clientSecret"]
    assert "clientSecret" in UserPoolClient.secret_outputs


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"explicitAuthFlows": ["PASSWORD"]}, "explicitAuthFlows[0]"),
        ({"explicitAuthFlows": [*FLOWS, "USER_PASSWORD_AUTH"]}, "explicitAuthFlows"),
        ({"accessTokenValidity": 25}, "accessTokenValidity"),
        (
            {"accessTokenValidity": 4, "tokenValidityUnits": {"accessToken": "minutes"}},
            "accessTokenValidity",
        ),
        ({"refreshTokenValidity": 3651}, "refreshTokenValidity"),
        ({"readAttributes": ["shoe_size"]}, "readAttributes"),
        ({"authSessionValidity": 16}, "authSessionValidity"),
    ],
)
def test_what_cognito_refuses_of_a_client_is_refused(inputs: dict[str, Any], refused: str) -> None:
    assert refused in failures(UserPoolClient(), {"userPoolId": "p", **inputs})
