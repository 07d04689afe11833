from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.cognito import UserGroup, UserPool, UserPoolClient
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

POOL: dict[str, Any] = {
    "name": "api-users",
    "usernameAttributes": ["email"],
    "autoVerifiedAttributes": ["email"],
    "deletionProtection": "INACTIVE",
    "passwordPolicy": {
        "minimumLength": 8,
        "requireLowercase": True,
        "requireUppercase": True,
        "requireNumbers": True,
        "requireSymbols": False,
        "temporaryPasswordValidityDays": 7,
    },
    "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
    "schemas": [
        {"name": name, "attributeDataType": "String", "required": True, "mutable": True}
        for name in ("email", "given_name", "family_name")
    ],
}
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def pool(aws: Connection, **changes: Any) -> Deployed:
    return deploy(aws, UserPool(), **{**POOL, **changes})


def described(aws: Connection, pool_id: str) -> dict[str, Any]:
    return aws.client("cognito-idp").describe_user_pool(UserPoolId=pool_id)["UserPool"]


def test_a_pool_exists_with_its_rules(aws: Connection) -> None:
    users = pool(aws, tagsAll={"Project": "p"})
    found = described(aws, users.id)
    assert found["UsernameAttributes"] == ["email"]
    assert found["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert found["Policies"]["PasswordPolicy"]["RequireSymbols"] is False
    recovery = found["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert recovery == [{"Name": "verified_email", "Priority": 1}]
    assert {"email", "given_name", "family_name"} <= {
        attribute["Name"] for attribute in found["SchemaAttributes"] if attribute["Required"]
    }
    assert users.state["endpoint"] == f"cognito-idp.us-east-1.amazonaws.com/{users.id}"
    assert found["UserPoolTags"] == {"Project": "p"}


def test_a_changed_pool_is_changed_in_aws(aws: Connection) -> None:
    users = pool(aws)
    users.update(
        deletionProtection="ACTIVE", passwordPolicy={**POOL["passwordPolicy"], "minimumLength": 12}
    )
    found = described(aws, users.id)
    assert found["DeletionProtection"] == "ACTIVE"
    assert found["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_a_protected_pool_refuses_to_go_until_the_protection_is_off(aws: Connection) -> None:
    users = pool(aws, deletionProtection="ACTIVE")
    with pytest.raises(ClientError, match="deletion protection is activated"):
        users.delete()
    assert users.read() is not None
    users.update(deletionProtection="INACTIVE")
    users.delete()
    assert users.read() is None


def test_a_user_who_signs_up_is_no_drift_of_the_pool(aws: Connection) -> None:
    users = pool(aws)
    aws.client("cognito-idp").admin_create_user(UserPoolId=users.id, Username="a@example.com")
    users.assert_no_drift()


def test_a_changed_attribute_replaces_the_pool_and_a_new_one_does_not() -> None:
    new = {**POOL, "schemas": [{**POOL["schemas"][0], "mutable": False}, *POOL["schemas"][1:]]}
    assert list(UserPool().replaces(POOL, new)) == ["schemas"]
    more = [*POOL["schemas"], {"name": "team", "attributeDataType": "String"}]
    assert list(UserPool().replaces(POOL, {**POOL, "schemas": more})) == []


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


def test_a_group_exists_changes_and_goes_with_its_pool(aws: Connection) -> None:
    users = pool(aws)
    group = deploy(
        aws, UserGroup(), name="admin", userPoolId=users.id, description="May do all", precedence=1
    )
    assert group.id == f"{users.id}/admin"
    group.update(description="May do everything")
    cognito = aws.client("cognito-idp")
    found = cognito.get_group(UserPoolId=users.id, GroupName="admin")["Group"]
    assert found["Description"] == "May do everything"
    users.delete()
    assert group.read() is None
    group.delete()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"passwordPolicy": {"minimumLength": 5}}, "minimumLength"),
        ({"mfaConfiguration": "MAYBE"}, "mfaConfiguration"),
        ({"deletionProtection": True}, "deletionProtection"),
        ({"aliasAttributes": ["email"]}, "usernameAttributes"),
        ({"autoVerifiedAttributes": ["address"]}, "autoVerifiedAttributes"),
        (
            {"schemas": [{"name": "team", "attributeDataType": "String", "required": True}]},
            "schemas",
        ),
        ({"signInPolicy": {}}, "signInPolicy"),
    ],
)
def test_what_cognito_refuses_of_a_pool_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(UserPool(), {**POOL, **changes})


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"explicitAuthFlows": ["PASSWORD"]}, "explicitAuthFlows"),
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
