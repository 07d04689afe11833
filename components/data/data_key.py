"""The customer-managed KMS key that encrypts the platform's data."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.policy import policy

DELETION_WINDOW_DAYS = 30
# The services that use the key on behalf of whoever may use their resources.
USING_SERVICES = ("rds", "elasticache", "secretsmanager", "dynamodb")


@dataclass(frozen=True, kw_only=True)
class DataKeyArgs:
    """What the key is made from.

    Attributes:
        alias: the alias without its `alias/`.
        account_id: the AWS account.
        partition: the AWS partition, for example `aws`.
        region: the AWS region.
    """

    alias: str
    account_id: str
    partition: str
    region: str


class DataKey(pulumi.ComponentResource):
    """A KMS key with yearly rotation and an alias.

    Its policy leaves administration to the account's IAM policies and lets principals of the
    account use the key only through the data services (KMS Developer Guide, "kms:ViaService").
    """

    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DataKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:data:DataKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            f"{name}-key",
            description="KMS key for database encryption",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=policy(
                {
                    "Sid": "AccountAdministration",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{args.partition}:iam::{args.account_id}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "UseThroughDataServices",
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": [
                        "kms:Encrypt",
                        "kms:Decrypt",
                        "kms:ReEncrypt*",
                        "kms:GenerateDataKey*",
                        "kms:CreateGrant",
                        "kms:DescribeKey",
                    ],
                    "Resource": "*",
                    "Condition": {
                        "StringEquals": {
                            "kms:CallerAccount": args.account_id,
                            "kms:ViaService": [
                                f"{service}.{args.region}.amazonaws.com"
                                for service in USING_SERVICES
                            ],
                        }
                    },
                },
            ),
            opts=child,
        )
        aws.kms.Alias(
            f"{name}-alias", name=f"alias/{args.alias}", target_key_id=key.key_id, opts=child
        )
        self.key_arn = key.arn
        self.register_outputs({"keyArn": self.key_arn})
