import importlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

TOKEN = "T000/B000/s3cr3t-part-of-the-webhook"


@dataclass
class Slack:
    """A stand-in for Slack: answers as told and keeps what it got."""

    port: int = 0
    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    delay_seconds: float = 0
    received: list[Any] = field(default_factory=list[Any])
    paths: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/{TOKEN}"


@pytest.fixture
def slack() -> Iterator[Slack]:
    stand_in = Slack()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stand_in.paths.append(self.path)
            stand_in.received.append(json.loads(body))
            time.sleep(stand_in.delay_seconds)
            self.send_response(stand_in.status)
            for name, value in stand_in.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(stand_in.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    stand_in.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def notifier(aws: None) -> Any:
    return importlib.import_module("handlers.slack_notifier.function")


@pytest.fixture
def refused(notifier: Any) -> type[Exception]:
    return importlib.import_module("handlers.slack_notifier.webhook").SlackRefused


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, aws: None) -> Callable[[str], None]:
    """Stores a webhook's secret, each time another so that none is cached."""
    clients = importlib.import_module("handlers.common.aws_clients")

    def configure(secret: str) -> None:
        name = f"slack-webhook-{uuid.uuid4()}"
        clients.secrets_manager().create_secret(Name=name, SecretString=secret)
        monkeypatch.setenv("SLACK_WEBHOOK_SECRET_ARN", name)

    return configure


def event(*names: str) -> dict[str, Any]:
    return {
        "Records": [
            {"Sns": {"Message": json.dumps({"AlarmName": name, "NewStateValue": "ALARM"})}}
            for name in names
        ]
    }


def test_an_alarm_is_posted_to_the_webhook_in_the_secret(
    notifier: Any, configured: Callable[[str], None], slack: Slack
) -> None:
    configured(json.dumps({"url": slack.url}))
    assert notifier.lambda_handler(event("High"), None) == {"sent": 1}
    assert slack.paths == [f"/services/{TOKEN}"]
    assert slack.received[0]["text"] == "High: ALARM"


def test_without_a_webhook_nothing_is_sent_and_nothing_fails(
    notifier: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLACK_WEBHOOK_SECRET_ARN", raising=False)
    assert notifier.lambda_handler(event("High"), None) == {"sent": 0}


def test_a_429_is_raised_with_the_wait_so_that_lambda_tries_again(
    notifier: Any, refused: type[Exception], configured: Callable[[str], None], slack: Slack
) -> None:
    configured(json.dumps({"url": slack.url}))
    slack.status, slack.headers, slack.body = 429, {"Retry-After": "30"}, b"rate_limited"
    with pytest.raises(refused, match=r"Slack answered 429 \(rate_limited\)") as raised:
        notifier.lambda_handler(event("High"), None)
    assert raised.value.retry_after_seconds == 30  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [302, 400, 403, 404, 500, 503])
def test_every_other_answer_is_a_failure_and_no_redirect_is_followed(
    notifier: Any,
    refused: type[Exception],
    configured: Callable[[str], None],
    slack: Slack,
    status: int,
) -> None:
    configured(json.dumps({"url": slack.url}))
    slack.status, slack.headers = status, {"Location": slack.url}
    with pytest.raises(refused, match=f"Slack answered {status}"):
        notifier.lambda_handler(event("High"), None)
    assert len(slack.received) == 1


@pytest.mark.slow
def test_a_slow_slack_is_given_up_after_three_seconds(
    notifier: Any, refused: type[Exception], configured: Callable[[str], None], slack: Slack
) -> None:
    configured(json.dumps({"url": slack.url}))
    slack.delay_seconds = 3.5
    begun = time.monotonic()
    with pytest.raises(refused, match="no answer from Slack: TimeoutError"):
        notifier.lambda_handler(event("High"), None)
    assert 2.9 < time.monotonic() - begun < 3.4


@pytest.mark.parametrize(
    "secret",
    [
        '{"url": "http://127.0.0.1:1/services/s3cr3t"}',
        '{"url": "https://no such host.invalid/s3cr3t"}',
        '{"url": "http://127.0.0.1:99999/s3cr3t"}',
        '{"other": "s3cr3t"}',
        '["s3cr3t"]',
        "s3cr3t",
    ],
)
def test_slack_out_of_reach_and_broken_secrets_fail_without_naming_the_webhook(
    notifier: Any,
    refused: type[Exception],
    configured: Callable[[str], None],
    log: Callable[[], str],
    secret: str,
) -> None:
    configured(secret)
    with pytest.raises(refused) as raised:
        notifier.lambda_handler(event("High"), None)
    assert "s3cr3t" not in str(raised.value) + log()
    assert raised.value.__cause__ is None


def test_what_slack_answers_never_brings_the_webhook_into_the_log(
    notifier: Any,
    refused: type[Exception],
    configured: Callable[[str], None],
    slack: Slack,
    log: Callable[[], str],
) -> None:
    configured(json.dumps({"url": slack.url}))
    slack.status, slack.body = 404, f"no such hook: {TOKEN}".encode()
    with pytest.raises(refused) as raised:
        notifier.lambda_handler(event("High"), None)
    assert "s3cr3t" not in str(raised.value) + log()


def test_one_refused_message_does_not_hold_back_the_others(
    notifier: Any, refused: type[Exception], configured: Callable[[str], None], slack: Slack
) -> None:
    configured(json.dumps({"url": slack.url}))
    slack.status = 500
    with pytest.raises(refused):
        notifier.lambda_handler(event("A", "B"), None)
    assert [message["text"] for message in slack.received] == ["A: ALARM", "B: ALARM"]
