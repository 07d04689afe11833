"""What mocks show of `awsx:ec2:Vpc`: a remote component runs no code under them.

Its outputs hold references to child resources, which the program reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.rpc import _special_resource_sig, _special_sig_key

TIERS = {"Public": "public", "Private": "private", "Isolated": "isolated"}


def vpc_outputs(monitor: MockMonitor, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs for the given inputs, with the referenced children known to the monitor."""
    zones = inputs["availabilityZoneNames"]
    gateways = {"None": 0, "Single": 1, "OnePerAz": len(zones)}[inputs["natGateways"]["strategy"]]
    subnets = {
        tier: [f"{spec['name']}-{zone}" for zone in zones]
        for spec in inputs["subnetSpecs"]
        for tier in (TIERS[spec["type"]],)
    }

    def child(type_: str, child_name: str, **state: Any) -> dict[str, str]:
        urn = f"urn:pulumi:mock::mock::{type_}::{name}-{child_name}"
        monitor.resources[urn] = MockMonitor.ResourceRegistration(urn, child_name, state)
        return {_special_sig_key: _special_resource_sig, "urn": urn, "id": child_name}

    return {
        "vpcId": f"{name}-id",
        **{f"{tier}SubnetIds": names for tier, names in subnets.items()},
        "natGateways": [
            child("aws:ec2/natGateway:NatGateway", f"nat-{number}")
            for number in range(1, gateways + 1)
        ],
        "routeTableAssociations": [
            child(
                "aws:ec2/routeTableAssociation:RouteTableAssociation",
                f"association-{subnet}",
                subnetId=subnet,
                routeTableId=f"table-{subnet}",
            )
            for names in subnets.values()
            for subnet in names
        ],
    }
