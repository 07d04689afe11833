import pytest

from components.api.identity import Identity, IdentityArgs
from tests.pulumi_recorder import Recorder, record

ATTRIBUTES = ["email", "given_name", "family_name"]


def identity(*, deletion_protection: bool = False) -> Recorder:
    return record(
        lambda: Identity(
            "identity",
            IdentityArgs(
                user_pool_name="aws-platform-test-users",
                deletion_protection=deletion_protection,
            ),
        )
    )


@pytest.fixture(scope="module")
def default() -> Recorder:
    return identity()


def test_people_sign_up_with_a_verified_email_address(default: Recorder) -> None:
    pool = default.one("UserPool").inputs

    assert pool["name"] == "aws-platform-test-users"
    assert pool["adminCreateUserConfig"] == {"allowAdminCreateUserOnly": False}
    assert pool["usernameAttributes"] == ["email"]
    assert pool["autoVerifiedAttributes"] == ["email"]
    assert pool["usernameConfiguration"] == {"caseSensitive": False}
    assert pool["accountRecoverySetting"] == {
        "recoveryMechanisms": [{"name": "verified_email", "priority": 1}]
    }
    assert pool["userAttributeUpdateSettings"] == {
        "attributesRequireVerificationBeforeUpdates": ["email"]
    }


def test_the_password_policy_is_the_sources(default: Recorder) -> None:
    assert default.one("UserPool").inputs["passwordPolicy"] == {
        "minimumLength": 8,
        "requireLowercase": True,
        "requireUppercase": True,
        "requireNumbers": True,
        "requireSymbols": False,
        "temporaryPasswordValidityDays": 7,
    }


def test_address_and_names_are_required_and_can_change(default: Recorder) -> None:
    schemas = default.one("UserPool").inputs["schemas"]

    assert [one["name"] for one in schemas] == ATTRIBUTES
    for one in schemas:
        assert one["required"] is True
        assert one["mutable"] is True
        assert one["attributeDataType"] == "String"


def test_the_client_has_the_flows_validities_and_attributes_of_the_source(
    default: Recorder,
) -> None:
    assert default.one("UserPoolClient").inputs == {
        "name": "aws-platform-test-users-client",
        "userPoolId": "identity-pool-id",
        "generateSecret": False,
        "explicitAuthFlows": [
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ],
        "accessTokenValidity": 60,
        "idTokenValidity": 60,
        "refreshTokenValidity": 30,
        "tokenValidityUnits": {
            "accessToken": "minutes",
            "idToken": "minutes",
            "refreshToken": "days",
        },
        "readAttributes": ATTRIBUTES,
        "writeAttributes": ATTRIBUTES,
        "preventUserExistenceErrors": "ENABLED",
        "enableTokenRevocation": True,
    }


def test_there_is_a_group_of_admins(default: Recorder) -> None:
    group = default.one("UserGroup").inputs

    assert group["name"] == "admin"
    assert group["userPoolId"] == "identity-pool-id"


@pytest.mark.parametrize(("protected", "state"), [(True, "ACTIVE"), (False, "INACTIVE")])
def test_the_pool_is_protected_with_the_stack(protected: bool, state: str) -> None:
    pool = identity(deletion_protection=protected).one("UserPool")

    assert pool.inputs["deletionProtection"] == state
