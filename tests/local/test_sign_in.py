"""The way from a sign-up to a token, docs/sign-in.md, walked with the AWS CLI and curl."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.serving import instructions
from local.session import Session
from local.shell import environment_of_children
from tests.local.served_platform import Api

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "sign-in.md").read_text()
TITLES = re.findall(r"^## (.+)$", DOCUMENT, re.MULTILINE)


def commands(title: str) -> str:
    section = DOCUMENT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


@pytest.mark.xdist_group("dev")
def test_the_commands_lead_from_a_sign_up_to_an_admin_s_token(session: Session, api: Api) -> None:
    exported = [line for line in instructions(session).splitlines() if line.startswith("export ")]
    said = [title for title in TITLES if title != "What the commands need"]
    script = "\n".join(["set -eux", *exported, *map(commands, said)])
    environment = {
        **environment_of_children(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    answers = [json.loads(line) for line in done.stdout.replace("}{", "}\n{").splitlines()[-3:]]
    _, created, listed = answers
    assert created["email"] == "ada@your-company.example"
    assert created in listed["items"]
    assert api("DELETE", f"/v1/users/{created['userId']}", "admin").status == 204
