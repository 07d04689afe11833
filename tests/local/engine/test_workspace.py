import subprocess
from pathlib import Path

import pytest
import yaml

from local.engine.workspace import create_workspace
from local.failures import UserError


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text())


def test_an_unknown_stack_is_refused_with_those_that_exist(checkout: Path, tmp_path: Path) -> None:
    (checkout / "Pulumi.prod.yaml").write_text("config: {}\n")
    with pytest.raises(UserError, match=r"no stack 'staging'.*The stacks here are: dev, prod\."):
        create_workspace(checkout, "staging", tmp_path / "work")


def test_encrypted_values_become_named_placeholders(checkout: Path, tmp_path: Path) -> None:
    (checkout / "Pulumi.dev.yaml").write_text(
        "encryptionsalt: v1:abc\n"
        "secretsprovider: awskms://alias/x\n"
        "config:\n"
        "  aws-platform:slackWebhookUrl: {secure: v1:x}\n"
        "  aws-platform:nested: {list: [{secure: v1:y}, 2], plain: z}\n"
        "  bare: 1\n"
        "  aws:region: eu-west-1\n"
    )
    workspace = create_workspace(checkout, "dev", tmp_path / "work")
    assert read(workspace.stack_file) == {
        "config": {
            "aws-platform:slackWebhookUrl": "https://placeholder.invalid/slackWebhookUrl",
            "aws-platform:nested": {
                "list": ["https://placeholder.invalid/nested.list[0]", 2],
                "plain": "z",
            },
            "aws-platform:bare": 1,
            "aws:region": "eu-west-1",
            "aws:skipCredentialsValidation": True,
        }
    }
    assert workspace.placeholders == (
        "aws-platform:slackWebhookUrl",
        "aws-platform:nested.list[0]",
    )


def test_examples_of_a_protected_stack_and_of_the_project_become_stand_ins(
    checkout: Path, tmp_path: Path
) -> None:
    with (checkout / "Pulumi.yaml").open("a") as project:
        project.write(
            "config: {aws-platform:alarmEmails: {type: array, default: [a@example.org]},"
            " aws-platform:natGateways: {description: without a default}}\n"
        )
    (checkout / "Pulumi.dev.yaml").write_text(
        "config: {deletionProtection: true, api: {corsOrigins: ['https://app.test', 'https://a.io']}}"
    )
    workspace = create_workspace(checkout, "dev", tmp_path / "work")
    assert read(workspace.stack_file)["config"] == {
        "aws-platform:deletionProtection": True,
        "aws-platform:api": {"corsOrigins": ["https://app.test.internal", "https://a.io"]},
        "aws-platform:alarmEmails": ["a@example.org.internal"],
        "aws:skipCredentialsValidation": True,
    }
    assert workspace.stand_ins == (
        "aws-platform:alarmEmails[0]",
        "aws-platform:api.corsOrigins[0]",
    )


def test_overrides_need_no_namespace_and_reach_into_objects(checkout: Path, tmp_path: Path) -> None:
    (checkout / "Pulumi.dev.yaml").write_text("config: {aws-platform:cache: {nodeCount: 2, a: b}}")
    workspace = create_workspace(checkout, "dev", tmp_path / "work")
    workspace.configure({"cache.nodeCount": "1", "aws-platform:api.cacheEnabled": "true"})
    assert read(workspace.stack_file)["config"] == {
        "aws-platform:cache": {"nodeCount": 1, "a": "b"},
        "aws-platform:api": {"cacheEnabled": True},
        "aws:skipCredentialsValidation": True,
    }


def test_the_checkout_is_left_as_it_was(checkout: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in checkout.iterdir()}
    create_workspace(checkout, "dev", tmp_path / "work").configure({"a": "1"})
    assert {path.name: path.read_bytes() for path in checkout.iterdir()} == before


def test_the_engine_is_told_to_use_our_plugins(checkout: Path, tmp_path: Path) -> None:
    workspace = create_workspace(checkout, "dev", tmp_path / "work")
    providers = read(workspace.folder / "Pulumi.yaml")["plugins"]["providers"]
    assert [provider["name"] for provider in providers] == ["aws", "awsx", "random"]
    for provider in providers:
        launcher = Path(provider["path"]) / f"pulumi-resource-{provider['name']}"
        assert launcher.stat().st_mode & 0o100


def test_a_plugin_notes_its_process_so_that_it_can_be_ended(checkout: Path, tmp_path: Path) -> None:
    workspace = create_workspace(checkout, "dev", tmp_path / "work folder")
    launcher = workspace.folder / "plugins" / "aws" / "pulumi-resource-aws"
    process = subprocess.Popen([launcher], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert int(process.stdout.readline()) > 0  # the port that the plugin listens on
        assert [note.name for note in workspace.plugin_pids.iterdir()] == [str(process.pid)]
    finally:
        process.kill()
        process.communicate()
