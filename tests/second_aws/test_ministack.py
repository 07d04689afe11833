"""MiniStack as a child process: for its owner only, on this machine only, gone with its starter."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.aws import ministack as module
from local.aws.access import AwsAccess
from local.aws.clients import AwsClients
from local.aws.ministack import MiniStack
from local.checkout import CHECKOUT
from local.failures import UserError

STARTER = """
import time
from local.aws.ministack import MiniStack
aws = MiniStack()
print(aws.access.endpoint, flush=True)
time.sleep(600)
"""


def status(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def answers(url: str) -> bool:
    try:
        return bool(status(url))
    except OSError:
        return False


def test_it_takes_calls_with_the_key_of_its_run(ministack: MiniStack) -> None:
    assert AwsClients(ministack.access)("sqs").list_queues().get("QueueUrls", []) == []


def test_it_refuses_calls_with_another_key_without_one_and_from_pages(
    ministack: MiniStack,
) -> None:
    stranger = AwsClients(AwsAccess.new(ministack.access.endpoint))
    with pytest.raises(ClientError, match="403"):
        stranger("dynamodb").list_tables()
    url = f"{ministack.access.endpoint}/?Action=ListTopics&Version=2010-03-31"
    assert status(url) == 403
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={ministack.access.access_key_id}/a"}
    assert status(url, **signed) != 403
    assert status(url, **signed, Origin="https://example.com") == 403
    assert status(url, **signed, Host="example.com") == 403


def test_it_listens_on_loopback_only(ministack: MiniStack) -> None:
    found = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    mine = [line.split()[3] for line in found.splitlines() if f"pid={ministack.pid}," in line]
    assert mine == [ministack.access.endpoint.removeprefix("http://")]


def test_it_ends_with_its_starter() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    endpoint = starter.stdout.readline().strip()
    assert status(endpoint) == 403
    starter.kill()
    starter.wait()
    until = time.monotonic() + 10
    while (answering := answers(endpoint)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not answering


def test_without_it_one_is_told_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "PYTHON", tmp_path / "python")
    with pytest.raises(UserError, match="Install it: make second-aws"):
        MiniStack()
