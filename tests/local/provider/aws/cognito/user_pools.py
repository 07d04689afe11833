"""A user pool, for the tests of what belongs to one."""

from typing import Any

from local.provider.aws.cognito.user_pool import UserPool
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy

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


def pool(aws: Connection, **changes: Any) -> Deployed:
    return deploy(aws, UserPool(), **{**POOL, **changes})
