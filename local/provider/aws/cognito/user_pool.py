"""User pools of Cognito."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.cognito.attributes import STANDARD_ATTRIBUTES
from local.provider.aws.cognito.error_codes import NOT_FOUND
from local.provider.aws.cognito.user_pool_settings import CREATE_ONLY, PASSWORD_POLICY, POOL, SCHEMA
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import all_tags, capitalised, from_answer, to_request
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties


class UserPool(DescribedType):
    """`aws.cognito.UserPool`; the id is the pool's id."""

    token = "aws:cognito/userPool:UserPool"
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
            if not pool:
                return None
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

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str]:
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

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
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


def _schema_rules(schemas: list[Properties]) -> Iterator[CheckFailure]:
    for schema in schemas:
        name = schema.get("name")
        if schema.get("required") and name not in STANDARD_ATTRIBUTES and name is not None:
            yield CheckFailure("schemas", f"{name}: a custom attribute cannot be required")


def _pool_settings(inputs: Properties) -> dict[str, Any]:
    settings = to_request(POOL, inputs)
    if policy := inputs.get("passwordPolicy"):
        settings["Policies"] = {"PasswordPolicy": to_request(PASSWORD_POLICY, policy)}
    return settings


def _time(value: Any) -> str | None:
    return value and value.strftime("%Y-%m-%dT%H:%M:%SZ")
