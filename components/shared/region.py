"""Which AWS regions the platform can be deployed to."""

from __future__ import annotations

import difflib

from pulumi_aws import Region

# AWS General Reference, "Amazon Cognito Identity endpoints and quotas".
WITHOUT_USER_POOLS = ("cn-", "us-iso", "eu-iso")
# AWS European Sovereign Cloud, where the issuer of tokens is below amazonaws.eu.
OTHER_DOMAINS = ("eusc-",)

CLOSE = 0.7
"""How much alike two names are that may mean the same, of 1."""


def unusable(region: str) -> str | None:
    """Why nothing can be deployed to a region of this name; None where it can."""
    known = sorted(one.value for one in Region)
    if region not in known:
        closest = max(known, key=lambda one: _likeness(one, region))
        close = _likeness(closest, region) >= CLOSE
        hint = f"did you mean {closest}?" if close else "it takes one such as us-east-1."
        return f"which is no AWS region; {hint}"
    if region.startswith(WITHOUT_USER_POOLS):
        return "where Amazon Cognito has no user pools, which the API needs; choose another region."
    if region.startswith(OTHER_DOMAINS):
        return "whose services are not below amazonaws.com, as the API's authorizer has them."
    return None


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(a=one, b=other.lower()).ratio()
