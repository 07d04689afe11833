"""Sends alarms through SNS topics to those who have subscribed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from local.aws.clients import AwsClients
from local.functions.asynchronous import AsynchronousInvocations

Told = Callable[[str], None]
Send = Callable[[str, str], None]


class Topics:
    """The topics of an embedded AWS, whose own subscriptions reach neither functions nor people."""

    def __init__(
        self, clients: AwsClients, invocations: AsynchronousInvocations, send: Send
    ) -> None:
        """Send nothing yet.

        Args:
            clients: of the embedded AWS.
            invocations: what runs the functions that have subscribed.
            send: takes each mail that would be sent, as `mail to` its address, and its text.
        """
        self._sns = clients("sns")
        self._invocations = invocations
        self._send = send

    def publish(
        self,
        topic_arn: str,
        subject: str,
        message: str,
        tell: Callable[[str], Told],
        *,
        mail: str = "",
    ) -> None:
        """Send a message to all who have subscribed.

        Args:
            topic_arn: the topic.
            subject: what mails show in their subject.
            message: the message.
            tell: called with each who is told, gives what is called with what came of it.
            mail: what mails say in place of the message.

        Raises:
            botocore.exceptions.ClientError: there is no such topic.
        """
        notification: dict[str, Any] = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": topic_arn,
            "Subject": subject,
            "Message": message,
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "SignatureVersion": "1",
            "Signature": "EXAMPLE",
            "SigningCertUrl": "EXAMPLE",
            "UnsubscribeUrl": "EXAMPLE",
            "MessageAttributes": {},
        }
        for subscription in list(self._subscriptions(topic_arn)):
            protocol, endpoint = subscription["Protocol"], subscription["Endpoint"]
            if protocol == "lambda":
                event: dict[str, Any] = {
                    "EventSource": "aws:sns",
                    "EventVersion": "1.0",
                    "EventSubscriptionArn": subscription["SubscriptionArn"],
                    "Sns": notification,
                }
                told = tell(f"function {endpoint.partition(':function:')[2]}")
                self._invocations.invoke(endpoint, {"Records": [event]}, told)
            elif protocol in ("email", "email-json"):
                self._send(f"mail to {endpoint}", f"{subject}\n{mail or message}")
                tell(f"mail to {endpoint}")("would be sent, once the address is confirmed")
            else:
                tell(f"{protocol} {endpoint}")("is not told here")

    def _subscriptions(self, topic_arn: str) -> Iterator[dict[str, Any]]:
        pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
        for page in pages:
            yield from page["Subscriptions"]
