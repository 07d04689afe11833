"""The session file: what other tools need to drive the running gateway.

It holds secrets, so that only its owner may read it, and is gone with the session.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handlers.common.facts import ADMIN_GROUP
from local.aws.access import REGION, AwsAccess
from local.aws.clients import AwsClients
from local.checkout import CHECKOUT
from local.failures import UserError
from local.page.access import PageAccess
from local.private_file import write_private_file

SESSION_FILE = CHECKOUT / ".local" / "session.json"
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
        api_url: where the stage is.
        api_key: a key of its usage plan.
        openapi: URL of the API's published document.
        pages: access to the pages beside the API.
        pool: where people sign in.
        users: by `admin` and `user`.
    """

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
        """What the session file holds."""
        shown = self.shown()
        for who, user in self.users.items():
            shown["users"][who]["password"] = user.password
        return {
            **shown,
            "startPage": self.pages.start_page,
            "pageToken": self.pages.token,
            "aws": {
                "endpoint": self.pool.access.endpoint,
                "accessKeyId": self.pool.access.access_key_id,
                "secretAccessKey": self.pool.access.secret_access_key,
                "region": REGION,
                "userPoolId": self.pool.pool_id,
                "userPoolClientId": self.pool.client_id,
            },
            "pid": os.getpid(),
        }


def sign_up_people(pool: UserPool) -> dict[str, SignedInUser]:
    """One admin and one ordinary user."""
    return {
        ADMIN: pool.sign_up("admin@example.com", "Ada", groups=(ADMIN_GROUP,)),
        USER: pool.sign_up("user@example.com", "Uma"),
    }


def write_session(session: Session, path: Path = SESSION_FILE) -> None:
    """Write the session file, readable by its owner only."""
    content = json.dumps(session.document(), indent=2) + "\n"
    write_private_file(path, content)


def remove_session(path: Path = SESSION_FILE) -> None:
    """Remove our session file; one that another run has put there since stays."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(path.read_text(encoding="utf-8")).get("pid") == os.getpid():
            path.unlink()


def fresh_token(who: str, path: Path = SESSION_FILE) -> str:
    """A new access token of the session's admin or user.

    Args:
        who: `admin` or `user`.
        path: the session file.

    Raises:
        UserError: there is no such person, or nothing runs.
    """
    session = running_session(path)
    users: dict[str, dict[str, str]] = session["users"]
    if who not in users:
        raise UserError(f"There is no {who!r} here; choose one of {', '.join(users)}.")
    aws: dict[str, str] = session["aws"]
    pool = UserPool(
        access=aws_access(session), pool_id=aws["userPoolId"], client_id=aws["userPoolClientId"]
    )
    return pool.access_token(users[who]["email"], users[who]["password"])


def running_session(path: Path = SESSION_FILE) -> dict[str, Any]:
    """What the session file holds, as `Session.document` gives it.

    Raises:
        UserError: nothing runs.
    """
    try:
        session: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        os.kill(session["pid"], 0)
    except (OSError, ValueError, KeyError):
        raise UserError("Nothing runs here: start it with `make local` first.") from None
    return session


def aws_access(session: Mapping[str, Any]) -> AwsAccess:
    """Access to the embedded AWS of a session, as `running_session` gives it."""
    aws: dict[str, str] = session["aws"]
    return AwsAccess(
        endpoint=aws["endpoint"],
        access_key_id=aws["accessKeyId"],
        secret_access_key=aws["secretAccessKey"],
    )
