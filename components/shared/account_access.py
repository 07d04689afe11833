"""Whether AWS can be asked at all, and what is said where it does not answer."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pulumi

# AWS SDKs and Tools Reference Guide, "Environment variables support".
SOURCES_IN_THE_ENVIRONMENT = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_PROFILE",
        "AWS_SHARED_CREDENTIALS_FILES",
        "AWS_SKIP_CREDENTIALS_VALIDATION",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    }
)
SOURCES_IN_THE_CONFIG = frozenset(
    {
        "accessKey",
        "assumeRoleWithWebIdentity",
        "ec2MetadataServiceEndpoint",
        "profile",
        "sharedConfigFiles",
        "sharedCredentialsFiles",
        "skipCredentialsValidation",
    }
)
FILES = {
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
    "AWS_CONFIG_FILE": "~/.aws/config",
}
# EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".
INSTANCE_METADATA = ("169.254.169.254", 80)
INSTANCE_METADATA_SECONDS = 1

ADVICE: Mapping[str, str] = {
    r"(?i)expired": "Sign in again, for example with `aws sso login`",
    r"(?i)AccessDenied|Unauthorized|not authorized": (
        "Use a profile or role that may do this, or have this one allowed to"
    ),
    r"(?i)token .*invalid|InvalidClientTokenId|AuthFailure|UnrecognizedClient|Signature": (
        "See that the access key is a valid one and that the account has aws:region enabled"
    ),
    r"(?i)no such host|refused|dial tcp|timeout|timed out|could not connect|unreachable|EOF": (
        "See that this machine reaches AWS: its network, HTTPS_PROXY and aws:endpoints"
    ),
}
"""What to do, by what is found in AWS's or the provider's own words."""

OTHER_ADVICE = "See that `aws sts get-caller-identity` answers in this shell"


def refuse_without_credentials(
    configured: Collection[str], environment: Mapping[str, str] = os.environ
) -> None:
    """Stop where the provider can't find credentials anywhere, before it looks for them itself.

    Args:
        configured: keys that the stack's config has for the provider, without namespace.
        environment: of this process.

    Raises:
        pulumi.RunError: there are none; what is there may still be refused by AWS.
    """
    if SOURCES_IN_THE_CONFIG & set(configured):
        return
    if any(environment.get(name) for name in SOURCES_IN_THE_ENVIRONMENT):
        return
    files = (environment.get(name) or file for name, file in FILES.items())
    if any(Path(file).expanduser().is_file() for file in files):
        return
    if environment.get("AWS_EC2_METADATA_DISABLED", "").lower() != "true" and _on_ec2():
        return
    raise pulumi.RunError(
        "There are no AWS credentials: no AWS_PROFILE or AWS_ACCESS_KEY_ID in this shell, no"
        f" {' or '.join(FILES.values())}, no aws:profile in the stack's config. Sign in with"
        f" `aws configure sso` or `aws configure`. {_without_an_account()}"
    )


@contextmanager
def one_line_of_failure(question: str) -> Generator[None]:
    """Say in one line why a lookup failed, and what to do, in place of a traceback.

    Args:
        question: what is asked of AWS, as in "which account this is".

    Raises:
        pulumi.RunError: the lookup failed.
    """
    try:
        yield
    except pulumi.RunError:
        # The engine has ended, and has said why.
        raise
    except Exception as error:
        reason = " ".join(str(error).rpartition("returned an error: ")[2].split())
        advice = next((text for found, text in ADVICE.items() if re.search(found, reason)), None)
        raise pulumi.RunError(
            f"AWS does not say {question}: {reason.rstrip('.')}."
            f" {advice or OTHER_ADVICE}. {_without_an_account()}"
        ) from error


def _without_an_account() -> str:
    return f"`python -m local preview {pulumi.get_stack()}` needs no account."


def _on_ec2() -> bool:
    try:
        with socket.create_connection(INSTANCE_METADATA, timeout=INSTANCE_METADATA_SECONDS):
            return True
    except OSError:
        return False
