"""The README, and what it leads to, says what is there: commands, files, settings, folders."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from components.shared.provider_configuration import arguments_by_key
from local.cli import application
from local.provider.registry import recorded_only_tokens
from settings import SettingsError, described_settings, parse
from tests.pulumi_recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 150


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README = read("README.md")
DEPLOY = read("docs/deploy.md")
LOCAL_RUN = read("docs/local-run.md")
# All that people write; the table of settings is generated.
SETTINGS = read("docs/settings.md").partition("<!-- settings: ")[0]
DOCUMENTS = {
    "README.md": README,
    "docs/architecture.md": read("docs/architecture.md"),
    "docs/deploy.md": DEPLOY,
    "docs/local-run.md": LOCAL_RUN,
    "docs/recipes.md": read("docs/recipes.md"),
    "docs/settings.md": SETTINGS,
    "docs/sign-in.md": read("docs/sign-in.md"),
    "CHANGELOG.md": read("CHANGELOG.md"),
}
TEXT = "\n".join(DOCUMENTS.values())


def section(document: str, title: str) -> str:
    """The text below a heading, to the next one of the same depth."""
    _, found, after = document.partition(f"\n## {title}\n")
    assert found, f"there is no section {title}"
    return after.partition("\n## ")[0]


def anchors(document: str) -> set[str]:
    """What links within a document may lead to, as GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}


def setting_keys() -> set[str]:
    """Every key, and the groups that hold keys."""
    keys = [key for key, _ in described_settings()]
    groups = [key[:dot] for key in keys for dot, sign in enumerate(key) if sign == "."]
    return {*keys, *groups}


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < MOST_LINES


def test_every_document_is_linked_from_the_readme() -> None:
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.*")}
    own = {path.name for path in ROOT.glob("*.md")} - {"README.md"}
    linked = set(re.findall(r"\]\(([^)#]+)", README))
    assert (documents | own) - linked == set()


def test_docs_holds_documents_only() -> None:
    kinds = {path.suffix for path in (ROOT / "docs").iterdir() if path.is_file()}
    assert kinds <= {".md", ".json", ".png"}


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", TEXT, re.MULTILINE))
    assert {"local", "test"} <= named
    assert named - targets == set()


def test_every_local_command_named_exists_and_none_is_left_out() -> None:
    commands = {
        one.name or one.callback.__name__ for one in application.registered_commands if one.callback
    }
    assert set(re.findall(r"python -m local (\w+)", LOCAL_RUN)) == commands
    assert set(re.findall(r"python -m local (\w+)", TEXT)) == commands


def test_every_module_named_as_a_command_exists() -> None:
    named = set(re.findall(r"python -m ([\w.]+)", TEXT))
    assert [name for name in sorted(named) if importlib.util.find_spec(name) is None] == []


def test_every_file_named_exists() -> None:
    # A name without a folder is a file of the root, one of each function's, or one of local/.
    named = set(re.findall(r"`((?:\.?[\w-]+/)*[\w.-]+\.(?:py|yaml|yml|md|json))`", TEXT))
    anywhere = [ROOT, ROOT / "handlers" / "orders", ROOT / "local"]
    missing = [name for name in named if not any((one / name).is_file() for one in anywhere)]
    assert "components/shared/function.py" in named
    only_while_a_run_lasts = {".local/sessions/PORT.json"}
    assert set(missing) <= only_while_a_run_lasts


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", DOCUMENTS[name]):
        path = (ROOT / name).parent / target if target else ROOT / name
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path.read_text(encoding="utf-8")), anchor


def test_every_folder_has_a_row_and_every_row_a_folder() -> None:
    rows = set(re.findall(r"^\| `([\w.]+)/` \|", section(README, "Folders"), re.MULTILINE))
    hidden = {folder for folder in (".ci", ".github") if (ROOT / folder).is_dir()}
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and any(path.rglob("*.*"))
    }
    assert rows == folders | hidden


def test_the_parts_of_a_local_run_are_its_folders() -> None:
    row = re.search(r"^\| `local/` \|.+: ([\w, ]+) \|$", README, re.MULTILINE)
    assert row
    assert set(row[1].split(", ")) == {
        path.name for path in (ROOT / "local").iterdir() if (path / "__init__.py").is_file()
    }


def test_every_setting_named_in_a_command_exists() -> None:
    commands = re.findall(
        r"(?:pulumi config set(?: --\w+)* |-c )'?([a-zA-Z]+(?:\.[a-zA-Z]+)*)(?![:\w])", TEXT
    )
    assert "cache.nodeCount" in commands
    assert set(commands) - setting_keys() == set()


def test_every_setting_of_the_aws_provider_named_exists() -> None:
    named = set(re.findall(r"\baws:([a-zA-Z]\w+)\b(?![:/-])", TEXT))
    assert "allowedAccountIds" in named
    assert named - set(arguments_by_key()) == set()


def test_every_setting_named_exists() -> None:
    sections = {key.partition(".")[0] for key in setting_keys() if "." in key}
    named = set(re.findall(r"`([a-zA-Z]+(?:\.[a-zA-Z]+)+)`", TEXT))
    named = {name for name in named if name.partition(".")[0] in sections}
    assert "database.engineVersion" in named
    assert named - setting_keys() == set()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_stack_output_named_is_exported(stack: str, request: pytest.FixtureRequest) -> None:
    recorder: Recorder = request.getfixturevalue(stack)
    named = set(re.findall(r"(?:stack output |outputs? `)(\w+)", TEXT))
    assert {"slackNotifications", "unconfirmedAlarmEmails", "userPoolId"} <= named
    assert named - set(recorder.outputs) == set()


def test_what_is_only_recorded_is_named() -> None:
    listed = set(re.findall(r"`(aws:\w+:\w+)`", section(LOCAL_RUN, "What it does not prove")))
    assert listed == {re.sub(r"/\w+:", ":", token) for token in recorded_only_tokens()}


def test_the_commands_before_the_first_up_of_prod_are_those_that_it_is_refused_with() -> None:
    origins = ["https://app.example.com", "https://admin.example.com"]
    with pytest.raises(SettingsError) as refused:
        parse({"deletionProtection": True, "api": {"corsOrigins": origins}})
    paths = re.findall(r"set --path 'aws-platform:([^']+)' <yours>", str(refused.value))
    described = section(DEPLOY, "Deploy to an account").partition("**Prod.**")[2]
    named = re.findall(r"^ +pulumi config set --path '([^']+)'", described, re.MULTILINE)
    assert sorted(named) == sorted(paths)
    assert len(named) == 3


def test_exactly_the_dev_stack_leaves_the_account_role_to_another(
    dev: Recorder, prod: Recorder
) -> None:
    assert "In `Pulumi.dev.yaml` it is false" in DEPLOY
    assert not dev.of("aws:apigateway/account:Account")
    assert prod.one("aws:apigateway/account:Account").options.retain_on_delete is True


def test_as_many_keys_wait_for_their_deletion_as_the_text_says(prod: Recorder) -> None:
    assert "two KMS keys that wait 30 days" in section(DEPLOY, "Destroy")
    assert [one.inputs["deletionWindowInDays"] for one in prod.of("aws:kms/key:Key")] == [30, 30]
