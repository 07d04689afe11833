"""What a caller of the embedded AWS needs: where it is, and the access key of its run."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

DEFAULT_REGION = "us-east-1"
"""Of an embedded AWS that is told none."""

ACCOUNT_ID = "123456789012"
ENDPOINT_VARIABLE = "AWS_PLATFORM_ENDPOINT"
"""Environment variable that holds the endpoint for our own processes."""

_KEY_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, kw_only=True)
class AwsAccess:
    """Access to one embedded AWS.

    Attributes:
        endpoint: its URL.
        access_key_id: names the access key, in the form that AWS's have.
        secret_access_key: signs calls; 40 characters.
        region: the region of the stack that is deployed there.
    """

    endpoint: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    region: str = DEFAULT_REGION

    @classmethod
    def new(cls, endpoint: str, region: str = DEFAULT_REGION) -> Self:
        """Access with a key that nobody has had before."""
        return cls(
            endpoint=endpoint,
            access_key_id="AKIA" + "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(16)),
            secret_access_key=secrets.token_urlsafe(30),
            region=region,
        )

    @classmethod
    def of_environment(cls, environment: Mapping[str, str]) -> Self | None:
        """The access that `environment` gave a process; None where there is none."""
        try:
            return cls(
                endpoint=environment[ENDPOINT_VARIABLE],
                access_key_id=environment["AWS_ACCESS_KEY_ID"],
                secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                region=environment["AWS_REGION"],
            )
        except KeyError:
            return None

    def shown(self) -> dict[str, str]:
        """The variables that a person sets for AWS's own tools."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": self.region,
        }

    def environment(self) -> dict[str, str]:
        """The variables by which AWS's libraries find this AWS and no other."""
        return {
            **self.shown(),
            ENDPOINT_VARIABLE: self.endpoint,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # A person's own files could name another endpoint, region or role.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
