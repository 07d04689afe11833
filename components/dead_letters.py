"""Queues that keep what could not be processed until a person has looked at it."""

import pulumi
import pulumi_aws as aws

from components.function import DEAD_LETTER_RETENTION_SECONDS


def dead_letter_queue(name: str, queue_name: str, opts: pulumi.ResourceOptions) -> aws.sqs.Queue:
    """A queue that keeps its messages for as long as SQS does, 14 days.

    Args:
        name: logical name.
        queue_name: physical name, which people read when they redrive.
        opts: resource options.
    """
    return aws.sqs.Queue(
        name,
        name=queue_name,
        message_retention_seconds=DEAD_LETTER_RETENTION_SECONDS,
        sqs_managed_sse_enabled=True,
        opts=opts,
    )
