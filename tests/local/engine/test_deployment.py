"""The real program on the real engine: dev and prod, from the first `up` to the last resource."""

from __future__ import annotations

import gc
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.shared import lambda_code
from local.engine.deployment import Deployment, open_deployment
from local.engine.events import Change
from local.engine.finding import Engine
from local.failures import DeploymentError, UserError
from local.provider.registry import recorded_only_tokens
from tests.local.as_asked import not_as_asked
from tests.local.changed_settings import CHANGED_SETTINGS, changes_of
from tests.local.inventory import LISTS, Inventory, Resource, identifier
from tests.pulumi_recorder import STACK_FILES

ENGINE_TYPES = ("pulumi:", "aws-platform:", "awsx:", "random:")

STACKS = [
    pytest.param("dev", marks=pytest.mark.xdist_group("dev")),
    pytest.param("prod", marks=[pytest.mark.xdist_group("prod"), pytest.mark.life]),
]


@pytest.fixture(scope="module")
def own_dev(engine: Engine) -> Iterator[Deployment]:
    """A dev stack that may be destroyed."""
    with open_deployment("dev", stack_files=STACK_FILES) as deployment:
        yield deployment


@pytest.fixture
def deployed(request: pytest.FixtureRequest) -> Deployment:
    """The shared deployment of the stack that the test is run for."""
    return request.getfixturevalue(f"deployed_{request.param}")


for_both_stacks = pytest.mark.parametrize("deployed", STACKS, indirect=True)


def aws_resources(deployment: Deployment) -> list[Resource]:
    """What the state says is in AWS."""
    return [
        resource
        for resource in deployment.export()["deployment"].get("resources", [])
        if resource["custom"]
        and not resource["type"].startswith(ENGINE_TYPES)
        and resource["type"] not in recorded_only_tokens()
    ]


def name(change: Change) -> str:
    return change.urn.rsplit("::", 1)[1]


def type_of(change: Change) -> str:
    return change.urn.split("::")[2].rsplit("$", 1)[-1]


@for_both_stacks
def test_every_resource_is_in_aws(deployed: Deployment) -> None:
    inventory = Inventory(deployed.aws)
    resources = aws_resources(deployed)
    assert len(resources) > 150
    assert {resource["type"] for resource in resources} <= set(LISTS)
    missing = [
        resource["urn"]
        for resource in resources
        if identifier(resource) not in inventory.of(resource["type"])
    ]
    assert missing == []


@for_both_stacks
def test_no_resource_is_made_by_a_provider_that_does_not_know_the_account(
    deployed: Deployment,
) -> None:
    resources = deployed.export()["deployment"]["resources"]
    (own,) = [one for one in resources if one["type"] == "pulumi:providers:aws"]
    # The children of awsx too, which another process makes.
    providers = {
        one["provider"] for one in resources if one["custom"] and one["type"].startswith("aws:")
    }
    assert providers == {f"{own['urn']}::{own['id']}"}


@for_both_stacks
def test_every_resource_is_as_it_was_asked_for(deployed: Deployment) -> None:
    assert list(not_as_asked(deployed.export())) == []


@for_both_stacks
def test_nothing_changes_after_up(deployed: Deployment) -> None:
    assert deployed.preview() == []


@pytest.mark.life
@for_both_stacks
def test_a_refresh_finds_nothing(deployed: Deployment) -> None:
    assert deployed.refresh() == []


@pytest.mark.life
@pytest.mark.xdist_group("dev")
def test_a_refresh_finds_what_was_changed_by_hand(deployed_dev: Deployment) -> None:
    logs = Inventory(deployed_dev.aws).client("logs")
    group = "/aws/lambda/aws-platform-dev-users"
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    changes = deployed_dev.refresh()
    assert [(name(change), change.properties) for change in changes] == [
        ("api-users-logs", ("retentionInDays",))
    ]
    deployed_dev.up()
    found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [entry["retentionInDays"] for entry in found] == [7]


@for_both_stacks
def test_a_changed_setting_changes_what_it_is_about_and_nothing_else(deployed: Deployment) -> None:
    for setting in CHANGED_SETTINGS:
        deployed.configure({setting.key: setting.value})
        changes = deployed.preview()
        deployed.configure({setting.key: setting.given[deployed.workspace.stack]})
        assert changes_of(changes) == list(setting.changes)


