"""The README says what is there: commands, files, settings, folders."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from local.cli import application
from local.provider.registry import recorded_only_tokens
from local.session import SESSION_FILE
from settings import described_settings
from tests.pulumi_recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXT = README.partition("<!-- settings: ")[0]
"""All that people write; the table of settings is generated."""


def section(title: str) -> str:
    """The text below a heading, to the next one of the same depth."""
    _, found, after = TEXT.partition(f"\n## {title}\n")
    assert found, f"README has no section {title}"
    return after.partition("\n## ")[0]


def setting_keys() -> set[str]:
    """Every key, and the groups that hold keys."""
    keys = [key for key, _ in described_settings()]
    groups = [key[:dot] for key in keys for dot, sign in enumerate(key) if sign == "."]
    return {*keys, *groups}


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE))
    assert {"local", "test"} <= named
    assert named - targets == set()


def test_every_local_command_named_exists_and_none_is_left_out() -> None:
    commands = {
        one.name or one.callback.__name__ for one in application.registered_commands if one.callback
    }
    assert set(re.findall(r"python -m local (\w+)", TEXT)) == commands


def test_every_module_named_as_a_command_exists() -> None:
    named = set(re.findall(r"python -m ([\w.]+)", README))
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []


def test_every_file_named_exists() -> None:
    # A name without a folder is a file of the root, or one of each function's.
    named = set(re.findall(r"`((?:\.?[\w-]+/)*[\w.-]+\.(?:py|yaml|yml|md|json))`", TEXT))
    links = set(re.findall(r"\]\((?!https?:)([^)#]+)", TEXT))
    anywhere = [ROOT, ROOT / "handlers" / "orders"]
    missing = [
        name
        for name in sorted(named | links)
        if not any((folder / name).is_file() for folder in anywhere)
    ]
    assert "components/shared/function.py" in named
    only_while_a_run_lasts = {str(SESSION_FILE.relative_to(ROOT))}
    assert set(missing) <= only_while_a_run_lasts


def test_every_folder_has_a_row_and_every_row_a_folder() -> None:
    rows = set(re.findall(r"^\| `([\w.]+)/` \|", section("Folders"), re.MULTILINE))
    hidden = {folder for folder in (".ci", ".github") if (ROOT / folder).is_dir()}
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and any(path.rglob("*.*"))
    }
    assert rows == folders | hidden


def test_every_setting_named_in_a_command_exists() -> None:
    commands = re.findall(
        r"(?:pulumi config set(?: --\w+)* |-c )'?([a-zA-Z]+(?:\.[a-zA-Z]+)*)", TEXT
    )
    assert "cache.nodeCount" in commands
    assert set(commands) - setting_keys() == set()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_stack_output_named_is_exported(stack: str, request: pytest.FixtureRequest) -> None:
    recorder: Recorder = request.getfixturevalue(stack)
    named = set(
        re.findall(r"(?:output|stack output|outputs) `?(\w+)`?", section("Deploy to an account"))
    )
    assert named == {"slackNotifications", "unconfirmedAlarmEmails", "userPoolId"}
    assert named - set(recorder.outputs) == set()


def test_what_is_only_recorded_is_named() -> None:
    listed = set(re.findall(r"`(aws:\w+:\w+)`", section("What a local run does not prove")))
    assert listed == {re.sub(r"/\w+:", ":", token) for token in recorded_only_tokens()}


def test_the_origins_of_prod_are_those_named(prod: Recorder) -> None:
    named = re.findall(r"`(https://\w+\.example\.com)`", section("Deploy to an account"))
    function = prod.one("aws:lambda/function:Function", "api-orders-function")
    assert named == function.inputs["environment"]["variables"]["CORS_ORIGINS"].split(",")


def test_exactly_the_dev_stack_leaves_the_account_role_to_another(
    dev: Recorder, prod: Recorder
) -> None:
    assert "In `Pulumi.dev.yaml` it is false" in TEXT
    assert not dev.of("aws:apigateway/account:Account")
    assert prod.one("aws:apigateway/account:Account").options.retain_on_delete is True


def test_as_many_keys_wait_for_their_deletion_as_the_text_says(prod: Recorder) -> None:
    assert "two KMS keys that wait 30 days" in section("Destroy")
    assert [one.inputs["deletionWindowInDays"] for one in prod.of("aws:kms/key:Key")] == [30, 30]
