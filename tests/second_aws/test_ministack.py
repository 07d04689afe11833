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
print(aws.access.endpoint, aws.folder, flush=True)
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


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="other systems do not tell")
def test_it_listens_at_one_port_of_loopback_only(ministack: MiniStack) -> None:
    ministack_s = {str(file.readlink()) for file in Path(f"/proc/{ministack.pid}/fd").iterdir()}
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in ministack_s]
    port = int(ministack.access.endpoint.rpartition(":")[2])
    assert listening == [f"0100007F:{port:04X}"]


def test_it_ends_with_its_starter() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    endpoint, folder = starter.stdout.readline().split()
    assert status(endpoint) == 403
    starter.kill()
    starter.wait()
    until = time.monotonic() + 10
    while (answering := answers(endpoint)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not answering
    assert not Path(folder).exists()


def test_without_it_one_is_told_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "PYTHON", tmp_path / "python")
    with pytest.raises(UserError, match="Install it: make second-aws"):
        MiniStack()
