"""Messaging: a placed order goes from the table's stream through a queue to its confirmation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.api.table import Table
from components.shared.dead_letters import dead_letter_queue
from components.shared.environment import Environment
from components.shared.function import Function, FunctionArgs
from components.shared.function_settings import FunctionSettings
from components.shared.lambda_code import function_code
from components.shared.policy import Statement, assume_role_policy, policy
from components.shared.stream_reader import FROM_THE_BEGINNING, inserted, stream_statements
from components.shared.tagging import component_tag
from handlers.common.facts import CORRELATION_ID, ORDER, ORDER_ID, Variable

FULFILMENT_TIMEOUT_SECONDS = 60
# Few enough that one slow DynamoDB call each (9 s, all attempts) still ends within the timeout.
MESSAGES_A_BATCH = 5
# Lambda Developer Guide, "Using Lambda with Amazon SQS": six times the function's timeout.
VISIBILITY_TIMEOUT_SECONDS = 6 * FULFILMENT_TIMEOUT_SECONDS
ATTEMPTS_BEFORE_DEAD_LETTER = 5
RECORDS_A_BATCH = 10
# A failed attempt costs nothing and loses nothing, so that only age ends them; the
# stream itself keeps a record for 24 hours.
UNLIMITED_ATTEMPTS = -1
LONGEST_RECORD_AGE_SECONDS = 6 * 3600
# What the message says of the order: enough to find it and to follow it through the logs, and
# nothing personal. Placeholders: EventBridge User Guide, "Amazon EventBridge Pipes input
# transformation".
MESSAGE_TEMPLATE = {
    attribute: f"<$.dynamodb.NewImage.{attribute}.S>" for attribute in (ORDER_ID, CORRELATION_ID)
}


@dataclass(frozen=True, kw_only=True)
class MessagingArgs:
    """What messaging is made from.

    Attributes:
        environment: the environment it belongs to.
        table: the table whose stream is read and whose orders are confirmed.
        layer_arn: the functions' layer.
        functions: the stack's `functions` settings.
    """

    environment: Environment
    table: Table
    layer_arn: pulumi.Input[str]
    functions: FunctionSettings


class Messaging(pulumi.ComponentResource):
    """The way of a placed order to its confirmation.

    Creates the queue `order-events` with its dead-letter queue, the pipe that takes inserted orders
    from the table's stream into it, with a queue for records that it could not deliver, and the
    function `fulfilment` behind the queue.
    """

    fulfilment: Function
    pipe_name: pulumi.Output[str]
    pipe_dead_letters_name: pulumi.Output[str]
    queue_name: pulumi.Output[str]
    dead_letters_name: pulumi.Output[str]
    outputs: Mapping[str, pulumi.Input[object]]

    def __init__(
        self, name: str, args: MessagingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(
            "aws-platform:messaging:Messaging",
            name,
            None,
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(transforms=[component_tag("messaging")]), opts
            ),
        )
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        prefix = args.environment.prefix
        dead_letters = dead_letter_queue(
            f"{name}-order-dead-letters", f"{prefix}-order-events-dead-letters", self._child
        )
        queue = self._queue(dead_letters)
        pipe_dead_letters = dead_letter_queue(
            f"{name}-pipe-dead-letters", f"{prefix}-order-pipe-dead-letters", self._child
        )
        pipe = self._pipe(queue, pipe_dead_letters)
        self.fulfilment = self._fulfilment(queue)
        aws.lambda_.EventSourceMapping(
            f"{name}-order-events",
            event_source_arn=queue.arn,
            function_name=self.fulfilment.alias_arn,
            batch_size=MESSAGES_A_BATCH,
            function_response_types=["ReportBatchItemFailures"],
            opts=self._child,
        )
        self.pipe_name = pipe.name
        self.pipe_dead_letters_name = pipe_dead_letters.name
        self.queue_name = queue.name
        self.dead_letters_name = dead_letters.name
        self.outputs = {
            "orderQueueUrl": queue.url,
            "orderDeadLetterQueueUrl": dead_letters.url,
        }
        self.register_outputs(dict(self.outputs))

    def _queue(self, dead_letters: aws.sqs.Queue) -> aws.sqs.Queue:
        queue = aws.sqs.Queue(
            f"{self._name}-order-events",
            name=f"{self._args.environment.prefix}-order-events",
            visibility_timeout_seconds=VISIBILITY_TIMEOUT_SECONDS,
            sqs_managed_sse_enabled=True,
            redrive_policy=pulumi.Output.json_dumps(
                {
                    "deadLetterTargetArn": dead_letters.arn,
                    "maxReceiveCount": ATTEMPTS_BEFORE_DEAD_LETTER,
                }
            ),
            opts=self._child,
        )
        aws.sqs.RedriveAllowPolicy(
            f"{self._name}-order-dead-letters",
            queue_url=dead_letters.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=self._child,
        )
        return queue

    def _pipe(self, queue: aws.sqs.Queue, dead_letters: aws.sqs.Queue) -> aws.pipes.Pipe:
        args = self._args
        role = aws.iam.Role(
            f"{self._name}-pipe",
            description="Takes inserted orders from the table's stream to the queue",
            assume_role_policy=assume_role_policy(
                "pipes.amazonaws.com",
                {"StringEquals": {"aws:SourceAccount": args.environment.account_id}},
            ),
            opts=self._child,
        )
        rights = aws.iam.RolePolicy(
            f"{self._name}-pipe",
            role=role.name,
            policy=policy(
                *stream_statements(args.table.stream_arn),
                {
                    "Sid": "Queues",
                    "Effect": "Allow",
                    "Action": "sqs:SendMessage",
                    "Resource": [queue.arn, dead_letters.arn],
                },
            ),
            opts=self._child,
        )
        return aws.pipes.Pipe(
            f"{self._name}-orders",
            name=f"{args.environment.prefix}-order-events",
            description="Inserted orders, from the table's stream to the queue",
            role_arn=role.arn,
            source=args.table.stream_arn,
            source_parameters={
                "filter_criteria": {"filters": [{"pattern": inserted(ORDER)}]},
                "dynamodb_stream_parameters": {
                    "starting_position": FROM_THE_BEGINNING,
                    "batch_size": RECORDS_A_BATCH,
                    "maximum_retry_attempts": UNLIMITED_ATTEMPTS,
                    "maximum_record_age_in_seconds": LONGEST_RECORD_AGE_SECONDS,
                    "on_partial_batch_item_failure": "AUTOMATIC_BISECT",
                    "dead_letter_config": {"arn": dead_letters.arn},
                },
            },
            target=queue.arn,
            target_parameters={"input_template": json.dumps(MESSAGE_TEMPLATE)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )

    def _fulfilment(self, queue: aws.sqs.Queue) -> Function:
        args = self._args
        statements: list[Statement] = [
            {
                "Sid": "Table",
                "Effect": "Allow",
                "Action": "dynamodb:UpdateItem",
                "Resource": args.table.table_arn,
            },
            {
                "Sid": "Queue",
                "Effect": "Allow",
                "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                "Resource": queue.arn,
            },
        ]
        return Function(
            f"{self._name}-fulfilment",
            FunctionArgs(
                function_name=f"{args.environment.prefix}-fulfilment",
                description="Confirm placed orders",
                handler="handlers.fulfilment.function.lambda_handler",
                code=function_code("fulfilment"),
                layers=[args.layer_arn],
                environment={Variable.TABLE_NAME: args.table.table_name},
                statements=statements,
                memory_mb=args.functions.memory_size,
                timeout_seconds=FULFILMENT_TIMEOUT_SECONDS,
                log_retention_days=args.environment.log_retention_days,
                log_level=args.functions.log_level,
                service_name="fulfilment",
            ),
            self._child,
        )
