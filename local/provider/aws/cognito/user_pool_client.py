"""Clients of user pools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.cognito.attributes import STANDARD_ATTRIBUTES
from local.provider.aws.cognito.error_codes import NOT_FOUND
from local.provider.aws.cognito.ids import pool_and_member
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import Table, capitalised, from_answer, to_request
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

SECONDS_OF = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
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

    token = "aws:cognito/userPoolClient:UserPoolClient"
    taggable = False
    table = CLIENT
    handled = frozenset({"userPoolId", "generateSecret"})
    replace_on = frozenset({"userPoolId", "generateSecret"})
    auto_name = AutoName(max_length=128)
    secret_outputs = frozenset({"clientSecret"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        flows: list[str] = elements(inputs, "explicitAuthFlows")
        if any(flow.startswith("ALLOW_") for flow in flows) and not all(
            flow.startswith("ALLOW_") for flow in flows
        ):
            yield CheckFailure("explicitAuthFlows", "ALLOW_ flows and older ones do not mix")
        units: Properties = nested(inputs, "tokenValidityUnits")
        for name, unit, default, low, high in (
            ("accessTokenValidity", "accessToken", "hours", 300, 86_400),
            ("idTokenValidity", "idToken", "hours", 300, 86_400),
            ("refreshTokenValidity", "refreshToken", "days", 3600, 315_360_000),
        ):
            value = inputs.get(name)
            seconds_each = SECONDS_OF.get(units.get(unit, default))
            if not seconds_each or not isinstance(value, int) or not value:
                continue
            if not low <= value * seconds_each <= high:
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
        pool, client_id = pool_and_member(id, properties)
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
        pool, client_id = pool_and_member(id, old)
        aws.client("cognito-idp").update_user_pool_client(
            UserPoolId=pool, ClientId=client_id, **to_request(CLIENT, new)
        )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        pool, client_id = pool_and_member(id, state)
        with ignoring(NOT_FOUND):
            aws.client("cognito-idp").delete_user_pool_client(UserPoolId=pool, ClientId=client_id)
