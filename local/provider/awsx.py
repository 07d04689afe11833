"""The awsx provider: `awsx.ec2.Vpc` with the layout that the real one makes.

Children, their names, parents and inputs are those of the real plugin; a test compares them.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import grpc
import pulumi
import pulumi.provider
from pulumi.errors import InputPropertiesError
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

VPC = "awsx:ec2:Vpc"

SUPPORTED = frozenset(
    {
        "availabilityZoneNames",
        "cidrBlock",
        "enableDnsHostnames",
        "enableDnsSupport",
        "instanceTenancy",
        "natGateways",
        "subnetSpecs",
        "subnetStrategy",
        "tags",
    }
)
SPEC_SUPPORTED = frozenset({"cidrBlocks", "name", "tags", "type"})
SUBNET_TYPES = ("Public", "Private", "Isolated")
"""In the order in which the real plugin makes a zone's subnets: gateways come first."""
NAT_STRATEGIES = ("None", "Single", "OnePerAz")

ANY = "0.0.0.0/0"


def serve(engine_address: str) -> None:
    """Serve the provider on a free port, print the port, and stay until the process ends."""
    asyncio.run(_serve(engine_address))


class AwsxProvider(pulumi.provider.Provider):
    """Makes `awsx.ec2.Vpc`."""

    def __init__(self) -> None:
        super().__init__(version=importlib.metadata.version("pulumi-awsx"))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> pulumi.provider.ConstructResult:
        """Register the component and its children.

        Raises:
            InputPropertiesError: a type or an input that the embedded AWS does not have.
        """
        if resource_type != VPC:
            raise InputPropertiesError(
                f"the embedded AWS has no component {resource_type}; add it to "
                "local/provider/awsx.py, or deploy to an account"
            )
        vpc = Vpc(name, VpcLayout.from_inputs(name, inputs), options)
        return pulumi.provider.ConstructResult(urn=vpc.urn, state=vpc.state)


@dataclass(frozen=True, kw_only=True)
class SubnetPlan:
    """One subnet: its logical name, type, zone (position from 0), block and own tags."""

    name: str
    type: str
    zone: int
    block: str
    tags: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class VpcLayout:
    """The inputs of the component, checked and worked out."""

    vpc: Mapping[str, Any]
    zones: list[str]
    nat_strategy: str
    tags: Mapping[str, Any]
    subnets: list[SubnetPlan]
    specs: list[Mapping[str, Any]]

    @classmethod
    def from_inputs(cls, name: str, inputs: pulumi.Inputs) -> VpcLayout:
        """The layout that the inputs ask for.

        Raises:
            InputPropertiesError: an input that is not supported here or that AWS would refuse.
        """
        given = _plain(inputs)
        _refuse_others("", given, SUPPORTED)
        strategy = given.get("subnetStrategy") or "Legacy"
        if strategy != "Auto":
            raise InputPropertiesError(
                f"awsx Vpc: the embedded AWS lays out subnets with subnetStrategy Auto and "
                f"explicit cidrBlocks only, not {strategy}"
            )
        zones: list[str] = given.get("availabilityZoneNames") or []
        if not zones:
            raise InputPropertiesError(
                "awsx Vpc: availabilityZoneNames is needed in the embedded AWS"
            )
        nat: dict[str, Any] = given.get("natGateways") or {}
        _refuse_others("natGateways.", nat, frozenset({"strategy"}))
        nat_strategy = str(nat.get("strategy") or "OnePerAz")
        if nat_strategy not in NAT_STRATEGIES:
            raise InputPropertiesError(
                f"awsx Vpc: natGateways.strategy {nat_strategy} is not one of "
                f"{', '.join(NAT_STRATEGIES)}"
            )
        specs: list[Mapping[str, Any]] = given.get("subnetSpecs") or []
        subnets = [plan for spec in specs for plan in _planned_subnets(name, spec, zones)]
        block = given.get("cidrBlock") or "10.0.0.0/16"
        _check_blocks(block, subnets)
        if nat_strategy != "None" and not any(plan.type == "Public" for plan in subnets):
            raise InputPropertiesError("awsx Vpc: NAT gateways need a public subnet in each zone")
        passed_on = ("enableDnsHostnames", "enableDnsSupport", "instanceTenancy")
        return cls(
            vpc={"cidrBlock": block, **{key: given[key] for key in passed_on if key in given}},
            zones=zones,
            nat_strategy=nat_strategy,
            tags=given.get("tags") or {},
            subnets=sorted(subnets, key=lambda plan: (plan.zone, SUBNET_TYPES.index(plan.type))),
            specs=specs,
        )