@for_both_stacks
def test_changed_code_of_a_function_changes_its_code_and_nothing_else(
    deployed: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = shutil.copytree(lambda_code.HANDLERS, tmp_path / "handlers")
    monkeypatch.setattr(lambda_code, "HANDLERS", handlers)
    with (handlers / "products" / "api.py").open("a") as file:
        file.write("\n# A change.\n")
    changes = deployed.preview()
    assert {(name(change), change.operation, change.properties) for change in changes} == {
        ("api-products-function", "update", ("code",)),
        # The alias moves to the version that the new code becomes.
        ("api-products-live", "update", ("functionVersion",)),
    }


@pytest.mark.life
@pytest.mark.xdist_group("prod")
def test_prod_refuses_destroy_with_nothing_gone(deployed_prod: Deployment) -> None:
    before = Inventory(deployed_prod.aws).everything()
    lines: list[str] = []
    with pytest.raises(DeploymentError):
        deployed_prod.destroy(on_output=lines.append)
    assert any("because it is protected" in line for line in lines)
    assert Inventory(deployed_prod.aws).everything() == before
    # The engine's own providers, which are no resources in AWS, go and come back.
    changes = deployed_prod.preview()
    assert [change for change in changes if not type_of(change).startswith("pulumi:")] == []


@pytest.mark.life
@pytest.mark.xdist_group("dev-destroyed")
def test_a_destroyed_dev_leaves_an_empty_account(own_dev: Deployment) -> None:
    empty = Inventory(own_dev.aws).everything()
    own_dev.up()
    assert Inventory(own_dev.aws).everything() != empty
    own_dev.destroy()
    assert Inventory(own_dev.aws).everything() == empty


@pytest.mark.xdist_group("dev-destroyed")
def test_bad_settings_stop_a_deployed_stack_before_anything_changes(own_dev: Deployment) -> None:
    lines: list[str] = []
    own_dev.configure({"natGateways": "2"})
    with pytest.raises(UserError, match="aws-platform:natGateways is 2"):
        own_dev.up(on_output=lines.append)
    own_dev.configure({"natGateways": "1"})
    assert lines == []
    assert aws_resources(own_dev) == []


@pytest.mark.xdist_group("tiny")
def test_a_failed_create_tells_the_resource_and_what_aws_said(
    engine: Engine, checkout: Path
) -> None:
    (checkout / "__main__.py").write_text(
        "import pulumi_aws as aws\n"
        "first = aws.cloudwatch.LogGroup('first', name='taken')\n"
        "aws.cloudwatch.LogGroup('second', name=first.name)\n"
    )
    lines: list[str] = []
    with open_deployment("dev", checkout=checkout) as deployment:
        with pytest.raises(DeploymentError):
            deployment.up(on_output=lines.append)
        assert [found["urn"].rsplit("::", 1)[1] for found in aws_resources(deployment)] == ["first"]
    text = "\n".join(lines)
    assert "aws:cloudwatch:LogGroup (second)" in text
    assert "ResourceAlreadyExistsException" in text
    assert "Traceback" not in text


@pytest.mark.xdist_group("tiny")
def test_nothing_is_left_of_a_failed_program_that_could_disturb_the_next(
    engine: Engine, checkout: Path
) -> None:
    (checkout / "__main__.py").write_text(
        "import pulumi, pulumi_aws as aws\n"
        "pulumi.runtime.register_resource_transform(lambda args: None)\n"
        "first = aws.cloudwatch.LogGroup('first', name='taken')\n"
        "second = aws.cloudwatch.LogGroup('second', name=first.name)\n"
        "aws.cloudwatch.LogGroup('third', name=second.name)\n"
    )
    with open_deployment("dev", checkout=checkout) as deployment:
        for _ in range(3):
            with pytest.raises(DeploymentError):
                deployment.up()
            left = [
                one.__name__
                for one in gc.get_objects()
                if inspect.iscoroutine(one)
                and inspect.getcoroutinestate(one) == inspect.CORO_SUSPENDED
            ]
            assert left == []


@pytest.mark.xdist_group("tiny")
def test_a_persons_own_account_is_out_of_the_plugins_reach(
    engine: Engine, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "__main__.py").write_text(
        "import pulumi, pulumi_aws as aws\n"
        "pulumi.export('account', aws.get_caller_identity_output().account_id)\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.setenv("PULUMI_BACKEND_URL", "https://api.example.com")
    with open_deployment("dev", checkout=checkout) as deployment:
        deployment.up()
        assert deployment.outputs() == {"account": "123456789012"}


@pytest.mark.destroys
@pytest.mark.life
@pytest.mark.xdist_group("prod")
def test_prod_goes_once_its_protection_is_taken_off(deployed_prod: Deployment) -> None:
    deployed_prod.configure({"deletionProtection": "false"})
    deployed_prod.up()
    deployed_prod.destroy()
    assert aws_resources(deployed_prod) == []
    left = Inventory(deployed_prod.aws)
    for token in ("aws:rds/instance:Instance", "aws:dynamodb/table:Table", "aws:kms/key:Key"):
        assert left.of(token) == set()
