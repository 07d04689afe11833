"""Which AWS regions the platform can be deployed to."""

from __future__ import annotations

import difflib

from pulumi_aws import Region

# Amazon Cognito has no user pools there (AWS General Reference, "Amazon Cognito Identity endpoints
# and quotas"): neither in China nor in the isolated and sovereign clouds.
WITHOUT_USER_POOLS = ("cn-", "us-iso", "eu-iso", "eusc-")


def unusable(region: str) -> str | None:
    """Why nothing can be deployed to a region of this name; None where it can."""
    known = [one.value for one in Region]
    if region not in known:
        close = difflib.get_close_matches(region.lower(), known, n=1)
        hint = f"did you mean {close[0]}?" if close else "it takes one such as us-east-1."
        return f"which is no AWS region; {hint}"
    if region.startswith(WITHOUT_USER_POOLS):
        return "where Amazon Cognito has no user pools, which the API needs; choose another region."
    return None