class Vpc(pulumi.ComponentResource):
    """VPC, internet gateway, subnets with a route table each, NAT gateways and default routes.

    Attributes:
        state: the component's outputs, under their Pulumi names.
    """

    def __init__(
        self, name: str, layout: VpcLayout, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(VPC, name, {}, opts)
        self._name = name
        self._layout = layout
        self._tags = {"Name": name, **layout.tags}
        self._made: dict[str, list[pulumi.CustomResource]] = {
            kind: []
            for kind in (
                "subnets",
                "routeTables",
                "routeTableAssociations",
                "routes",
                "natGateways",
                "eips",
            )
        }
        self._ids: dict[str, list[pulumi.Output[str]]] = {kind: [] for kind in SUBNET_TYPES}
        vpc = _child("Vpc", name, {**layout.vpc, "tags": self._tags}, self)
        gateway = _child("InternetGateway", name, {"vpcId": vpc.id, "tags": self._tags}, vpc, vpc)
        for plan in layout.subnets:
            self._make_subnet(plan, vpc, gateway)
        self.state: dict[str, Any] = {
            "vpc": vpc,
            "vpcId": vpc.id,
            "internetGateway": gateway,
            "publicSubnetIds": self._ids["Public"],
            "privateSubnetIds": self._ids["Private"],
            "isolatedSubnetIds": self._ids["Isolated"],
            "publicSubnets": self._subnets_of("Public"),
            "privateSubnets": self._subnets_of("Private"),
            "isolatedSubnets": self._subnets_of("Isolated"),
            "subnetLayout": [
                {key: spec[key] for key in ("cidrBlocks", "name", "type") if key in spec}
                for spec in layout.specs
            ],
            "vpcEndpoints": [],
            **self._made,
        }
        self.register_outputs(self.state)

    def _make_subnet(
        self, plan: SubnetPlan, vpc: pulumi.CustomResource, gateway: pulumi.CustomResource
    ) -> None:
        own_name = {"Name": plan.name, "SubnetType": plan.type}
        subnet = _child(
            "Subnet",
            plan.name,
            {
                "vpcId": vpc.id,
                "availabilityZone": self._layout.zones[plan.zone],
                "mapPublicIpOnLaunch": plan.type == "Public",
                "assignIpv6AddressOnCreation": False,
                "cidrBlock": plan.block,
                "tags": {**self._tags, **plan.tags, **own_name},
            },
            vpc,
            vpc,
        )
        table = _child(
            "RouteTable",
            plan.name,
            {"vpcId": vpc.id, "tags": {**self._tags, **own_name}},
            subnet,
            subnet,
        )
        association = _child(
            "RouteTableAssociation",
            plan.name,
            {"routeTableId": table.id, "subnetId": subnet.id},
            table,
            table,
        )
        self._made["subnets"].append(subnet)
        self._made["routeTables"].append(table)
        self._made["routeTableAssociations"].append(association)
        self._ids[plan.type].append(subnet.id)
        target = self._default_route(plan, subnet, gateway)
        if target:
            to = {"routeTableId": table.id, "destinationCidrBlock": ANY, **target}
            self._made["routes"].append(_child("Route", plan.name, to, table, table))

    def _default_route(
        self, plan: SubnetPlan, subnet: pulumi.CustomResource, gateway: pulumi.CustomResource
    ) -> dict[str, Any]:
        strategy, gateways = self._layout.nat_strategy, self._made["natGateways"]
        if plan.type == "Public":
            first_in_zone = len(gateways) <= plan.zone
            if (strategy == "OnePerAz" and first_in_zone) or (
                strategy == "Single" and not gateways
            ):
                self._make_nat_gateway(plan.zone, subnet)
            return {"gatewayId": gateway.id}
        if plan.type == "Private" and strategy != "None":
            return {"natGatewayId": gateways[0 if strategy == "Single" else plan.zone].id}
        return {}

    def _make_nat_gateway(self, zone: int, subnet: pulumi.CustomResource) -> None:
        name = f"{self._name}-{zone + 1}"
        tags = {**self._layout.tags, "Name": name}
        address = _child("Eip", name, {"tags": tags}, subnet, subnet)
        self._made["eips"].append(address)
        # The id of an address is its allocation id.
        inputs = {"subnetId": subnet.id, "allocationId": address.id, "tags": tags}
        self._made["natGateways"].append(_child("NatGateway", name, inputs, subnet, subnet))

    def _subnets_of(self, kind: str) -> list[pulumi.CustomResource]:
        plans = self._layout.subnets
        return [
            subnet
            for plan, subnet in zip(plans, self._made["subnets"], strict=True)
            if plan.type == kind
        ]


class _Servicer(ProviderServicer):
    """The SDK's servicer, with what the engine asks besides."""

    async def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=True
        )

    async def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi-awsx"))


