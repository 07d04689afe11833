"""A running gateway and the people who are signed in there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.facts import ADMIN_GROUP
from local.aws.access import AwsAccess
from local.aws.clients import AwsClients
from local.page.access import PageAccess

ADMIN, USER = "admin", "user"


@dataclass(frozen=True, kw_only=True)
class UserPool:
    """Where people sign in.

    Attributes:
        access: to the embedded AWS.
        pool_id: the user pool.
        client_id: its client.
    """

    access: AwsAccess
    pool_id: str
    client_id: str

    def sign_up(self, email: str, name: str, *, groups: tuple[str, ...] = ()) -> SignedInUser:
        """Sign a person up with a password of their own, confirm them, and sign them in.

        Args:
            email: their address, which is also their user name.
            name: given name.
            groups: groups that they are put into.
        """
        # A character of each kind, as pools' policies ask for.
        password = f"{secrets.token_urlsafe(18)}aA1!"
        attributes = {"email": email, "given_name": name, "family_name": "Example"}
        cognito = self._client()
        sub: str = cognito.sign_up(
            ClientId=self.client_id,
            Username=email,
            Password=password,
            UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
        )["UserSub"]
        cognito.admin_confirm_sign_up(UserPoolId=self.pool_id, Username=email)
        for group in groups:
            cognito.admin_add_user_to_group(
                UserPoolId=self.pool_id, Username=email, GroupName=group
            )
        return SignedInUser(
            email=email,
            sub=sub,
            password=password,
            access_token=self.access_token(email, password),
        )

    def access_token(self, email: str, password: str) -> str:
        """A fresh access token."""
        answer = self._client().initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return answer["AuthenticationResult"]["AccessToken"]

    def _client(self) -> Any:
        return AwsClients(self.access)("cognito-idp")


@dataclass(frozen=True, kw_only=True)
class SignedInUser:
    """A person with an account."""

    email: str
    sub: str
    password: str
    access_token: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """A running gateway and the people who are signed in there.

    Attributes:
        stack: the stack that is served.
        api_url: where the stage is.
        api_key: a key of its usage plan.
        openapi: URL of the API's published document.
        pages: access to the pages beside the API.
        pool: where people sign in.
        users: by `admin` and `user`.
    """

    stack: str
    api_url: str
    api_key: str
    openapi: str
    pages: PageAccess
    pool: UserPool
    users: Mapping[str, SignedInUser]

    @property
    def start_page(self) -> str:
        """Address of the gateway's start page, which lets whoever has it in."""
        return self.pages.start_page

    def shown(self) -> dict[str, Any]:
        """What the pages show: what a client of the API needs, and no password."""
        return {
            "apiUrl": self.api_url,
            "apiKey": self.api_key,
            "openapi": self.openapi,
            "users": {
                who: {"email": user.email, "sub": user.sub, "accessToken": user.access_token}
                for who, user in self.users.items()
            },
        }

    def document(self) -> dict[str, Any]:
        """What other tools need to drive the gateway: all of it."""
        shown = self.shown()
        for who, user in self.users.items():
            shown["users"][who]["password"] = user.password
        return {
            **shown,
            "stack": self.stack,
            "port": self.pages.port,
            "startPage": self.pages.start_page,
            "pageToken": self.pages.token,
            "aws": {
                "endpoint": self.pool.access.endpoint,
                "accessKeyId": self.pool.access.access_key_id,
                "secretAccessKey": self.pool.access.secret_access_key,
                "region": self.pool.access.region,
                "userPoolId": self.pool.pool_id,
                "userPoolClientId": self.pool.client_id,
            },
        }


def sign_up_people(pool: UserPool) -> dict[str, SignedInUser]:
    """One admin and one ordinary user."""
    return {
        ADMIN: pool.sign_up("admin@example.com", "Ada", groups=(ADMIN_GROUP,)),
        USER: pool.sign_up("user@example.com", "Uma"),
    }
