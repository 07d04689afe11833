"""Queues that keep what could not be processed until a person has looked at it."""

import pulumi
import pulumi_aws as aws

DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600


def dead_letter_queue(
    name: str, queue_name: str | None, opts: pulumi.ResourceOptions
) -> aws.sqs.Queue:
    """A queue that keeps its messages for as long as SQS does, 14 days.

    Args:
        name: logical name.
        queue_name: physical name, which people read when they redrive; None for an automatic one.
        opts: resource options.
    """
    return aws.sqs.Queue(
        name,
        name=queue_name,
        message_retention_seconds=DEAD_LETTER_RETENTION_SECONDS,
        sqs_managed_sse_enabled=True,
        opts=opts,
    )