async def _serve(engine_address: str) -> None:
    server = grpc.aio.server()
    servicer = _Servicer(AwsxProvider(), [], engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


def _child(
    kind: str,
    name: str,
    inputs: Mapping[str, Any],
    parent: pulumi.Resource,
    depends_on: pulumi.Resource | None = None,
) -> pulumi.CustomResource:
    """A resource without its SDK class: importing the SDK takes a second."""
    token = f"aws:ec2/{kind[0].lower()}{kind[1:]}:{kind}"
    opts = pulumi.ResourceOptions(parent=parent, depends_on=[depends_on] if depends_on else None)
    return pulumi.CustomResource(token, name, dict(inputs), opts)


def _plain(inputs: pulumi.Inputs) -> dict[str, Any]:
    """The inputs that are given; the component's shape depends on them, so none may be unknown."""
    given = {key: cast(Any, value) for key, value in inputs.items() if value is not None}
    for key, value in given.items():
        if isinstance(value, pulumi.Output):
            raise InputPropertiesError(f"awsx Vpc: {key} must be a plain value, not an Output")
    return given


def _refuse_others(path: str, given: Mapping[str, Any], supported: frozenset[str]) -> None:
    others = sorted({key for key, value in given.items() if value is not None} - supported)
    if others:
        names = ", ".join(path + key for key in others)
        raise InputPropertiesError(
            f"awsx Vpc: the embedded AWS does not support {names}; remove it, or deploy to an "
            "account"
        )


def _planned_subnets(name: str, spec: Mapping[str, Any], zones: list[str]) -> list[SubnetPlan]:
    _refuse_others("subnetSpecs.", spec, SPEC_SUPPORTED)
    kind = str(spec["type"])
    blocks: list[str] = spec.get("cidrBlocks") or []
    if kind not in SUBNET_TYPES or len(blocks) != len(zones):
        raise InputPropertiesError(
            f"awsx Vpc: a subnet spec needs a type ({', '.join(SUBNET_TYPES)}) and one of "
            f"cidrBlocks for each of the {len(zones)} zones; got {kind} with {len(blocks)}"
        )
    role = str(spec.get("name") or kind.lower())
    return [
        SubnetPlan(
            name=f"{name}-{role}-{zone + 1}",
            type=kind,
            zone=zone,
            block=block,
            tags=spec.get("tags") or {},
        )
        for zone, block in enumerate(blocks)
    ]


def _check_blocks(vpc_block: str, subnets: list[SubnetPlan]) -> None:
    vpc = ipaddress.ip_network(vpc_block)
    seen: list[tuple[SubnetPlan, Any]] = []
    for plan in subnets:
        network = ipaddress.ip_network(plan.block)
        if not network.subnet_of(cast(Any, vpc)):
            raise InputPropertiesError(
                f"awsx Vpc: subnet {plan.name} ({plan.block}) is outside the VPC's {vpc_block}"
            )
        for other, taken in seen:
            if network.overlaps(taken):
                raise InputPropertiesError(
                    f"awsx Vpc: subnet {plan.name} ({plan.block}) overlaps with {other.name} "
                    f"({other.block})"
                )
        seen.append((plan, network))
