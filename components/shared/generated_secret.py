"""A secret in Secrets Manager, under a generated name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
import pulumi_random as random

RECOVERY_WINDOW_DAYS = 30
NO_RECOVERY_DAYS = 0
SUFFIX_BYTES = 3


@dataclass(frozen=True, kw_only=True)
class GeneratedSecretArgs:
    """What the secret is made from.

    Attributes:
        secret_name: physical name; a hyphen and six hexadecimal digits are added.
        description: what the secret is for.
        value: the fields of its JSON value.
        kms_key_arn: the key that encrypts it; None for the account's default key.
        deletion_protection: whether a deleted secret can be restored for 30 days.
    """

    secret_name: str
    description: str
    value: Mapping[str, pulumi.Input[str | int]] = field(repr=False)
    kms_key_arn: pulumi.Input[str] | None
    deletion_protection: bool


class GeneratedSecret(pulumi.ComponentResource):
    """A secret with a random suffix in its name, so that a second life of the stack can have it.

    Creates the secret and its current version. The value is an object of strings.
    """

    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: GeneratedSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:data:GeneratedSecret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        suffix = random.RandomId(f"{name}-suffix", byte_length=SUFFIX_BYTES, opts=child)
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            # Secrets Manager keeps a deleted secret's name for its recovery window.
            name=pulumi.Output.concat(args.secret_name, "-", suffix.hex),
            description=args.description,
            kms_key_id=args.kms_key_arn,
            recovery_window_in_days=RECOVERY_WINDOW_DAYS
            if args.deletion_protection
            else NO_RECOVERY_DAYS,
            opts=child,
        )
        version = aws.secretsmanager.SecretVersion(
            f"{name}-version",
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(dict(args.value))),
            opts=child,
        )
        # Whoever gets the ARN from the version waits until there is a value to read.
        self.secret_arn = version.secret_arn
        self.register_outputs({"secretArn": self.secret_arn})
