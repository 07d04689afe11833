"""The calls that AWS's user pools take unsigned: they name a client or a token."""

from __future__ import annotations

from functools import cache

from botocore.session import get_session

USER_POOLS = "cognito-idp"


@cache
def public_targets() -> frozenset[str]:
    """Values of `X-Amz-Target`, such as a sign-up's, by the service's own model."""
    model = get_session().get_service_model(USER_POOLS)
    operations = map(model.operation_model, model.operation_names)
    prefix = model.metadata["targetPrefix"]
    return frozenset(f"{prefix}.{one.name}" for one in operations if one.auth_type == "none")
