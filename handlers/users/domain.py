"""Users: who they are, and who may see and change them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Protocol

from pydantic import Field

from handlers.common.callers import Caller
from handlers.common.errors import Forbidden
from handlers.common.model import LINE_OF_TEXT, ItemPage, Model, Timestamp

ME = "me"

Email = Annotated[
    str,
    Field(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        examples=["ada@example.com"],
        description="An address as HTML's email input takes it; Cognito has verified it or not",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE_OF_TEXT, examples=["Ada"])]


class Profile(Model):
    """What a caller may write of a user."""

    email: Email
    given_name: Name
    family_name: Name


class NewUser(Profile):
    """A profile to create; an admin may name whose it is."""

    user_id: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z0-9_-]{3,128}$", description="Three or more: `me` is no id"),
    ] = None


class User(Profile):
    """A user as answered."""

    user_id: str
    version: int
    created_at: Timestamp
    updated_at: Timestamp


class UserPage(ItemPage[User]):
    """One page of users."""


class Identities(Protocol):
    """The identity provider that users sign in to."""

    def disable(self, user_id: str) -> None:
        """Ends a user's sessions and refuses new ones; nothing happens where there is none."""
        ...


class Users(Protocol):
    """Where users are kept."""

    def add(self, user_id: str, profile: Profile) -> User: ...

    def get(self, user_id: str) -> User: ...

    def replace(self, user_id: str, profile: Profile, versions: Sequence[int] | None) -> User: ...

    def erase(self, user_id: str) -> None: ...

    def page(self, *, limit: int, after: str | None) -> tuple[list[User], str | None]: ...


def create_user(users: Users, caller: Caller, new: NewUser) -> User:
    """Creates the caller's profile, or for an admin anyone's.

    Raises:
        Forbidden: the body names someone else.
        Conflict: there is a profile already.
    """
    user_id = new.user_id or caller.user_id
    _require_access(caller, user_id)
    return users.add(user_id, new)


def visible_user_id(caller: Caller, named: str) -> str:
    """The id that a path names, `me` being the caller.

    Raises:
        Forbidden: it is someone else's, and the caller is no admin.
    """
    user_id = caller.user_id if named == ME else named
    _require_access(caller, user_id)
    return user_id


def delete_user(users: Users, identities: Identities, user_id: str) -> None:
    """Deletes a profile; the user can't sign in any more, and orders stay.

    Repeating it is safe: the profile goes last, so that a crash half way leaves a user who can be
    deleted again.

    Raises:
        NotFound: there is no such user.
    """
    users.get(user_id)
    identities.disable(user_id)
    users.erase(user_id)


def _require_access(caller: Caller, user_id: str) -> None:
    if not caller.may_act_for(user_id):
        raise Forbidden("Another user's profile needs the admin group.")
