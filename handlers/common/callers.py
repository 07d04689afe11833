"""Who is calling: what the authorizer found in the token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.common.errors import Forbidden
from handlers.common.facts import ADMIN_GROUP

_USER_ID, _GROUPS = "sub", "groups"


@dataclass(frozen=True)
class Caller:
    """A signed-in caller.

    Attributes:
        user_id: the token's subject.
        groups: the caller's Cognito groups.
    """

    user_id: str
    groups: frozenset[str]

    @property
    def is_admin(self) -> bool:
        return ADMIN_GROUP in self.groups

    def require_admin(self) -> None:
        """Raises Forbidden unless the caller is an admin."""
        if not self.is_admin:
            raise Forbidden("This needs the admin group.")

    def may_act_for(self, user_id: str) -> bool:
        return self.is_admin or user_id == self.user_id


def authorizer_context(user_id: str, groups: Sequence[str]) -> dict[str, str]:
    """What the authorizer tells the functions of a caller.

    Values are text, as API Gateway has them: groups are joined by spaces, which no group's name
    holds.
    """
    return {_USER_ID: user_id, _GROUPS: " ".join(groups)}


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway proxy event.

    Raises:
        Forbidden: the event did not pass the authorizer.
    """
    context: Mapping[str, Any] = event.get("requestContext") or {}
    found: Mapping[str, Any] = context.get("authorizer") or {}
    user_id = str(found.get(_USER_ID) or "")
    if not user_id:
        raise Forbidden("This needs a signed-in caller.")
    return Caller(user_id=user_id, groups=frozenset(str(found.get(_GROUPS) or "").split(" ")))
