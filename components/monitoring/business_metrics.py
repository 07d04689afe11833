"""The publisher of business metrics, fed by the table's stream."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.dead_letters import dead_letter_queue
from components.shared.environment import Environment
from components.shared.function import Function, FunctionArgs
from components.shared.lambda_code import function_code
from components.shared.stream_reader import FROM_THE_BEGINNING, inserted, stream_statements
from handlers.common.facts import ORDER, USER

RECORDS_A_BATCH = 100
BATCH_WINDOW_SECONDS = 1
RETRY_ATTEMPTS = 5
LONGEST_RECORD_AGE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class BusinessMetricsArgs:
    """What the publisher is made from.

    Attributes:
        environment: the environment it belongs to.
        stream_arn: the table's stream.
        layer_arn: the functions' layer.
        log_level: log level of the function.
        memory_mb: memory of the function in MB.
    """

    environment: Environment
    stream_arn: pulumi.Input[str]
    layer_arn: pulumi.Input[str]
    log_level: str
    memory_mb: int


class BusinessMetrics(pulumi.ComponentResource):
    """Counts registrations and order values.

    Creates the function `metrics`, which people may also invoke directly, the stream mapping for
    inserted users and orders, and the queue of records that it could not read.
    """

    function: Function
    service_name: str
    dead_letters_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: BusinessMetricsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:monitoring:BusinessMetrics", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        environment = args.environment
        dead_letters = dead_letter_queue(
            f"{name}-dead-letters", f"{environment.prefix}-metrics-dead-letters", child
        )
        self.service_name = environment.prefix
        self.function = Function(
            f"{name}-function",
            FunctionArgs(
                function_name=f"{environment.prefix}-metrics",
                description="Publish business metrics",
                handler="handlers.metrics.function.lambda_handler",
                code=function_code("metrics"),
                layers=[args.layer_arn],
                statements=[
                    *stream_statements(args.stream_arn),
                    {
                        "Sid": "UnreadableRecords",
                        "Effect": "Allow",
                        "Action": "sqs:SendMessage",
                        "Resource": dead_letters.arn,
                    },
                ],
                log_retention_days=environment.log_retention_days,
                log_level=args.log_level,
                memory_mb=args.memory_mb,
                # It is a dimension of the metrics, which tells the stacks of an account apart.
                service_name=self.service_name,
            ),
            child,
        )
        aws.lambda_.EventSourceMapping(
            f"{name}-stream",
            event_source_arn=args.stream_arn,
            function_name=self.function.alias_arn,
            starting_position=FROM_THE_BEGINNING,
            batch_size=RECORDS_A_BATCH,
            maximum_batching_window_in_seconds=BATCH_WINDOW_SECONDS,
            filter_criteria={"filters": [{"pattern": inserted(USER, ORDER)}]},
            function_response_types=["ReportBatchItemFailures"],
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=RETRY_ATTEMPTS,
            maximum_record_age_in_seconds=LONGEST_RECORD_AGE_SECONDS,
            destination_config={"on_failure": {"destination_arn": dead_letters.arn}},
            opts=child,
        )
        self.dead_letters_name = dead_letters.name
        self.register_outputs({"functionName": self.function.function_name})
