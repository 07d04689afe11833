"""Which of a stack's `aws:` config a run on this machine takes over.

Nothing that says whose account is meant or how AWS is reached: there is one embedded AWS, and a
profile, a role or a proxy of a team's has no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.engine.stack_file import is_encrypted

OF_AN_ACCOUNT = frozenset(
    {
        "aws:accessKey",
        "aws:allowedAccountIds",
        "aws:assumeRoleWithWebIdentity",
        "aws:assumeRoles",
        "aws:customCaBundle",
        "aws:ec2MetadataServiceEndpoint",
        "aws:ec2MetadataServiceEndpointMode",
        "aws:endpoints",
        "aws:forbiddenAccountIds",
        "aws:httpProxy",
        "aws:httpsProxy",
        "aws:insecure",
        "aws:maxRetries",
        "aws:noProxy",
        "aws:profile",
        "aws:retryMode",
        "aws:s3UsEast1RegionalEndpoint",
        "aws:s3UsePathStyle",
        "aws:secretKey",
        "aws:sharedConfigFiles",
        "aws:sharedCredentialsFiles",
        "aws:skipCredentialsValidation",
        "aws:skipMetadataApiCheck",
        "aws:skipRegionValidation",
        "aws:skipRequestingAccountId",
        "aws:stsRegion",
        "aws:tagPolicyCompliance",
        "aws:token",
        "aws:tokenBucketRateLimiterCapacity",
        "aws:useDualstackEndpoint",
        "aws:useFipsEndpoint",
        "aws:userAgents",
    }
)
"""Keys that are left out. One that the provider does not have stays, for the program to refuse."""

TAKEN_OVER = frozenset({"aws:defaultTags", "aws:ignoreTags", "aws:region"})

NO_CREDENTIALS = {"aws:skipCredentialsValidation": True}
"""What every run has: the provider's own setting for an AWS that takes anybody's credentials."""


def without_accounts(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without what concerns an account, by whole key."""
    kept = {key: value for key, value in config.items() if not _is_of_an_account(key, value)}
    return {**kept, **NO_CREDENTIALS}


def _is_of_an_account(key: str, value: Any) -> bool:
    # Only its owner knows what an encrypted value says, and no placeholder is one of these.
    return key in OF_AN_ACCOUNT or (key in TAKEN_OVER and is_encrypted(value))
