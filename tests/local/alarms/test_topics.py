"""Who is told through a topic, and how."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from local.alarms.topics import Topics

TOPIC = "arn:aws:sns:us-east-1:123456789012:pages"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:notify:live"


class Sns:
    """Answers with subscriptions, a page each, in place of the client."""

    def __init__(self, *subscriptions: tuple[str, str]) -> None:
        self._subscriptions = subscriptions

    def get_paginator(self, operation: str) -> Sns:
        assert operation == "list_subscriptions_by_topic"
        return self

    def paginate(self, TopicArn: str) -> list[dict[str, Any]]:  # noqa: N803
        assert TopicArn == TOPIC
        return [
            {
                "Subscriptions": [
                    {"Protocol": name, "Endpoint": to, "SubscriptionArn": f"{TOPIC}:{number}"}
                ]
            }
            for number, (name, to) in enumerate(self._subscriptions)
        ]


def publish(
    *subscriptions: tuple[str, str], mail: str = "what mails say"
) -> tuple[list[Any], list[tuple[str, str]], dict[str, list[str]]]:
    """The events of functions, the mails, and who is told what came of it."""
    events: list[Any] = []
    mails: list[tuple[str, str]] = []
    told: dict[str, list[str]] = {}

    class Invocations:
        def invoke(self, function: str, event: Any, on_progress: Callable[[str], None]) -> None:
            assert function == FUNCTION
            events.append(event)
            on_progress("done")

    def tell(who: str) -> Callable[[str], None]:
        return told.setdefault(who, []).append

    def send(to: str, text: str) -> None:
        mails.append((to, text))

    def client(service: str) -> Sns:
        assert service == "sns"
        return Sns(*subscriptions)

    topics = Topics(client, Invocations(), send)  # pyright: ignore
    topics.publish(TOPIC, "the subject", "the message", tell, mail=mail)
    return events, mails, told


def test_a_function_gets_the_event_that_sns_sends() -> None:
    """AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications"."""
    before = datetime.now(UTC)
    (event,), mails, told = publish(("lambda", FUNCTION))
    (record,) = event["Records"]
    sns = record.pop("Sns")
    assert record == {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{TOPIC}:0",
    }
    assert uuid.UUID(sns.pop("MessageId")).version == 4
    time = sns.pop("Timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time)
    assert abs(datetime.fromisoformat(time) - before).total_seconds() < 60
    assert sns == {
        "Type": "Notification",
        "TopicArn": TOPIC,
        "Subject": "the subject",
        "Message": "the message",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertUrl": "EXAMPLE",
        "UnsubscribeUrl": "EXAMPLE",
        "MessageAttributes": {},
    }
    assert mails == []
    assert told == {"function notify:live": ["done"]}


@pytest.mark.parametrize("protocol", ["email", "email-json"])
@pytest.mark.parametrize(("mail", "text"), [("what mails say",) * 2, ("", "the message")])
def test_a_mail_has_the_subject_and_its_own_text(protocol: str, mail: str, text: str) -> None:
    events, mails, told = publish((protocol, "a@example.com"), mail=mail)
    assert events == []
    assert mails == [("mail to a@example.com", f"the subject\n{text}")]
    assert told == {"mail to a@example.com": ["would be sent, once the address is confirmed"]}


def test_everybody_who_has_subscribed_is_told_and_others_are_shown() -> None:
    events, mails, told = publish(
        ("sms", "+1"), ("email", "a@example.com"), ("lambda", FUNCTION), ("email", "b@example.com")
    )
    assert len(events) == 1
    assert [to for to, _ in mails] == ["mail to a@example.com", "mail to b@example.com"]
    assert told["sms +1"] == ["is not told here"]
    assert list(told) == [
        "sms +1",
        "mail to a@example.com",
        "function notify:live",
        "mail to b@example.com",
    ]
