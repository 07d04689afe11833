"""VPC flow logs to CloudWatch."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.policy import assume_role_policy, policy

AGGREGATION_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What the flow log is made from.

    Attributes:
        vpc_id: the VPC whose traffic is logged.
        log_group_name: physical name of the log group.
        retention_days: retention of the log group in days.
        account_id: the AWS account, against the confused deputy.
    """

    vpc_id: pulumi.Input[str]
    log_group_name: str
    retention_days: int
    account_id: str


class FlowLogs(pulumi.ComponentResource):
    """Flow logs of all traffic of a VPC.

    Creates the log group with its retention, the role that may write into that group only, and
    the flow log.
    """

    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:network:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=args.log_group_name,
            retention_in_days=args.retention_days,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            description="Writes the VPC's flow logs",
            assume_role_policy=assume_role_policy(
                "vpc-flow-logs.amazonaws.com",
                {"StringEquals": {"aws:SourceAccount": args.account_id}},
            ),
            opts=child,
        )
        role_policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.name,
            # Without logs:CreateLogGroup: the service would make the group anew after a destroy.
            policy=policy(
                {
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                        "logs:DescribeLogStreams",
                    ],
                    "Resource": pulumi.Output.concat(log_group.arn, ":*"),
                },
            ),
            opts=child,
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=AGGREGATION_SECONDS,
            tags={"Name": args.log_group_name.rpartition("/")[2]},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role_policy]),
        )
        self.log_group_name = log_group.name
        self.register_outputs({"logGroupName": self.log_group_name})
