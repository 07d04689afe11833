"""Clients of user pools."""

from __future__ import annotations

from collections.abc import Iterable

from local.optional_parts import elements, nested
from local.provider.aws.api_object import Answer, Api, ApiObject
from local.provider.aws.cognito.attributes import STANDARD_ATTRIBUTES
from local.provider.aws.cognito.error_codes import NOT_FOUND
from local.provider.aws.parameters import Table, capitalised
from local.provider.resource_type import AutoName, Aws, CheckFailure, Properties

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
        "generateSecret",
        "idTokenValidity",
        "preventUserExistenceErrors",
        "readAttributes",
        "refreshTokenValidity",
        "supportedIdentityProviders",
        "userPoolId",
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


class UserPoolClient(ApiObject):
    """`aws.cognito.UserPoolClient`; the id is the client's, on import `<pool>/<client>`."""

    token = "aws:cognito/userPoolClient:UserPoolClient"
    taggable = False
    table = CLIENT
    api = Api.of(
        "cognito-idp",
        "user_pool_client",
        read="describe",
        found="UserPoolClient",
        id="UserPoolClient.ClientId",
        gone=(NOT_FOUND,),
    )
    address = ("userPoolId",)
    id_parameter = "ClientId"
    sets = frozenset(
        {
            "allowedOauthFlows",
            "allowedOauthScopes",
            "callbackUrls",
            "explicitAuthFlows",
            "logoutUrls",
            "readAttributes",
            "supportedIdentityProviders",
            "writeAttributes",
        }
    )
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

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        secret = found.get("ClientSecret", "")
        return {"clientSecret": secret, "generateSecret": bool(secret)}
