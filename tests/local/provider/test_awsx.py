"""The children of our `awsx.ec2.Vpc` against a record of the real plugin's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.errors import InputPropertiesError

from local.engine.deployment import open_deployment
from local.engine.finding import Engine
from local.provider.awsx import AwsxProvider, VpcLayout

# Made by the real awsx plugin for the program below. Its recorder had no `allocationId` on
# addresses, so the gateways' use of it is missing there.
RECORD = json.loads((Path(__file__).parent / "fixtures" / "awsx-vpc-children.json").read_text())
NOT_IN_RECORD = "allocationId"

PROGRAM = """\
import pulumi_awsx as awsx
tiers = [("Public", "public", 0), ("Private", "private", 10), ("Isolated", "database", 20)]
awsx.ec2.Vpc(
    "main",
    cidr_block="10.0.0.0/16",
    enable_dns_hostnames=True,
    enable_dns_support=True,
    availability_zone_names=["us-east-1a", "us-east-1b", "us-east-1c"],
    nat_gateways={{"strategy": "{strategy}"}},
    subnet_strategy="Auto",
    subnet_specs=[
        {{"type": kind, "name": name,
          "cidr_blocks": [f"10.0.{{start + zone}}.0/24" for zone in range(3)]}}
        for kind, name, start in tiers
    ],
    tags={{"Team": "x"}},
)
"""

SPECS = [
    {"type": "Public", "name": "public", "cidrBlocks": ["10.0.0.0/24"]},
    {"type": "Private", "name": "private", "cidrBlocks": ["10.0.10.0/24"]},
]
INPUTS: dict[str, Any] = {
    "cidrBlock": "10.0.0.0/16",
    "subnetStrategy": "Auto",
    "availabilityZoneNames": ["us-east-1a"],
    "subnetSpecs": SPECS,
}


@pytest.mark.parametrize(
    ("recorded", "strategy"),
    [
        pytest.param("NONE", "None", marks=pytest.mark.life),
        ("SINGLE", "Single"),
        pytest.param("ONE_PER_AZ", "OnePerAz", marks=pytest.mark.life),
    ],
)
def test_the_children_are_those_that_the_real_plugin_makes(
    engine: Engine, checkout: Path, recorded: str, strategy: str
) -> None:
    (checkout / "__main__.py").write_text(PROGRAM.format(strategy=strategy))
    with open_deployment("dev", checkout=checkout) as deployment:
        deployment.up()
        made = _children(deployment.export()["deployment"]["resources"])
    assert made == sorted(RECORD[recorded], key=_order)


def test_gateways_use_the_addresses_made_for_them(engine: Engine, checkout: Path) -> None:
    (checkout / "__main__.py").write_text(PROGRAM.format(strategy="OnePerAz"))
    with open_deployment("dev", checkout=checkout) as deployment:
        deployment.up()
        resources = deployment.export()["deployment"]["resources"]
    addresses = {_short(r["urn"])[1]: r["id"] for r in resources if r["type"].endswith(":Eip")}
    used = {
        _short(r["urn"])[1]: r["inputs"][NOT_IN_RECORD]
        for r in resources
        if r["type"].endswith(":NatGateway")
    }
    assert used == addresses
    assert len(used) == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subnetStrategy": "Legacy"}, "subnetStrategy Auto"),
        ({"subnetStrategy": None}, "subnetStrategy Auto"),
        ({"vpcEndpointSpecs": [{"serviceName": "s3"}]}, "does not support vpcEndpointSpecs"),
        ({"natGateways": {"elasticIpAllocationIds": ["a"]}}, "natGateways.elasticIpAllocationIds"),
        ({"natGateways": {"strategy": "Two"}}, "Two is not one of None, Single, OnePerAz"),
        ({"availabilityZoneNames": []}, "availabilityZoneNames is needed"),
        ({"availabilityZoneNames": ["us-east-1a", "us-east-1b"]}, "each of the 2 zones"),
        ({"cidrBlock": "10.1.0.0/16"}, "main-public-1 (10.0.0.0/24) is outside"),
        ({"subnetSpecs": [SPECS[0], {**SPECS[1], "cidrBlocks": ["10.0.0.0/25"]}]}, "overlaps with"),
        ({"subnetSpecs": [{**SPECS[0], "size": 256}]}, "does not support subnetSpecs.size"),
        ({"subnetSpecs": [SPECS[1]]}, "NAT gateways need a public subnet"),
    ],
)
def test_inputs_that_would_make_another_network_are_refused(
    changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputPropertiesError) as refusal:
        VpcLayout.from_inputs("main", {**INPUTS, **changed})
    assert said in str(refusal.value)


def test_other_components_are_refused_by_name() -> None:
    with pytest.raises(InputPropertiesError, match="no component awsx:ecs:FargateService"):
        AwsxProvider().construct("x", "awsx:ecs:FargateService", {})


def _children(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The deployment in the record's form: names for ids, without what the engine adds."""
    shown = [r for r in resources if r["type"].startswith(("aws:", "awsx:"))]
    by_id = {r["id"]: "<id of {} {}>".format(*_short(r["urn"])) for r in shown if "id" in r}
    return sorted((_child(r, by_id) for r in shown), key=_order)


def _child(resource: dict[str, Any], by_id: dict[str, str]) -> dict[str, Any]:
    inputs = {
        name: by_id.get(value, value) if isinstance(value, str) else value
        for name, value in resource.get("inputs", {}).items()
        if name not in {"tagsAll", "__defaults", NOT_IN_RECORD}
    }
    used = (resource.get("propertyDependencies") or {}).get(NOT_IN_RECORD) or []
    dependencies = {_long(urn) for urn in resource.get("dependencies") or []}
    parent = resource["parent"]
    return {
        "dependencies": sorted(dependencies - {_long(urn) for urn in used}),
        "inputs": inputs if resource["type"] != "awsx:ec2:Vpc" else {},
        "name": _short(resource["urn"])[1],
        "parent": "stack" if "pulumi:pulumi:Stack::" in parent else _long(parent),
        "type": resource["type"],
    }


def _short(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::")
    return types.rpartition("$")[2].rpartition(":")[2], name


def _long(urn: str) -> str:
    _, _, types, name = urn.split("::")
    return f"{types.rpartition('$')[2]} {name}"


def _order(child: dict[str, Any]) -> tuple[str, str]:
    return child["type"], child["name"]
