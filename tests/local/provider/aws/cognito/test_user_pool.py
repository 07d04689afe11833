"""User pools of Cognito."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.cognito.user_pool import UserPool
from local.provider.connection import Connection
from tests.local.provider.aws.cognito.user_pools import POOL, pool
from tests.local.provider.aws.lifecycle import failures


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


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"passwordPolicy": {"minimumLength": 5}}, "passwordPolicy.minimumLength"),
        ({"mfaConfiguration": "MAYBE"}, "mfaConfiguration"),
        ({"deletionProtection": True}, "deletionProtection"),
        ({"aliasAttributes": ["email"]}, "usernameAttributes"),
        ({"autoVerifiedAttributes": ["address"]}, "autoVerifiedAttributes[0]"),
        (
            {"schemas": [{"name": "team", "attributeDataType": "String", "required": True}]},
            "schemas",
        ),
        ({"signInPolicy": {}}, "signInPolicy"),
    ],
)
def test_what_cognito_refuses_of_a_pool_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(UserPool(), {**POOL, **changes})
