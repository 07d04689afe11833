"""Entry point: sends each SNS message to the Slack webhook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from handlers.common.facts import Variable
from handlers.slack_notifier.messages import slack_messages
from handlers.slack_notifier.webhook import SlackRefused, SlackWebhook

logger = Logger()


def lambda_handler(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Posts the alarms of an SNS event, one Slack message an alarm.

    Raises:
        SlackRefused: Slack did not take a message. Lambda calls again after one and after two
            minutes, which is longer than Slack asks to wait, then the event goes to the
            dead-letter queue, whose alarm is mailed.
    """
    messages = slack_messages(event)
    secret_arn = os.environ.get(Variable.SLACK_WEBHOOK_SECRET_ARN)
    if not secret_arn:
        logger.warning("no Slack webhook is configured", messages=len(messages))
        return {"sent": 0}
    webhook = SlackWebhook(secret_arn)
    refusals: list[SlackRefused] = []
    for message in messages:
        try:
            webhook.post(message)
        except SlackRefused as refused:
            logger.warning(
                "Slack did not take the message",
                reason=str(refused),
                retry_after_seconds=refused.retry_after_seconds,
            )
            refusals.append(refused)
    if refusals:
        raise refusals[0]
    logger.info("sent to Slack", messages=len(messages))
    return {"sent": len(messages)}
