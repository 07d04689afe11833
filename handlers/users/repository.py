"""Users in the single table.

Item: PK `USER#<id>`, SK `PROFILE`, GSI1PK `USERS#<shard>`, GSI1SK `<createdAt>#<id>`, `entity`
"user", `userId`, `email`, `givenName`, `familyName`, `version`, `createdAt`, `updatedAt`. A deleted
user leaves for a day an item of entity "deletedUser" without personal data, so that an access token
which is still valid can't create the profile again; `expiresAt` is the table's time-to-live.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from handlers.common.aws_clients import condition_failed, unavailable_when_busy
from handlers.common.clock import now
from handlers.common.errors import Conflict, NotFound, VersionMismatch
from handlers.common.facts import ENTITY, EXPIRY, INDEX_PARTITION_KEY, INDEX_SORT_KEY, USER
from handlers.common.items import Item, from_attributes, to_attributes, to_model
from handlers.common.keys import IS_NEW, table_key
from handlers.common.pages import read_page, sharded, shards
from handlers.common.versions import accepted_versions
from handlers.users.domain import Profile, User

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient

DELETED_ENTITY = "deletedUser"
LISTING = "USERS"
TOMBSTONE_SECONDS = 24 * 3600
"""Longer than any access token is valid."""


class UserRepository:
    """Users in DynamoDB.

    Args:
        client: the DynamoDB client.
        table_name: the single table.
    """

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def add(self, user_id: str, profile: Profile) -> User:
        """Stores a new user.

        Raises:
            Conflict: the user exists, or was deleted within a day.
        """
        written = now()
        user = User(
            **profile.model_dump(include=set(Profile.model_fields)),
            user_id=user_id,
            version=1,
            created_at=written,
            updated_at=written,
        )
        item = {
            **_key(user_id),
            INDEX_PARTITION_KEY: sharded(LISTING, user_id),
            INDEX_SORT_KEY: f"{written}#{user_id}",
            ENTITY: USER,
            **user.model_dump(by_alias=True),
        }
        try:
            with unavailable_when_busy():
                self._client.put_item(
                    TableName=self._table,
                    Item=to_attributes(item),
                    ConditionExpression=(f"{IS_NEW} OR ({ENTITY} = :deleted AND {EXPIRY} < :now)"),
                    ExpressionAttributeValues=to_attributes(
                        {":deleted": DELETED_ENTITY, ":now": int(time.time())}
                    ),
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            raise Conflict("This user has a profile, or was deleted within a day.") from None
        return user

    def get(self, user_id: str) -> User:
        """Raises NotFound when there is no such user."""
        with unavailable_when_busy():
            answer = self._client.get_item(
                TableName=self._table, Key=to_attributes(_key(user_id)), ConsistentRead=True
            )
        item = from_attributes(answer.get("Item") or {})
        if item.get(ENTITY) != USER:
            raise _not_found()
        return to_model(User, item)

    def replace(self, user_id: str, profile: Profile, versions: Sequence[int] | None) -> User:
        """Writes a profile over the stored one.

        Args:
            user_id: whose.
            profile: the new content.
            versions: the stored version must be among these; None for any.

        Raises:
            NotFound: there is no such user.
            VersionMismatch: the stored version is another.
        """
        content = profile.model_dump(by_alias=True, include=set(Profile.model_fields))
        condition, accepted = accepted_versions(versions)
        values: Item = {
            ":entity": USER,
            ":one": 1,
            ":updatedAt": now(),
            **{f":{name}": value for name, value in content.items()},
            **accepted,
        }
        assignments = ", ".join(f"{name} = :{name}" for name in (*content, "updatedAt"))
        try:
            with unavailable_when_busy():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=to_attributes(_key(user_id)),
                    UpdateExpression=f"SET {assignments}, version = version + :one",
                    ConditionExpression=f"{ENTITY} = :entity{condition}",
                    ExpressionAttributeValues=to_attributes(values),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            stored = from_attributes(error.response.get("Item") or {})
            if stored.get(ENTITY) != USER:
                raise _not_found() from None
            raise VersionMismatch("The user has changed; read it again.") from None
        return to_model(User, from_attributes(answer["Attributes"]))

    def erase(self, user_id: str) -> None:
        """Puts an item without personal data in a user's place, which goes away after a day."""
        item = {
            **_key(user_id),
            ENTITY: DELETED_ENTITY,
            EXPIRY: int(time.time()) + TOMBSTONE_SECONDS,
        }
        with unavailable_when_busy():
            self._client.put_item(TableName=self._table, Item=to_attributes(item))

    def page(self, *, limit: int, after: str | None) -> tuple[list[User], str | None]:
        """Users in order of creation, and the sort key after which the next page begins."""
        page = read_page(self._client, self._table, shards(LISTING), limit=limit, after=after)
        return [to_model(User, item) for item in page.items], page.next_after


class CognitoIdentities:
    """The user pool; a user's name in it is the token's subject.

    Args:
        client: gives the Cognito client, which takes long to make and is seldom needed.
        user_pool_id: the pool.
    """

    def __init__(
        self, client: Callable[[], CognitoIdentityProviderClient], user_pool_id: str
    ) -> None:
        self._client = client
        self._pool = user_pool_id

    def disable(self, user_id: str) -> None:
        """Disables the user, then revokes the refresh tokens; access tokens expire on their own."""
        client = self._client()
        try:
            with unavailable_when_busy():
                client.admin_disable_user(UserPoolId=self._pool, Username=user_id)
                client.admin_user_global_sign_out(UserPoolId=self._pool, Username=user_id)
        except client.exceptions.UserNotFoundException:
            # An admin may have made the profile for someone who never signed up.
            return


def _key(user_id: str) -> Item:
    return table_key(f"USER#{user_id}", "PROFILE")


def _not_found() -> NotFound:
    return NotFound("There is no such user.")
