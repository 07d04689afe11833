"""Who is calling: what the authorizer found in the token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.common.errors import Forbidden

ADMIN_GROUP = "admin"


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


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of an API Gateway proxy event.

    Raises:
        Forbidden: the event did not pass the authorizer.
    """
    context: Mapping[str, Any] = event.get("requestContext") or {}
    found: Mapping[str, Any] = context.get("authorizer") or {}
    user_id = str(found.get("sub") or "")
    if not user_id:
        raise Forbidden("This needs a signed-in caller.")
    return Caller(user_id=user_id, groups=frozenset(str(found.get("groups") or "").split(" ")))
