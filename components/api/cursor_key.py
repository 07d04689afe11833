"""The key that signs the API's paging cursors."""

from dataclasses import dataclass

import pulumi
import pulumi_random as random

from components.shared.generated_secret import GeneratedSecret, GeneratedSecretArgs
from handlers.common.facts import CURRENT_KEY, PREVIOUS_KEY

KEY_LENGTH = 64


@dataclass(frozen=True, kw_only=True)
class CursorKeyArgs:
    """What the key is made from.

    Attributes:
        secret_name: physical name of the secret, without its random suffix.
        version: number of the current key, from 1.
        kms_key_arn: the key that encrypts the secret.
        deletion_protection: whether a deleted secret can be restored.
    """

    secret_name: str
    version: int
    kms_key_arn: pulumi.Input[str]
    deletion_protection: bool


class CursorKey(pulumi.ComponentResource):
    """A generated signing key, and the one before it while cursors signed with that are around.

    Raising the version by one makes a new key `current` and keeps the last one as `previous`.
    """

    secret_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: CursorKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:api:CursorKey", name, None, opts)
        # A rotation replaces the secret's version and, two rotations on, removes a key, also in a
        # protected stack. Nobody can delete them before the protected functions that read them.
        replaceable = pulumi.ResourceOptions(parent=self, protect=False)
        numbers = {CURRENT_KEY: args.version} | (
            {PREVIOUS_KEY: args.version - 1} if args.version > 1 else {}
        )
        secret = GeneratedSecret(
            f"{name}-secret",
            GeneratedSecretArgs(
                secret_name=args.secret_name,
                description="Keys that sign paging cursors",
                value={
                    role: random.RandomPassword(
                        f"{name}-{number}",
                        length=KEY_LENGTH,
                        special=False,
                        opts=replaceable,
                    ).result
                    for role, number in numbers.items()
                },
                kms_key_arn=args.kms_key_arn,
                deletion_protection=args.deletion_protection,
            ),
            replaceable,
        )
        self.secret_arn = secret.secret_arn
        self.register_outputs({"secretArn": self.secret_arn})
