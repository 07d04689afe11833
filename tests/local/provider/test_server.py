"""The plugins under the real engine: what a user of the embedded AWS sees."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.engine.deployment import Deployment, open_deployment
from local.engine.events import Change
from local.engine.finding import Engine
from local.failures import DeploymentError
from local.provider.connection import Connection

SETTINGS: dict[str, Any] = {
    "team": "x",
    "description": "web",
    "length": 12,
    "extra": "",
}

PROGRAM = """\
import json
import pulumi, pulumi_aws as aws, pulumi_awsx as awsx, pulumi_random as random

provider = aws.Provider("aws", region="us-east-1", default_tags={{"tags": {{"Project": "p"}}}})
here = pulumi.ResourceOptions(provider=provider)
look = pulumi.InvokeOptions(provider=provider)
zones = aws.get_availability_zones(
    state="available",
    filters=[{{"name": "opt-in-status", "values": ["opt-in-not-required"]}}],
    opts=look,
).names[:2]
vpc = awsx.ec2.Vpc(
    "main",
    cidr_block="10.0.0.0/16",
    availability_zone_names=zones,
    nat_gateways={{"strategy": "Single"}},
    subnet_strategy="Auto",
    subnet_specs=[
        {{"type": "Public", "cidr_blocks": ["10.0.0.0/24", "10.0.1.0/24"]}},
        {{"type": "Private", "cidr_blocks": ["10.0.10.0/24", "10.0.11.0/24"]}},
    ],
    opts=pulumi.ResourceOptions(providers=[provider]),
)
group = aws.ec2.SecurityGroup(
    "web", vpc_id=vpc.vpc_id, description="{description}", tags={{"Team": "{team}"}}, opts=here
)
aws.vpc.SecurityGroupIngressRule(
    "https", security_group_id=group.id, ip_protocol="tcp", from_port=443, to_port=443,
    cidr_ipv4="0.0.0.0/0", description="all", opts=here,
)
password = random.RandomPassword("password", length={length})
secret = aws.secretsmanager.Secret("secret", recovery_window_in_days=0, opts=here)
aws.secretsmanager.SecretVersion(
    "secret", secret_id=secret.id,
    secret_string=pulumi.Output.json_dumps({{"password": password.result}}), opts=here,
)
aws.cloudwatch.QueryDefinition("query", name="q", query_string="fields @message", opts=here)
pulumi.export("account", aws.get_caller_identity(opts=look).account_id)
pulumi.export("groupName", group.name)
pulumi.export("password", password.result)
{extra}
"""


class Stack:
    """A deployed program that tests change, each from what the one before left."""

    def __init__(self, deployment: Deployment, program: Path) -> None:
        self.deployment = deployment
        self._program = program
        self._settings = dict(SETTINGS)
        self.aws = Connection(access=deployment.aws.access)
        self.change()

    def change(self, **settings: Any) -> None:
        """Change settings of the program, to stay."""
        self._settings |= settings
        self._program.write_text(PROGRAM.format(**self._settings))

    @contextmanager
    def with_extra(self, code: str) -> Generator[None]:
        """Add lines to the program for a while."""
        self.change(extra=code)
        yield
        self.change(extra="")

    def resource(self, name: str, kind: str) -> dict[str, Any]:
        """The state of a resource; secrets stay wrapped."""
        resources = self.deployment.export()["deployment"]["resources"]
        return next(r for r in resources if r["urn"].endswith(f"::{name}") and kind in r["type"])


@pytest.fixture(scope="module")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    checkout = _checkout(tmp_path_factory.mktemp("checkout"))
    with open_deployment("dev", checkout=checkout) as deployment:
        stack = Stack(deployment, checkout / "__main__.py")
        deployment.up()
        yield stack


def test_nothing_changes_at_a_second_preview_nor_at_a_refresh(stack: Stack) -> None:
    assert stack.deployment.preview() == []
    assert stack.deployment.refresh() == []
    assert stack.deployment.preview() == []


def test_a_changed_tag_shows_as_exactly_that_and_reaches_aws(stack: Stack) -> None:
    name = stack.deployment.outputs()["groupName"]
    assert name.startswith("web-")
    stack.change(team="y")
    [change] = stack.deployment.up()
    assert _short(change) == ("web", "update", ("tags.Team", "tagsAll.Team"))
    group = stack.aws.client("ec2").describe_security_groups(
        GroupIds=[stack.resource("web", "SecurityGroup")["id"]]
    )["SecurityGroups"][0]
    assert {"Key": "Team", "Value": "y"} in group["Tags"]
    assert {"Key": "Project", "Value": "p"} in group["Tags"]
    assert group["GroupName"] == name, "an automatic name stays as long as the resource"


@pytest.mark.life
def test_a_group_with_another_description_is_replaced_with_its_rules(stack: Stack) -> None:
    before = stack.resource("web", "SecurityGroup")
    stack.change(description="other")
    planned = {_short(change) for change in stack.deployment.preview()}
    assert ("web", "replace", ("description",)) in planned
    assert ("https", "replace", ("securityGroupId",)) in planned
    stack.deployment.up()
    after = stack.resource("web", "SecurityGroup")
    assert after["id"] != before["id"]
    assert after["outputs"]["name"] != before["outputs"]["name"]
    assert stack.deployment.preview() == []


def test_secrets_stay_secret_in_the_state(stack: Stack) -> None:
    wrapped = "4dabf18193072939515e22adb298388d"
    version = stack.resource("secret", "secretVersion")
    assert wrapped in version["inputs"]["secretString"]
    assert wrapped in version["outputs"]["secretString"]
    assert wrapped in stack.resource("password", "RandomPassword")["outputs"]["result"]


@pytest.mark.life
@pytest.mark.parametrize("secret", ["no name!", "no name! " * 20, 'it\'s "none"!'])
def test_a_value_that_is_refused_is_not_shown_where_it_is_a_secret(
    stack: Stack, secret: str
) -> None:
    role = (
        f"aws.iam.Role('refused', name=pulumi.Output.secret({secret!r}),"
        " assume_role_policy='{}', opts=here)"
    )
    with stack.with_extra(role), pytest.raises(DeploymentError) as error:
        stack.deployment.preview()
    told = "\n".join([str(error.value), *error.value.__notes__])
    assert "[secret]" in told
    assert secret[:8] not in told


def test_a_longer_password_is_a_new_one_and_a_new_version_of_the_secret(stack: Stack) -> None:
    stack.change(length=20)
    changes = {_short(change)[:2] for change in stack.deployment.up()}
    assert {("password", "replace"), ("secret", "replace")} <= changes
    assert len(stack.deployment.outputs()["password"]) == 20
    secret = stack.aws.client("secretsmanager").get_secret_value(
        SecretId=stack.resource("secret", "secret:Secret")["id"]
    )
    assert stack.deployment.outputs()["password"] in secret["SecretString"]


@pytest.mark.life
def test_what_somebody_changed_in_aws_shows_at_refresh_and_is_put_back(stack: Stack) -> None:
    ec2 = stack.aws.client("ec2")
    group = stack.resource("web", "SecurityGroup")
    ec2.create_tags(Resources=[group["id"]], Tags=[{"Key": "Team", "Value": "somebody"}])
    assert [_short(change)[0] for change in stack.deployment.refresh()] == ["web"]
    [change] = stack.deployment.up()
    assert _short(change) == ("web", "update", ("tags.Team", "tagsAll.Team"))
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [group["id"]]}])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == group["outputs"]["tagsAll"]


@pytest.mark.life
def test_what_somebody_deleted_in_aws_is_made_again(stack: Stack) -> None:
    rule = stack.resource("https", "IngressRule")
    stack.aws.client("ec2").revoke_security_group_ingress(
        GroupId=rule["inputs"]["securityGroupId"], SecurityGroupRuleIds=[rule["id"]]
    )
    stack.deployment.refresh()
    assert [_short(change)[:2] for change in stack.deployment.up()] == [("https", "create")]
    assert stack.deployment.refresh() == []


@pytest.mark.life
def test_ignored_changes_are_no_changes(stack: Stack) -> None:
    group = (
        'aws.ec2.SecurityGroup("ignoring", vpc_id=vpc.vpc_id, tags={"Team": "%s"}, '
        'opts=pulumi.ResourceOptions(provider=provider, ignore_changes=["tags"]))'
    )
    with stack.with_extra(group % "x"):
        stack.deployment.up()
        stack.change(extra=group % "y")
        assert stack.deployment.preview() == []
    stack.deployment.up()


def test_a_create_that_aws_refuses_is_told_in_its_words(stack: Stack) -> None:
    subnet = 'aws.ec2.Subnet("bad", vpc_id=vpc.vpc_id, cidr_block="10.9.0.0/24", opts=here)'
    with stack.with_extra(subnet):
        said = _failure(stack.deployment.up)
    assert (
        "creating aws:ec2/subnet:Subnet (bad): operation error CreateSubnet, api error "
        "InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid."
    ) in said
    assert "local/provider/server.py" not in said


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (
            'aws.ec2.Vpc("bad", cidr_block="10.0.0.1/16", opts=here)',
            "10.0.0.1/16 has host bits set",
        ),
        (
            'aws.ec2.Vpc("bad", cidr_block="10.0.0.0/16", ipv4_ipam_pool_id="i", opts=here)',
            "the embedded AWS does not support this input",
        ),
        (
            'aws.s3.Bucket("bad", opts=here)',
            "the embedded AWS has no resource type aws:s3/bucket:Bucket",
        ),
        (
            "aws.get_billing_service_account(opts=look)",
            "the embedded AWS has no function "
            "aws:index/getBillingServiceAccount:getBillingServiceAccount",
        ),
    ],
    ids=["rule", "input", "type", "function"],
)
def test_what_the_embedded_aws_cannot_do_is_told_at_preview(
    stack: Stack, extra: str, said: str
) -> None:
    with stack.with_extra(extra):
        assert said in _failure(stack.deployment.preview)


def test_destroy_leaves_aws_as_it_was(engine: Engine, tmp_path: Path) -> None:
    (_checkout(tmp_path) / "__main__.py").write_text(PROGRAM.format(**SETTINGS))
    with open_deployment("dev", checkout=tmp_path) as deployment:
        aws = Connection(access=deployment.aws.access)
        before = _inventory(aws)
        deployment.up()
        assert _inventory(aws) != before
        deployment.destroy()
        assert _inventory(aws) == before


def test_a_plugin_ends_when_its_engine_is_gone() -> None:
    script = (
        "import subprocess, sys\n"
        "plugin = subprocess.Popen([sys.executable, '-m', 'local.provider', 'random'],"
        " stdout=subprocess.PIPE)\n"
        "plugin.stdout.readline()\n"
        "print(plugin.pid, flush=True)\n"
    )
    engine = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    plugin = int(engine.stdout)
    until = time.monotonic() + 10
    while _runs(plugin) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _runs(plugin)


def test_a_plugin_needs_the_name_of_a_provider() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local.provider", "gcp"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "aws|awsx|random" in done.stderr


def _checkout(folder: Path) -> Path:
    (folder / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    return folder


def _failure(operation: Callable[..., Any]) -> str:
    """What the engine prints of an operation that must fail."""
    lines: list[str] = []
    with pytest.raises(DeploymentError):
        operation(on_output=lines.append)
    return "\n".join(lines)


def _short(change: Change) -> tuple[str, str, tuple[str, ...]]:
    return change.urn.rpartition("::")[2], change.operation, change.properties


def _inventory(aws: Connection) -> dict[str, list[str]]:
    ec2 = aws.client("ec2")
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    return {
        "vpcs": sorted(vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]),
        "subnets": sorted(subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]),
        "tables": sorted(t["RouteTableId"] for t in ec2.describe_route_tables()["RouteTables"]),
        "groups": sorted(g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"]),
        "addresses": sorted(a["PublicIp"] for a in ec2.describe_addresses()["Addresses"]),
        "internet": [
            g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]
        ],
        "nat": [g["NatGatewayId"] for g in gateways if g["State"] != "deleted"],
        "secrets": [s["ARN"] for s in aws.client("secretsmanager").list_secrets()["SecretList"]],
    }


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
