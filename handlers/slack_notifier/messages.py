"""SNS events as Slack messages: whatever the text is, something readable comes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

COLOURS = {"ALARM": "danger", "OK": "good", "INSUFFICIENT_DATA": "warning"}
OTHER_COLOUR = "#808080"
# Slack API, "Reference: section block": text has at most 3000 characters, escapes included.
LONGEST_TEXT = 3000
LONGEST_TITLE = 150
CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
SlackMessage = dict[str, Any]


@dataclass(frozen=True)
class Notice:
    """What one SNS message says.

    Attributes:
        subject: what it is about: the alarm's name, or the message's subject.
        state: the alarm's new state; empty for other messages.
        text: the reason, or the message's text.
        description: what the alarm means and what to do.
        link: the alarm in the AWS console; empty where unknown.
        time: when it happened, as SNS or CloudWatch writes it.
    """

    subject: str
    state: str
    text: str
    description: str = ""
    link: str = ""
    time: str = ""


def slack_messages(event: Mapping[str, Any]) -> list[SlackMessage]:
    """The Slack messages for an SNS event: one for each alarm, its changes in their order."""
    grouped: dict[str, list[Notice]] = {}
    for record in _objects(event.get("Records")):
        notice = read_notice(record.get("Sns"))
        grouped.setdefault(notice.subject, []).append(notice)
    return [_slack_message(notices) for notices in grouped.values()]


def read_notice(sns: object) -> Notice:
    """What the `Sns` part of a record says."""
    envelope = _object(sns)
    text = _text(envelope.get("Message"))
    time = _text(envelope.get("Timestamp"))
    alarm = _parsed(text)
    if not alarm.get("AlarmName"):
        subject = _text(envelope.get("Subject")) or "AWS notification"
        return Notice(subject=subject, state="", text=text or "(no text)", time=time)
    name = _text(alarm["AlarmName"])
    return Notice(
        subject=name,
        state=_text(alarm.get("NewStateValue")) or "UNKNOWN",
        text=_text(alarm.get("NewStateReason")),
        description=_text(alarm.get("AlarmDescription")),
        link=alarm_link(_text(alarm.get("AlarmArn")), name),
        time=_text(alarm.get("StateChangeTime")) or time,
    )


def alarm_link(arn: str, name: str) -> str:
    """The alarm's page in the console of its region and partition; empty for a foreign ARN.

    The region comes from the ARN: the field `Region` of the message holds a name for people.
    """
    parts = arn.split(":")
    if len(parts) < 6 or parts[1] not in CONSOLES or not parts[3].replace("-", "").isalnum():
        return ""
    region, console = parts[3], CONSOLES[parts[1]]
    host = f"{region}.{console}" if parts[1] == "aws" else console
    return f"https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{quote(name, safe='')}"


def _slack_message(notices: list[Notice]) -> SlackMessage:
    last = notices[-1]
    title = f"{last.subject}: {last.state}" if last.state else last.subject
    return {
        # What phones and screen readers show.
        "text": _escaped(title, LONGEST_TITLE),
        "attachments": [_attachment(notice) for notice in notices],
    }


def _attachment(notice: Notice) -> dict[str, Any]:
    title = _escaped(notice.subject, LONGEST_TITLE)
    if notice.link:
        title = f"<{notice.link}|{title}>"
    heading = f"*{title}*" + (
        f" is {_escaped(notice.state, LONGEST_TITLE)}" if notice.state else ""
    )
    paragraphs = [heading, _escaped(notice.text, LONGEST_TEXT)]
    blocks = [_section(text) for text in paragraphs if text]
    if notice.description:
        blocks.append(_section(_escaped(notice.description, LONGEST_TEXT)))
    if notice.time:
        context = {"type": "mrkdwn", "text": _escaped(notice.time, LONGEST_TITLE)}
        blocks.append({"type": "context", "elements": [context]})
    return {"color": COLOURS.get(notice.state, OTHER_COLOUR), "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escaped(text: str, longest: int) -> str:
    """The text cut and with Slack's control characters escaped, so that it mentions nobody."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if len(escaped) <= longest:
        return escaped
    cut = escaped[: longest - 1]
    start, _, end = cut.rpartition("&")
    # Not in the middle of an escape: half of one would be shown as it is.
    return (start if start and ";" not in end else cut) + "…"


def _parsed(text: str) -> dict[str, Any]:
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _objects(value: object) -> Iterable[dict[str, Any]]:
    return (
        [_object(item) for item in cast("list[object]", value)] if isinstance(value, list) else []
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        # A lone surrogate is valid JSON and no valid UTF-8.
        return value.encode("utf-8", "replace").decode()
    return "" if value is None else json.dumps(value, default=str)
