"""Routes of users."""

from __future__ import annotations

from handlers.common.api import Api
from handlers.common.aws_clients import cognito, dynamodb
from handlers.common.cursors import SecretKeys
from handlers.common.environment import environment
from handlers.common.listing import Listing
from handlers.common.requests import require_id
from handlers.users.domain import (
    NewUser,
    Profile,
    User,
    UserPage,
    create_user,
    delete_user,
    visible_user_id,
)
from handlers.users.repository import CognitoIdentities, UserRepository

api = Api("users")
users = UserRepository(dynamodb(), environment().table_name)
identities = CognitoIdentities(cognito, environment().user_pool_id)
listing = Listing("users", SecretKeys(environment().cursor_secret_arn))


@api.route("createUser")
def create() -> User:
    return create_user(users, api.caller, api.request.body(NewUser))


@api.route("listUsers")
def read_page() -> UserPage:
    return listing.page(UserPage, users.page, api.request, caller=api.caller.user_id, query={})


@api.route("getUser")
def read(user_id: str) -> User:
    return users.get(_visible(user_id))


@api.route("replaceUser")
def replace(user_id: str) -> User:
    visible, profile = _visible(user_id), api.request.body(Profile)
    return users.replace(visible, profile, api.request.expected_versions)


@api.route("deleteUser")
def delete(user_id: str) -> None:
    delete_user(users, identities, _visible(user_id))


lambda_handler = api.entry_point()


def _visible(named: str) -> str:
    return visible_user_id(api.caller, require_id(named, "user"))
