"""Routes of users."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from handlers.common.answers import empty_answer, json_answer
from handlers.common.api import Api
from handlers.common.aws_clients import cognito, dynamodb
from handlers.common.cursors import Cursors, SecretKeys
from handlers.common.environment import environment
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

api = Api()
users = UserRepository(dynamodb(), environment().table_name)
identities = CognitoIdentities(cognito, environment().user_pool_id)
cursors = Cursors("users", SecretKeys(environment().cursor_secret_arn))


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers one API Gateway proxy event."""
    return api.answer(event, context)


@api.app.post("/v1/users")
def create() -> Response[str]:
    user = create_user(users, api.caller, api.request.body(NewUser))
    return _answer(201, user, {"Location": api.request.location_of(user.user_id)})


@api.app.get("/v1/users")
def read_page() -> Response[str]:
    api.caller.require_admin()
    caller, cursor = api.caller.user_id, api.request.query("cursor")
    after = None if cursor is None else cursors.read(cursor, caller=caller, query={})
    items, next_after = users.page(limit=api.request.page_size, after=after)
    page = UserPage(
        items=items,
        next_cursor=None
        if next_after is None
        else cursors.write(next_after, caller=caller, query={}),
    )
    return json_answer(200, page.model_dump_json(by_alias=True, exclude_none=True))


@api.app.get("/v1/users/<user_id>")
def read(user_id: str) -> Response[str]:
    return _answer(200, users.get(_visible(user_id)))


@api.app.put("/v1/users/<user_id>")
def replace(user_id: str) -> Response[str]:
    visible, profile = _visible(user_id), api.request.body(Profile)
    return _answer(200, users.replace(visible, profile, api.request.expected_versions))


@api.app.delete("/v1/users/<user_id>")
def delete(user_id: str) -> Response[str]:
    delete_user(users, identities, _visible(user_id))
    return empty_answer()


api.refuse_other_methods("/v1/users", ("GET", "POST"))
api.refuse_other_methods("/v1/users/<user_id>", ("DELETE", "GET", "PUT"))


def _visible(named: str) -> str:
    return visible_user_id(api.caller, require_id(named, "user"))


def _answer(status: int, user: User, headers: dict[str, str] | None = None) -> Response[str]:
    return json_answer(
        status,
        user.model_dump_json(by_alias=True),
        {"ETag": f'"{user.version}"', **(headers or {})},
    )
