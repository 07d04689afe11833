"""Values of settings that are checked by their form."""

import pytest

from components.shared.allowed_values import is_slack_webhook


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://hooks.slack.com/services/T/B/x",
        "http://127.0.0.1:8000/_local/slack",
        "http://localhost/x",
        "http://[::1]:8000/x",
    ],
)
def test_a_webhook_is_https_or_of_this_machine(value: str) -> None:
    assert is_slack_webhook(value)


@pytest.mark.parametrize(
    "value",
    [
        "http://hooks.slack.com/services/T/B/x",
        "http://127.0.0.1.example.com/x",
        "http://localhost.example.com/x",
        "http://127.0.0.1@example.com/x",
        "http://[::1/x",
        "ftp://127.0.0.1/x",
        "https://",
        "https://hooks.slack.com/a b",
        "127.0.0.1:8000/x",
    ],
)
def test_nothing_else_is_a_webhook(value: str) -> None:
    assert not is_slack_webhook(value)
