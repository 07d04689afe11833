"""The topics that alarms are sent to, encrypted with a key that CloudWatch may use."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.environment import Environment
from components.shared.policy import policy

DELETION_WINDOW_DAYS = 30
CLOUDWATCH = "cloudwatch.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class AlarmTopicsArgs:
    """What the topics are made from.

    Attributes:
        environment: the environment they belong to.
        emails: addresses that alarms are mailed to; each must confirm its subscriptions.
    """

    environment: Environment
    emails: Sequence[str]


class AlarmTopics(pulumi.ComponentResource):
    """Two topics: one for all alarms, one that never reaches Slack.

    Creates the KMS key (AWS's own for SNS drops alarms: CloudWatch may not use it), the topics
    `alarms` and `operations` with policies that let only this account's alarms publish, and an
    email subscription of both for each address.
    """

    alarms_arn: pulumi.Output[str]
    operations_arn: pulumi.Output[str]
    pending_confirmations: pulumi.Output[Sequence[str]]

    def __init__(
        self, name: str, args: AlarmTopicsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:monitoring:AlarmTopics", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._pending: list[pulumi.Output[str]] = []
        key = self._key()
        self.alarms_arn = self._topic("alarms", "System Alarms", key)
        self.operations_arn = self._topic("operations", "Alarms about alarming", key)
        self.pending_confirmations = pulumi.Output.all(*self._pending).apply(
            lambda texts: [text for text in texts if text]
        )
        self.register_outputs(
            {"alarmsTopicArn": self.alarms_arn, "operationsTopicArn": self.operations_arn}
        )

    def _key(self) -> aws.kms.Key:
        environment = self._args.environment
        key = aws.kms.Key(
            f"{self._name}-key",
            description="KMS key for the alarm topics",
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=policy(
                {
                    "Sid": "AccountAdministration",
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": (f"arn:{environment.partition}:iam::{environment.account_id}:root")
                    },
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    # SNS Developer Guide, "Enable compatibility between event sources from AWS
                    # services and encrypted topics".
                    "Sid": "AlarmsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": CLOUDWATCH},
                    "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": environment.account_id}},
                },
            ),
            opts=self._child,
        )
        aws.kms.Alias(
            f"{self._name}-alias",
            name=f"alias/{environment.prefix}-alarms",
            target_key_id=key.key_id,
            opts=self._child,
        )
        return key

    def _topic(self, role: str, display_name: str, key: aws.kms.Key) -> pulumi.Output[str]:
        environment = self._args.environment
        topic = aws.sns.Topic(
            f"{self._name}-{role}",
            name=f"{environment.prefix}-{role}",
            display_name=display_name,
            kms_master_key_id=key.arn,
            opts=self._child,
        )
        aws.sns.TopicPolicy(
            f"{self._name}-{role}",
            arn=topic.arn,
            policy=policy(
                {
                    "Sid": "AlarmsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": CLOUDWATCH},
                    "Action": "sns:Publish",
                    "Resource": topic.arn,
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": environment.account_id},
                        "ArnLike": {
                            "aws:SourceArn": f"arn:{environment.partition}:cloudwatch:"
                            f"{environment.region}:{environment.account_id}:alarm:*"
                        },
                    },
                }
            ),
            opts=self._child,
        )
        for email in self._args.emails:
            subscription = aws.sns.TopicSubscription(
                f"{self._name}-{role}-{email}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                opts=self._child,
            )
            waiting = f"{email} ({role})"
            self._pending.append(
                subscription.pending_confirmation.apply(
                    lambda pending, waiting=waiting: waiting if pending else ""
                )
            )
        return topic.arn
