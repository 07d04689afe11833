"""The way to an account, followed with the Pulumi CLI: what people are told to edit breaks no test.

All edits of the README and of docs/deploy.md are made in a copy of the tree; nothing is deployed.
"""

from __future__ import annotations

import difflib
import re
import shlex
from pathlib import Path

import pytest
import yaml

from local.engine.finding import find_engine
from tests.tree_copy import ROOT, TreeCopy

README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
EDIT = re.compile(r"^ *(pulumi (?:config set|stack init) .+)", re.MULTILINE)
IN_TEXT = re.compile(r"`(pulumi config set [^`]+)`")
LEFT_OUT = "…"
"""What a team fills in; `own-1` and so on here."""


def edits(document: str) -> list[list[str]]:
    """The commands that change a stack's file, as arguments, in the order of the text."""
    found = [*IN_TEXT.findall(document), *EDIT.findall(document)]
    own = (one.replace(LEFT_OUT, f"own-{n}.acme.io") for n, one in enumerate(found))
    return [shlex.split(one, comments=True) for one in own]


class Checkout(TreeCopy):
    """A copy in which the Pulumi CLI works, with a backend of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "checkout")
        (folder / "backend").mkdir()
        self._cli = str(find_engine().command)
        self._environment = {
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def pulumi(self, *arguments: str) -> str:
        """Run the CLI as a person does."""
        return self.run(self._cli, *arguments, **self._environment)

    def stack_file(self, stack: str) -> str:
        return (self.folder / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.life
def test_the_cli_adds_one_line_to_a_stack_file(checkout: Checkout, stack: str) -> None:
    """Skipped in a checkout whose team has begun: then the line is there."""
    before = checkout.stack_file(stack)
    if "encryptionsalt" in before or "encryptedkey" in before:
        pytest.skip("the stack of this checkout has its key already")
    checkout.pulumi("stack", "init", stack)
    lines = difflib.ndiff(before.splitlines(), checkout.stack_file(stack).splitlines())
    changed = [line for line in lines if line[0] in "+-"]
    assert [line.partition(":")[0] for line in changed] == ["+ encryptionsalt"]


@pytest.mark.life
def test_all_edits_of_the_documents_leave_the_tests_green(checkout: Checkout) -> None:
    for _, *arguments in edits(README):
        checkout.pulumi(*arguments)
    made = yaml.safe_load(checkout.stack_file("dev"))["config"]
    assert made["aws-platform:alarmEmails"] == ["oncall@your-company.example"]
    for _, *arguments in edits(DEPLOY):
        if arguments[:3] != ["stack", "init", "dev"]:
            checkout.pulumi(*arguments)
    # What is then said of the settings holds for the files as the CLI has left them.
    for stack in ("dev", "prod", "staging"):
        checkout.run("python", "-m", "local", "preview", stack)
    checkout.run(
        *("python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"),
        *(
            "--ignore",
            "tests/local",
            "--ignore",
            "tests/second_aws",
            "-m",
            "not (slow or walk or life)",
        ),
    )
