import importlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

messages = importlib.import_module("handlers.slack_notifier.messages")

# CloudWatch User Guide, "Notifying users on alarm changes": what SNS gets from an alarm.
ALARM = {
    "AlarmName": "aws-platform-dev-API-5XX-Rate",
    "AlarmDescription": "The API fails. First: look. Runbook: docs/runbook.md#api-5xx-rate",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 2 datapoints were greater than 5.0.",
    "StateChangeTime": "2026-04-09T12:34:56.000+0000",
    "Region": "EU (Frankfurt)",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:aws-platform-dev-API-5XX-Rate",
    "OldStateValue": "OK",
}


def event(*texts: Any, subject: str | None = None) -> dict[str, Any]:
    """An SNS event (Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS")."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "Sns": {
                    "Subject": subject,
                    "Message": text if isinstance(text, str) else json.dumps(text),
                    "Timestamp": "2026-04-09T12:34:57.000Z",
                },
            }
            for text in texts
        ]
    }


def test_an_alarm_is_shown_with_name_state_reason_advice_colour_and_link() -> None:
    [message] = messages.slack_messages(event(ALARM))
    assert message["text"] == "aws-platform-dev-API-5XX-Rate: ALARM"
    [attachment] = message["attachments"]
    assert attachment["color"] == "danger"
    shown = json.dumps(attachment["blocks"])
    for part in ("NewStateReason", "AlarmDescription", "StateChangeTime"):
        assert ALARM[part] in shown
    assert "is ALARM" in shown


@pytest.mark.parametrize(
    ("state", "colour"),
    [("ALARM", "danger"), ("OK", "good"), ("INSUFFICIENT_DATA", "warning"), ("ODD", "#808080")],
)
def test_the_colour_tells_the_state(state: str, colour: str) -> None:
    [message] = messages.slack_messages(event({**ALARM, "NewStateValue": state}))
    assert message["attachments"][0]["color"] == colour


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "console.amazonaws-us-gov.com"),
    ],
)
def test_the_link_opens_the_alarm_in_the_console_of_its_region(
    partition: str, region: str, host: str
) -> None:
    arn = f"arn:{partition}:cloudwatch:{region}:123456789012:alarm:a b/ü"
    assert messages.alarm_link(arn, "a b/ü") == (
        f"https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/a%20b%2F%C3%BC"
    )


@pytest.mark.parametrize(
    "arn", ["", "nonsense", "arn:evil:cloudwatch:x:1:alarm:a", "a:aws:b:>:d:e"]
)
def test_a_foreign_arn_gives_no_link(arn: str) -> None:
    assert messages.alarm_link(arn, "a") == ""


def test_changes_of_one_alarm_are_one_message_and_other_alarms_are_others() -> None:
    recovered = {**ALARM, "NewStateValue": "OK"}
    other = {**ALARM, "AlarmName": "another"}
    first, second = messages.slack_messages(event(ALARM, other, recovered))
    assert first["text"] == "aws-platform-dev-API-5XX-Rate: OK"
    assert [one["color"] for one in first["attachments"]] == ["danger", "good"]
    assert second["text"] == "another: ALARM"


@pytest.mark.parametrize(
    ("sns", "notice"),
    [
        ({}, messages.Notice(subject="AWS notification", state="", text="(no text)")),
        ({"Message": "hi"}, messages.Notice(subject="AWS notification", state="", text="hi")),
        (
            {"Message": '{"AlarmName": "a"}', "Timestamp": "then"},
            messages.Notice(subject="a", state="UNKNOWN", text="", time="then"),
        ),
        (
            {"Message": '{"AlarmName": "a", "StateChangeTime": "now"}', "Timestamp": "then"},
            messages.Notice(subject="a", state="UNKNOWN", text="", time="now"),
        ),
    ],
)
def test_what_a_message_leaves_out_is_said(sns: dict[str, str], notice: Any) -> None:
    assert messages.read_notice(sns) == notice


def test_a_message_that_is_no_alarm_is_shown_as_it_is() -> None:
    [message] = messages.slack_messages(event("Your budget is spent", subject="AWS Budgets"))
    assert message["text"] == "AWS Budgets"
    assert "Your budget is spent" in json.dumps(message["attachments"])


def test_text_mentions_nobody_and_opens_no_link_of_its_own() -> None:
    text = "<!channel> <https://evil.example.com|click> & more"
    [message] = messages.slack_messages(event({**ALARM, "NewStateReason": text}))
    blocks = json.dumps(message["attachments"])
    assert "<!channel>" not in blocks
    assert "<https://evil" not in blocks
    assert "&lt;!channel&gt;" in blocks


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
ALARM_LIKE = st.fixed_dictionaries({}, optional=dict.fromkeys(ALARM, JSON))


def assert_slack_takes(message: dict[str, Any]) -> None:
    """Slack API, "Reference: Layout blocks": text of 1 to 3000 characters, at most 50 blocks."""
    json.dumps(message).encode()
    assert message["text"]
    for attachment in message["attachments"]:
        assert 1 <= len(attachment["blocks"]) <= 50
        for block in attachment["blocks"]:
            text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]
            assert len(text) >= 1
            text.encode()


@given(text=st.one_of(st.text(), JSON.map(json.dumps), ALARM_LIKE.map(json.dumps)))
def test_any_sns_text_makes_a_message_that_slack_takes(text: str) -> None:
    for message in messages.slack_messages(event(text)):
        assert_slack_takes(message)


@given(sns=JSON)
def test_any_shape_of_event_is_survived(sns: Any) -> None:
    for shape in ({"Records": [{"Sns": sns}]}, {"Records": [sns]}, {"Records": sns}, {}):
        for message in messages.slack_messages(shape):
            assert_slack_takes(message)


@pytest.mark.parametrize("text", ["x" * 300_000, "<" * 300_000, "[" * 100_000, "\ud800"])
def test_the_largest_and_oddest_texts_are_cut_to_what_slack_takes(text: str) -> None:
    [message] = messages.slack_messages(event({**ALARM, "NewStateReason": text}))
    [plain] = messages.slack_messages(event(text))
    for one in (message, plain):
        assert_slack_takes(one)
        for block in one["attachments"][0]["blocks"]:
            assert len(block.get("text", {}).get("text", "")) <= 3000
