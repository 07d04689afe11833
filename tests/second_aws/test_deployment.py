"""The real program on the real engine, deployed to an AWS that others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.clients import AwsClients
from local.aws.ministack import MiniStack
from local.checkout import CHECKOUT
from local.engine.deployment import Deployment, open_deployment
from local.engine.events import Change
from local.gateway.gateway import take_port
from local.provider.registry import recorded_only_tokens
from local.serving import serving
from tests.local.as_asked import not_as_asked
from tests.local.changed_settings import CHANGED_SETTINGS, changes_of
from tests.local.inventory import LISTS, Inventory, identifier
from tests.local.served_platform import Api
from tests.pulumi_recorder import STACK_FILES

DIFFERENCES = CHECKOUT / "docs" / "second-aws.md"

DEV = pytest.param("dev", marks=pytest.mark.xdist_group("dev"))
PROD = pytest.param("prod", marks=pytest.mark.xdist_group("prod"))


@pytest.fixture(scope="module", params=[DEV, PROD])
def stack(request: pytest.FixtureRequest) -> Iterator[tuple[Deployment, dict[str, set[str]]]]:
    """A deployed stack, and what the account held before."""
    # prod would refuse to be destroyed.
    overrides = {"deletionProtection": "false"}
    with open_deployment(
        request.param, overrides, stack_files=STACK_FILES, start_aws=MiniStack
    ) as deployment:
        before = Inventory(deployment.aws).everything()
        deployment.up()
        yield deployment, before


@pytest.fixture
def deployed(stack: tuple[Deployment, dict[str, set[str]]]) -> Deployment:
    return stack[0]


def known(check: str) -> set[tuple[str, str]]:
    """Resources and properties that `docs/second-aws.md` names for a check."""
    rows = re.findall(r"^\| (\w+) \| `(\S+)` \| `(\S+)` \|", DIFFERENCES.read_text(), re.MULTILINE)
    return {(resource, part) for name, resource, part in rows if name == check}


def name(change: Change) -> str:
    return change.urn.rsplit("::", 1)[1]


def test_every_resource_is_in_aws(deployed: Deployment) -> None:
    inventory = Inventory(deployed.aws)
    resources = [
        resource
        for resource in deployed.export()["deployment"]["resources"]
        if resource["type"].startswith("aws:") and resource["type"] not in recorded_only_tokens()
    ]
    assert len(resources) > 150
    assert {resource["type"] for resource in resources} <= set(LISTS)
    missing = [
        resource["urn"]
        for resource in resources
        if identifier(resource) not in inventory.of(resource["type"])
    ]
    assert missing == []


def test_every_resource_is_as_it_was_asked_for(deployed: Deployment) -> None:
    found = set(not_as_asked(deployed.export()))
    # dev has no endpoints with groups, and no replica.
    if deployed.workspace.stack == "prod":
        assert found == known("asked")
    else:
        assert found < known("asked")


def test_a_second_up_changes_nothing(deployed: Deployment) -> None:
    assert deployed.up() == []


def test_a_changed_setting_changes_what_it_changes_on_moto(deployed: Deployment) -> None:
    for setting in CHANGED_SETTINGS:
        deployed.configure({setting.key: setting.value})
    changes = deployed.preview()
    for setting in CHANGED_SETTINGS:
        deployed.configure({setting.key: setting.given[deployed.workspace.stack]})
    assert changes_of(changes) == [change for one in CHANGED_SETTINGS for change in one.changes]


def test_a_refresh_finds_what_is_known_to_differ(deployed: Deployment) -> None:
    changes = deployed.refresh()
    found = {(name(one), path.partition(".")[0]) for one in changes for path in one.properties}
    assert found == known("refresh")


@pytest.mark.parametrize("stack", [DEV], indirect=True)
def test_the_gateway_and_the_functions_here_work_with_it(
    deployed: Deployment, tmp_path: Path
) -> None:
    with take_port(0) as listener, serving(deployed, listener, sessions=tmp_path) as session:
        api = Api(session)
        assert api("GET", "/health").status == 200
        assert len(api("GET", "/v1/products?limit=20").json["items"]) == 20
        product = api.new_product()
        assert api.order("user", product).status == 201
        assert api("GET", "/v1/orders").status == 401
        pipes = AwsClients(deployed.aws.access)("pipes")
        found = {
            (pipe["Name"], part)
            for pipe in pipes.list_pipes()["Pipes"]
            for part in ("SourceParameters", "TargetParameters")
            if not pipes.describe_pipe(Name=pipe["Name"]).get(part)
        }
        assert found == known("served")


def test_destroy_leaves_what_is_to_stay(stack: tuple[Deployment, dict[str, set[str]]]) -> None:
    deployed, before = stack
    deployed.destroy()
    after = Inventory(deployed.aws).everything()
    left = {kind for kind in after if after[kind] != before[kind]}
    # The account's role for logs, which other stacks use too, stays (docs/deploy.md).
    kept = {
        "aws:apigateway/account:Account",
        "aws:iam/role:Role",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    }
    assert left == (kept if deployed.workspace.stack == "prod" else set())
