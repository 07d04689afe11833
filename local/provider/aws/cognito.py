"""Cognito user pools, their clients and groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import (
    Table,
    all_tags,
    capitalised,
    elements,
    from_answer,
    nested,
    same_names,
    to_request,
)
from local.provider.aws.rules import at_most_characters, between, matching, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = "ResourceNotFoundException"
SECONDS_OF = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
STANDARD_ATTRIBUTES = frozenset(
    [
        "address",
        "birthdate",
        "email",
        "email_verified",
        "family_name",
        "gender",
        "given_name",
        "locale",
        "middle_name",
        "name",
        "nickname",
        "phone_number",
        "phone_number_verified",
        "picture",
        "preferred_username",
        "profile",
        "sub",
        "updated_at",
        "website",
        "zoneinfo",
    ]
)
AUTH_FLOWS = frozenset(
    [
        "ADMIN_NO_SRP_AUTH",
        "CUSTOM_AUTH_FLOW_ONLY",
        "USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH",
    ]
)

LAMBDA_TRIGGER: Table = capitalised("lambdaArn", "lambdaVersion")
POOL: Table = {
    "accountRecoverySetting": (
        "AccountRecoverySetting",
        {"recoveryMechanisms": ("RecoveryMechanisms", capitalised("name", "priority"))},
    ),
    "adminCreateUserConfig": (
        "AdminCreateUserConfig",
        {
            "allowAdminCreateUserOnly": "AllowAdminCreateUserOnly",
            "inviteMessageTemplate": (
                "InviteMessageTemplate",
                {
                    **capitalised("emailMessage", "emailSubject"),
                    "smsMessage": "SMSMessage",
                },
            ),
        },
    ),
    **capitalised(
        "autoVerifiedAttributes",
        "deletionProtection",
        "emailVerificationMessage",
        "emailVerificationSubject",
        "smsAuthenticationMessage",
        "smsVerificationMessage",
        "userPoolTier",
    ),
    "deviceConfiguration": (
        "DeviceConfiguration",
        capitalised("challengeRequiredOnNewDevice", "deviceOnlyRememberedOnUserPrompt"),
    ),
    "emailConfiguration": (
        "EmailConfiguration",
        {
            **capitalised("configurationSet", "emailSendingAccount", "sourceArn"),
            "fromEmailAddress": "From",
            "replyToEmailAddress": "ReplyToEmailAddress",
        },
    ),
    "lambdaConfig": (
        "LambdaConfig",
        {
            **capitalised(
                "createAuthChallenge",
                "customMessage",
                "defineAuthChallenge",
                "postAuthentication",
                "postConfirmation",
                "preAuthentication",
                "preSignUp",
                "preTokenGeneration",
                "userMigration",
                "verifyAuthChallengeResponse",
            ),
            "kmsKeyId": "KMSKeyID",
            "preTokenGenerationConfig": ("PreTokenGenerationConfig", LAMBDA_TRIGGER),
        },
    ),
    "userAttributeUpdateSettings": (
        "UserAttributeUpdateSettings",
        {
            "attributesRequireVerificationBeforeUpdates": (
                "AttributesRequireVerificationBeforeUpdate"
            )
        },
    ),
    "userPoolAddOns": ("UserPoolAddOns", capitalised("advancedSecurityMode")),
    "verificationMessageTemplate": (
        "VerificationMessageTemplate",
        capitalised(
            "defaultEmailOption",
            "emailMessage",
            "emailMessageByLink",
            "emailSubject",
            "emailSubjectByLink",
            "smsMessage",
        ),
    ),
}
PASSWORD_POLICY: Table = capitalised(
    "minimumLength",
    "passwordHistorySize",
    "requireLowercase",
    "requireNumbers",
    "requireSymbols",
    "requireUppercase",
    "temporaryPasswordValidityDays",
)
SCHEMA: Table = {
    **capitalised("attributeDataType", "name", "developerOnlyAttribute", "mutable", "required"),
    "numberAttributeConstraints": (
        "NumberAttributeConstraints",
        capitalised("maxValue", "minValue"),
    ),
    "stringAttributeConstraints": (
        "StringAttributeConstraints",
        capitalised("maxLength", "minLength"),
    ),
}
CREATE_ONLY: Table = {
    "aliasAttributes": "AliasAttributes",
    "schemas": ("Schema", SCHEMA),
    "usernameAttributes": "UsernameAttributes",
    "usernameConfiguration": ("UsernameConfiguration", capitalised("caseSensitive")),
}


class UserPool(DescribedType):
    """`aws.cognito.UserPool`; the id is the pool's id."""

    token = "aws:cognito/userPool:UserPool"  # noqa: S105
    table = {
        **POOL,
        **CREATE_ONLY,
        "name": "PoolName",
        "passwordPolicy": ("Policies", PASSWORD_POLICY),
        "mfaConfiguration": "MfaConfiguration",
        "softwareTokenMfaConfiguration": (
            "SoftwareTokenMfaConfiguration",
            capitalised("enabled"),
        ),
    }
    replace_on = frozenset({"aliasAttributes", "usernameAttributes", "usernameConfiguration"})
    auto_name = AutoName(max_length=128)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"[\w\s+=,.@-]{1,128}", "1 to 128 letters, digits, spaces and +=,.@-"
        )
        yield from one_of(inputs, "mfaConfiguration", {"OFF", "ON", "OPTIONAL"})
        yield from one_of(inputs, "deletionProtection", {"ACTIVE", "INACTIVE"})
        yield from one_of(inputs, "userPoolTier", {"ESSENTIALS", "LITE", "PLUS"})
        password: Properties = nested(inputs, "passwordPolicy")
        yield from between(password, "minimumLength", 6, 99, "characters")
        yield from between(password, "temporaryPasswordValidityDays", 0, 365, "days")
        yield from between(password, "passwordHistorySize", 0, 24, "passwords")
        for attribute in elements(inputs, "autoVerifiedAttributes"):
            named = {"autoVerifiedAttributes": attribute}
            yield from one_of(named, "autoVerifiedAttributes", {"email", "phone_number"})
        if inputs.get("aliasAttributes") and inputs.get("usernameAttributes"):
            yield CheckFailure("usernameAttributes", "cannot be set together with aliasAttributes")
        yield from _schema_rules(elements(inputs, "schemas"))
        mechanisms = elements(nested(inputs, "accountRecoverySetting"), "recoveryMechanisms")
        names = [mechanism.get("name") for mechanism in mechanisms]
        if "admin_only" in names and len(names) > 1:
            yield CheckFailure(
                "accountRecoverySetting", "admin_only cannot be combined with other mechanisms"
            )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        cognito = aws.client("cognito-idp")
        pool_id: str = cognito.create_user_pool(
            PoolName=inputs["name"],
            **_pool_settings(inputs),
            **to_request(CREATE_ONLY, inputs),
            UserPoolTags=all_tags(inputs),
        )["UserPool"]["Id"]
        self._put_mfa(aws, pool_id, inputs)
        return self.created(aws, pool_id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        cognito = aws.client("cognito-idp")
        with ignoring(NOT_FOUND):
            pool: dict[str, Any] = cognito.describe_user_pool(UserPoolId=id)["UserPool"]
            described = from_answer(POOL, pool)
            described |= {
                "arn": pool["Arn"],
                "name": pool["Name"],
                "creationDate": _time(pool["CreationDate"]),
                "lastModifiedDate": _time(pool["LastModifiedDate"]),
                "endpoint": f"cognito-idp.{aws.region}.amazonaws.com/{id}",
                "deletionProtection": pool.get("DeletionProtection", "INACTIVE"),
                "mfaConfiguration": pool.get("MfaConfiguration") or "OFF",
                "domain": pool.get("Domain", ""),
                # The number of users is the application's, not the deployment's: it is no drift.
                "estimatedNumberOfUsers": properties.get("estimatedNumberOfUsers", 0),
            }
            # moto copies the template's texts into the older fields, which AWS does only for
            # pools that set them.
            for older in (
                "emailVerificationMessage",
                "emailVerificationSubject",
                "smsVerificationMessage",
            ):
                if not properties.get(older):
                    described.pop(older, None)
            if policy := nested(pool, "Policies").get("PasswordPolicy"):
                described["passwordPolicy"] = from_answer(PASSWORD_POLICY, policy)
            described |= from_answer({k: v for k, v in CREATE_ONLY.items() if k != "schemas"}, pool)
            if not properties:
                described["schemas"] = from_answer(
                    {"schemas": ("SchemaAttributes", SCHEMA)}, pool
                ).get("schemas", [])
            return described
        return None

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:  # noqa: ARG002
        pool = aws.client("cognito-idp").describe_user_pool(UserPoolId=id)["UserPool"]
        return nested(pool, "UserPoolTags")

    def replaces(self, old: Properties, new: Properties) -> Iterable[str]:
        # AWS adds attributes to a pool, but neither changes nor removes them.
        after = {schema["name"]: schema for schema in elements(new, "schemas")}
        for schema in elements(old, "schemas"):
            if after.get(schema["name"]) != schema:
                yield "schemas"
                return

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        cognito = aws.client("cognito-idp")
        settings = _pool_settings(new)
        if new.get("mfaConfiguration"):
            settings["MfaConfiguration"] = new["mfaConfiguration"]
        known = {schema["name"] for schema in elements(old, "schemas")}
        added = [schema for schema in elements(new, "schemas") if schema["name"] not in known]
        if added:
            cognito.add_custom_attributes(
                UserPoolId=id,
                CustomAttributes=[to_request(SCHEMA, schema) for schema in added],
            )
        cognito.update_user_pool(UserPoolId=id, UserPoolTags=all_tags(new), **settings)
        self._put_mfa(aws, id, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:  # noqa: ARG002
        cognito = aws.client("cognito-idp")
        with ignoring(NOT_FOUND):
            pool = cognito.describe_user_pool(UserPoolId=id)["UserPool"]
            # moto deletes protected pools.
            if pool.get("DeletionProtection") == "ACTIVE":
                refuse(
                    "DeleteUserPool",
                    "InvalidParameterException",
                    "The user pool cannot be deleted because deletion protection is activated. "
                    "Deletion protection must be inactivated first.",
                )
            cognito.delete_user_pool(UserPoolId=id)

    def _put_mfa(self, aws: Aws, pool_id: str, inputs: Properties) -> None:
        token = inputs.get("softwareTokenMfaConfiguration")
        mode = inputs.get("mfaConfiguration") or "OFF"
        if mode == "OFF" and token is None:
            return
        aws.client("cognito-idp").set_user_pool_mfa_config(
            UserPoolId=pool_id,
            MfaConfiguration=mode,
            **(
                {"SoftwareTokenMfaConfiguration": {"Enabled": bool(token.get("enabled"))}}
                if token
                else {}
            ),
        )


CLIENT: Table = {
    **capitalised(
        "accessTokenValidity",
        "allowedOauthFlows",
        "allowedOauthFlowsUserPoolClient",
        "allowedOauthScopes",
        "authSessionValidity",
        "defaultRedirectUri",
        "enablePropagateAdditionalUserContextData",
        "enableTokenRevocation",
        "explicitAuthFlows",
        "idTokenValidity",
        "preventUserExistenceErrors",
        "readAttributes",
        "refreshTokenValidity",
        "supportedIdentityProviders",
        "writeAttributes",
    ),
    "allowedOauthFlows": "AllowedOAuthFlows",
    "allowedOauthFlowsUserPoolClient": "AllowedOAuthFlowsUserPoolClient",
    "allowedOauthScopes": "AllowedOAuthScopes",
    "callbackUrls": "CallbackURLs",
    "defaultRedirectUri": "DefaultRedirectURI",
    "logoutUrls": "LogoutURLs",
    "name": "ClientName",
    "refreshTokenRotation": (
        "RefreshTokenRotation",
        capitalised("feature", "retryGracePeriodSeconds"),
    ),
    "tokenValidityUnits": (
        "TokenValidityUnits",
        capitalised("accessToken", "idToken", "refreshToken"),
    ),
}


class UserPoolClient(DescribedType):
    """`aws.cognito.UserPoolClient`; the id is the client's, on import `<pool>/<client>`."""

    token = "aws:cognito/userPoolClient:UserPoolClient"  # noqa: S105
    taggable = False
    table = CLIENT
    handled = frozenset({"userPoolId", "generateSecret"})
    replace_on = frozenset({"userPoolId", "generateSecret"})
    auto_name = AutoName(max_length=128)
    secret_outputs = frozenset({"clientSecret"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"[\w\s+=,.@-]{1,128}", "1 to 128 letters, digits, spaces and +=,.@-"
        )
        flows: list[str] = elements(inputs, "explicitAuthFlows")
        for flow in flows:
            yield from one_of({"explicitAuthFlows": flow}, "explicitAuthFlows", AUTH_FLOWS)
        if any(flow.startswith("ALLOW_") for flow in flows) and not all(
            flow.startswith("ALLOW_") for flow in flows
        ):
            yield CheckFailure("explicitAuthFlows", "ALLOW_ flows and older ones do not mix")
        yield from one_of(inputs, "preventUserExistenceErrors", {"ENABLED", "LEGACY"})
        yield from between(inputs, "authSessionValidity", 3, 15, "minutes")
        units: Properties = nested(inputs, "tokenValidityUnits")
        for name, unit, default, low, high in (
            ("accessTokenValidity", "accessToken", "hours", 300, 86_400),
            ("idTokenValidity", "idToken", "hours", 300, 86_400),
            ("refreshTokenValidity", "refreshToken", "days", 3600, 315_360_000),
        ):
            value = inputs.get(name)
            seconds_each = SECONDS_OF.get(units.get(unit, default))
            if seconds_each is None:
                yield CheckFailure("tokenValidityUnits", f"{unit}: days, hours, minutes, seconds")
            elif isinstance(value, int) and value and not low <= value * seconds_each <= high:
                yield CheckFailure(
                    name, f"{value} {units.get(unit, default)} is outside {low} to {high} seconds"
                )
        for name in ("readAttributes", "writeAttributes"):
            for attribute in elements(inputs, name):
                if attribute not in STANDARD_ATTRIBUTES and not attribute.startswith("custom:"):
                    yield CheckFailure(
                        name, f"{attribute!r} is no standard attribute and not `custom:`"
                    )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("cognito-idp").create_user_pool_client(
            UserPoolId=inputs["userPoolId"],
            GenerateSecret=bool(inputs.get("generateSecret")),
            **to_request(CLIENT, inputs),
        )["UserPoolClient"]
        return self.created(aws, client["ClientId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        pool, client_id = _pool_and_member(id, properties)
        with ignoring(NOT_FOUND):
            client: dict[str, Any] = aws.client("cognito-idp").describe_user_pool_client(
                UserPoolId=pool, ClientId=client_id
            )["UserPoolClient"]
            described = from_answer(CLIENT, client)
            for name, value in described.items():
                # Sets, which come back in any order.
                if isinstance(value, list) and set(elements(properties, name)) == set(
                    elements(described, name)
                ):
                    described[name] = properties[name]
            secret = client.get("ClientSecret", "")
            return {
                **described,
                "userPoolId": pool,
                "clientSecret": secret,
                "generateSecret": bool(secret),
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        pool, client_id = _pool_and_member(id, old)
        aws.client("cognito-idp").update_user_pool_client(
            UserPoolId=pool, ClientId=client_id, **to_request(CLIENT, new)
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        pool, client_id = _pool_and_member(id, state)
        with ignoring(NOT_FOUND):
            aws.client("cognito-idp").delete_user_pool_client(UserPoolId=pool, ClientId=client_id)


GROUP: Table = {**capitalised("description", "precedence", "roleArn"), "name": "GroupName"}


class UserGroup(DescribedType):
    """`aws.cognito.UserGroup`; the id is `<pool>/<name>`."""

    token = "aws:cognito/userGroup:UserGroup"  # noqa: S105
    taggable = False
    table = {**GROUP, **same_names("userPoolId")}
    replace_on = frozenset({"userPoolId", "name"})
    auto_name = AutoName(max_length=128)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(inputs, "name", r"[^\s\x00-\x1f]{1,128}", "1 to 128 without spaces")
        yield from at_most_characters(inputs, "description", 2048)
        yield from between(inputs, "precedence", 0, 2**31 - 1, "")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        pool: str = inputs["userPoolId"]
        aws.client("cognito-idp").create_group(UserPoolId=pool, **to_request(GROUP, inputs))
        return self.created(aws, f"{pool}/{inputs['name']}", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        pool, name = _pool_and_member(id, properties)
        with ignoring(NOT_FOUND):
            group = aws.client("cognito-idp").get_group(UserPoolId=pool, GroupName=name)["Group"]
            return {**from_answer(GROUP, group), "userPoolId": pool}
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        pool, name = _pool_and_member(id, old)
        aws.client("cognito-idp").update_group(
            UserPoolId=pool, **{**to_request(GROUP, new), "GroupName": name}
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        pool, name = _pool_and_member(id, state)
        with ignoring(NOT_FOUND):
            aws.client("cognito-idp").delete_group(UserPoolId=pool, GroupName=name)


def _schema_rules(schemas: list[Properties]) -> Iterator[CheckFailure]:
    for schema in schemas:
        name = schema.get("name")
        kind = {"schemas": schema.get("attributeDataType")}
        yield from one_of(kind, "schemas", {"Boolean", "DateTime", "Number", "String"})
        yield from matching({"schemas": name}, "schemas", r"\S{1,20}", "1 to 20 characters")
        if schema.get("required") and name not in STANDARD_ATTRIBUTES and name is not None:
            yield CheckFailure("schemas", f"{name}: a custom attribute cannot be required")


def _pool_settings(inputs: Properties) -> dict[str, Any]:
    settings = to_request(POOL, inputs)
    if policy := inputs.get("passwordPolicy"):
        settings["Policies"] = {"PasswordPolicy": to_request(PASSWORD_POLICY, policy)}
    return settings


def _pool_and_member(id: str, properties: Properties) -> tuple[str, str]:
    if "/" in id:
        pool, member = id.split("/", 1)
        return pool, member
    return properties["userPoolId"], id


def _time(value: Any) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
