"""A Lambda function as this platform runs one: log group first, own role, arm64, alias `live`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.shared.dead_letters import dead_letter_queue
from components.shared.policy import Statement, assume_role_policy, policy
from handlers.common.facts import Variable

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
LIVE_ALIAS = "live"
ASYNC_RETRIES = 2
ASYNC_EVENT_AGE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class FunctionArgs:
    """What differs between two functions.

    Attributes:
        function_name: physical name, `<project>-<stack>-<what>`; also names the log group.
        description: one sentence for the console.
        handler: dotted path of the entry point, for example `handlers.users.api.lambda_handler`.
        code: the function's own code.
        memory_mb: memory in MB; CPU grows with it.
        log_retention_days: retention of the log group in days.
        log_level: Powertools log level, for example `INFO`.
        layers: layer version ARNs.
        environment: environment variables besides the service name and the log level.
        statements: IAM statements the function needs besides its logs and traces.
        timeout_seconds: longest run of one invocation in seconds.
        service_name: what its logs, traces and metrics call it.
        reserved_concurrency: concurrency kept for this function; None shares the account's.
        asynchronous: invoked asynchronously, so that events that failed go to a queue of its own.
    """

    function_name: str
    description: str
    handler: str
    code: pulumi.Archive
    memory_mb: int
    log_retention_days: int
    log_level: str
    layers: Sequence[pulumi.Input[str]] = ()
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, Any])
    statements: Sequence[Statement] = ()
    timeout_seconds: int = 30
    service_name: str = "api-service"
    reserved_concurrency: int | None = None
    asynchronous: bool = False


class Function(pulumi.ComponentResource):
    """One Lambda function.

    Creates the log group with its retention, a role with only the function's own statements, the
    function with X-Ray tracing and JSON logs, the alias `live`, and for asynchronous functions a
    dead-letter queue as their on-failure destination.
    """

    function_name: pulumi.Output[str]
    alias_arn: pulumi.Output[str]
    alias_name: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]
    dead_letter_queue_arn: pulumi.Output[str] | None = None
    dead_letter_queue_name: pulumi.Output[str] | None = None

    def __init__(
        self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:function:Function", name, None, opts)
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{args.function_name}",
            retention_in_days=args.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = aws.iam.Role(
            f"{name}-role",
            description=f"What {args.function_name} may do",
            assume_role_policy=assume_role_policy("lambda.amazonaws.com"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        statements: list[Statement] = [
            {
                "Sid": "Logs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": pulumi.Output.concat(log_group.arn, ":*"),
            },
            {
                "Sid": "Traces",
                "Effect": "Allow",
                "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
                # X-Ray has no resource types ("Actions, resources, and condition keys for X-Ray").
                "Resource": "*",
            },
            *args.statements,
        ]
        queue = None
        if args.asynchronous:
            own = pulumi.ResourceOptions(parent=self)
            queue = dead_letter_queue(f"{name}-dead-letters", None, own)
        if queue:
            statements.append(
                {
                    "Sid": "DeadLetters",
                    "Effect": "Allow",
                    "Action": "sqs:SendMessage",
                    "Resource": queue.arn,
                }
            )
        role_policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            policy=policy(*statements),
            opts=pulumi.ResourceOptions(parent=self),
        )
        function = aws.lambda_.Function(
            f"{name}-function",
            name=args.function_name,
            description=args.description,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=args.handler,
            code=args.code,
            layers=list(args.layers),
            role=role.arn,
            memory_size=args.memory_mb,
            timeout=args.timeout_seconds,
            publish=True,
            reserved_concurrent_executions=args.reserved_concurrency,
            environment={
                "variables": {
                    Variable.SERVICE_NAME: args.service_name,
                    "LOG_LEVEL": args.log_level,
                    **args.environment,
                }
            },
            tracing_config={"mode": "Active"},
            logging_config={"log_format": "JSON", "log_group": log_group.name},
            # The first invocation may follow at once: it must find its rights.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role_policy]),
        )
        alias = aws.lambda_.Alias(
            f"{name}-live",
            name=LIVE_ALIAS,
            description="The version that is invoked",
            function_name=function.name,
            function_version=function.version,
            opts=pulumi.ResourceOptions(parent=self),
        )
        if queue:
            aws.lambda_.FunctionEventInvokeConfig(
                f"{name}-async",
                function_name=function.name,
                qualifier=alias.name,
                maximum_retry_attempts=ASYNC_RETRIES,
                maximum_event_age_in_seconds=ASYNC_EVENT_AGE_SECONDS,
                destination_config={"on_failure": {"destination": queue.arn}},
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.dead_letter_queue_arn = queue.arn
            self.dead_letter_queue_name = queue.name
        self.function_name = function.name
        self.alias_arn = alias.arn
        self.alias_name = alias.name
        self.invoke_arn = alias.invoke_arn
        self.log_group_name = log_group.name
        self.register_outputs({"functionName": self.function_name, "aliasArn": self.alias_arn})
