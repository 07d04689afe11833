"""A team's own accounts, roles and proxies have no part in a run on this machine."""

import inspect
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest
import yaml

from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from local.engine.provider_config import OF_AN_ACCOUNT, TAKEN_OVER, without_accounts
from local.engine.workspace import create_workspace
from tests.local.inventory import Inventory

CONFIG: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "aws:defaultTags": {"tags": {"CostCentre": "42"}},
    "aws:profile": "somebody",
    "aws:accessKey": {"secure": "v1:x"},
    "aws:assumeRoles": [{"roleArn": "arn:aws:iam::1:role/x", "externalId": {"secure": "v1:y"}}],
    "aws:allowedAccountIds": ["210987654321"],
    "aws:forbiddenAccountIds": ["123456789012"],
    "aws:endpoints": [{"sts": "http://127.0.0.1:1"}],
    "aws:httpsProxy": "http://127.0.0.1:1",
}


def config_key(name: str) -> str:
    first, *others = name.split("_")
    return "aws:" + first + "".join(part.capitalize() for part in others)


def test_of_every_key_of_the_provider_it_is_decided_whether_it_is_taken_over() -> None:
    keys = {config_key(name) for name in inspect.signature(pulumi_aws.ProviderArgs).parameters}

    assert len(keys) > 30
    assert keys == OF_AN_ACCOUNT | TAKEN_OVER
    assert not OF_AN_ACCOUNT & TAKEN_OVER


def test_what_is_about_an_account_is_left_out_and_asks_for_no_placeholder(
    checkout: Path, tmp_path: Path
) -> None:
    (checkout / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": CONFIG}))

    workspace = create_workspace(checkout, "dev", tmp_path / "work")

    assert yaml.safe_load(workspace.stack_file.read_text())["config"] == {
        "aws:region": "eu-west-1",
        "aws:defaultTags": {"tags": {"CostCentre": "42"}},
        "aws:skipCredentialsValidation": True,
    }
    assert workspace.placeholders == ()


def test_tags_that_only_their_owner_can_read_are_left_out() -> None:
    kept = without_accounts({"aws:defaultTags": {"secure": "v1:x"}, "aws:region": "eu-west-1"})

    assert "aws:defaultTags" not in kept


def test_a_misspelt_key_stays_for_the_program_to_refuse() -> None:
    assert without_accounts({"aws:profle": "x"})["aws:profle"] == "x"


@pytest.mark.xdist_group("tiny")
def test_a_stack_that_is_held_to_a_teams_account_runs_here_and_has_its_tags(
    engine: Engine, checkout: Path
) -> None:
    (checkout / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": CONFIG}))
    (checkout / "__main__.py").write_text(
        "import pulumi, pulumi_aws as aws, settings\n"
        "from components.shared.environment import Environment\n"
        "from components.shared.environment_settings import EnvironmentSettings\n"
        "made = Environment.of_stack(\n"
        "    settings.region(), EnvironmentSettings(), settings.provider_configuration()\n"
        ")\n"
        "opts = pulumi.ResourceOptions(provider=made.provider)\n"
        "aws.cloudwatch.LogGroup('logs', name='logs', opts=opts)\n"
        "pulumi.export('account', made.account_id)\n"
    )
    with open_deployment("dev", checkout=checkout) as deployment:
        deployment.up()
        assert deployment.outputs() == {"account": "123456789012"}
        logs = Inventory(deployment.aws).client("logs")
        assert logs.list_tags_log_group(logGroupName="logs")["tags"] == {
            "CostCentre": "42",
            "Project": "aws-platform",
            "Environment": "dev",
            "ManagedBy": "Pulumi",
        }
