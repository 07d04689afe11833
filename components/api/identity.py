"""Who may sign in: a Cognito user pool with its client and groups."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from handlers.common.facts import ADMIN_GROUP

MINIMUM_PASSWORD_LENGTH = 8
TEMPORARY_PASSWORD_DAYS = 7
TOKEN_MINUTES = 60
REFRESH_TOKEN_DAYS = 30
STANDARD_ATTRIBUTES = ("email", "given_name", "family_name")
LONGEST_ATTRIBUTE = 2048


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """What the user pool is made from.

    Attributes:
        user_pool_name: physical name of the pool; the client's adds `-client`.
        deletion_protection: refuse deletion of the pool.
    """

    user_pool_name: str
    deletion_protection: bool


class Identity(pulumi.ComponentResource):
    """The API's users.

    Creates a user pool in which people sign up with their e-mail address, the client of the API's
    front ends, and the group `admin`.
    """

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:api:Identity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pool = aws.cognito.UserPool(
            f"{name}-pool",
            name=args.user_pool_name,
            admin_create_user_config={"allow_admin_create_user_only": False},
            username_attributes=["email"],
            username_configuration={"case_sensitive": False},
            auto_verified_attributes=["email"],
            password_policy={
                "minimum_length": MINIMUM_PASSWORD_LENGTH,
                "require_lowercase": True,
                "require_uppercase": True,
                "require_numbers": True,
                "require_symbols": False,
                "temporary_password_validity_days": TEMPORARY_PASSWORD_DAYS,
            },
            account_recovery_setting={
                "recovery_mechanisms": [{"name": "verified_email", "priority": 1}]
            },
            schemas=[
                {
                    "name": attribute,
                    "attribute_data_type": "String",
                    "required": True,
                    "mutable": True,
                    "string_attribute_constraints": {
                        "min_length": "0",
                        "max_length": str(LONGEST_ATTRIBUTE),
                    },
                }
                for attribute in STANDARD_ATTRIBUTES
            ],
            # A new address counts only once it is verified.
            user_attribute_update_settings={
                "attributes_require_verification_before_updates": ["email"]
            },
            deletion_protection="ACTIVE" if args.deletion_protection else "INACTIVE",
            opts=child,
        )
        client = aws.cognito.UserPoolClient(
            f"{name}-client",
            name=f"{args.user_pool_name}-client",
            user_pool_id=pool.id,
            generate_secret=False,
            explicit_auth_flows=[
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ],
            access_token_validity=TOKEN_MINUTES,
            id_token_validity=TOKEN_MINUTES,
            refresh_token_validity=REFRESH_TOKEN_DAYS,
            token_validity_units={
                "access_token": "minutes",
                "id_token": "minutes",
                "refresh_token": "days",
            },
            read_attributes=list(STANDARD_ATTRIBUTES),
            write_attributes=list(STANDARD_ATTRIBUTES),
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            opts=child,
        )
        aws.cognito.UserGroup(
            f"{name}-{ADMIN_GROUP}",
            name=ADMIN_GROUP,
            user_pool_id=pool.id,
            description="May manage all users, products and orders",
            opts=child,
        )
        self.user_pool_id = pool.id
        self.user_pool_arn = pool.arn
        self.client_id = client.id
        self.register_outputs({"userPoolId": self.user_pool_id, "clientId": self.client_id})
