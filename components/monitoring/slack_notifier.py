"""Sends the alarms topic to Slack."""

from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.shared.environment import Environment
from components.shared.function import Function, FunctionArgs
from components.shared.generated_secret import GeneratedSecret, GeneratedSecretArgs
from components.shared.lambda_code import function_code
from components.shared.policy import Statement
from handlers.common.facts import WEBHOOK_URL, Variable

ON = "on"
OFF = "off: set slackWebhookUrl with `pulumi config set --secret aws-platform:slackWebhookUrl`"


@dataclass(frozen=True, kw_only=True)
class SlackNotifierArgs:
    """What the notifier is made from.

    Attributes:
        environment: the environment it belongs to.
        webhook_url: the Slack incoming webhook; empty for none.
        topic_arn: the topic to send.
        layer_arn: the functions' layer.
        kms_key_arn: the key that encrypts the webhook's secret.
        log_level: log level of the function.
        memory_mb: memory of the function in MB.
    """

    environment: Environment
    webhook_url: str = field(repr=False)
    topic_arn: pulumi.Input[str]
    layer_arn: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_level: str
    memory_mb: int


class SlackNotifier(pulumi.ComponentResource):
    """The function that posts alarms to a Slack webhook.

    Creates the function with a queue of alarms that did not reach Slack and, where there is a
    webhook, the secret that holds it, the subscription and SNS's right to invoke the function.
    """

    function: Function
    dead_letters_name: pulumi.Output[str]
    status: str

    def __init__(
        self, name: str, args: SlackNotifierArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:monitoring:SlackNotifier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        environment = args.environment
        variables: dict[str, pulumi.Input[str]] = {}
        statements: list[Statement] = []
        if args.webhook_url:
            secret = GeneratedSecret(
                f"{name}-webhook",
                GeneratedSecretArgs(
                    secret_name=f"{environment.prefix}/slack-webhook",
                    description="Slack incoming webhook for alarms",
                    value={WEBHOOK_URL: pulumi.Output.secret(args.webhook_url)},
                    kms_key_arn=args.kms_key_arn,
                    deletion_protection=environment.deletion_protection,
                ),
                child,
            )
            variables[Variable.SLACK_WEBHOOK_SECRET_ARN] = secret.secret_arn
            statements.append(
                {
                    "Sid": "Webhook",
                    "Effect": "Allow",
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": secret.secret_arn,
                }
            )
        self.function = Function(
            f"{name}-function",
            FunctionArgs(
                function_name=f"{environment.prefix}-slack-notifier",
                description="Send alarms to Slack",
                handler="handlers.slack_notifier.function.lambda_handler",
                code=function_code("slack_notifier"),
                layers=[args.layer_arn],
                environment=variables,
                statements=statements,
                log_retention_days=environment.log_retention_days,
                log_level=args.log_level,
                memory_mb=args.memory_mb,
                service_name="slack-notifier",
                asynchronous=True,
            ),
            child,
        )
        if args.webhook_url:
            self._subscribe(name, args)
        dead_letters = self.function.dead_letter_queue_name
        assert dead_letters is not None, "an asynchronous function has a dead-letter queue"
        self.dead_letters_name = dead_letters
        self.status = ON if args.webhook_url else OFF
        self.register_outputs({"functionName": self.function.function_name, "status": self.status})

    def _subscribe(self, name: str, args: SlackNotifierArgs) -> None:
        permission = aws.lambda_.Permission(
            f"{name}-topic",
            action="lambda:InvokeFunction",
            principal="sns.amazonaws.com",
            function=self.function.function_name,
            qualifier=self.function.alias_name,
            source_arn=args.topic_arn,
            source_account=args.environment.account_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.sns.TopicSubscription(
            f"{name}-topic",
            topic=args.topic_arn,
            protocol="lambda",
            endpoint=self.function.alias_arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
