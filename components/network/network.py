"""The network: one VPC with a public, a private and an isolated database tier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.network.cidr_plan import CidrPlan, cidr_plan
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.security_groups import SecurityGroups, SecurityGroupsArgs
from components.network.settings import FEWEST_ZONES, NetworkSettings
from components.network.vpc_children import vpc_children
from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from components.shared.account_access import one_line_of_failure
from components.shared.environment import Environment
from components.shared.tagging import component_tag


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a network is made from.

    Attributes:
        environment: the environment it belongs to.
        settings: the stack's network settings.
        availability_zones: names of the zones, in the order of the subnets.
    """

    environment: Environment
    settings: NetworkSettings
    availability_zones: Sequence[str]

    @property
    def nat_strategy(self) -> awsx.ec2.NatGatewayStrategy:
        """The awsx strategy that gives this number of gateways.

        Raises:
            ValueError: no strategy gives this number.
        """
        gateways, zones = self.settings.nat_gateways, len(self.availability_zones)
        if gateways == 0:
            return awsx.ec2.NatGatewayStrategy.NONE
        if gateways == zones:
            return awsx.ec2.NatGatewayStrategy.ONE_PER_AZ
        if gateways == 1:
            return awsx.ec2.NatGatewayStrategy.SINGLE
        raise ValueError(f"nat_gateways is {gateways}; allowed: 0, 1 or {zones}")


class Network(pulumi.ComponentResource):
    """The network of one environment.

    Creates a VPC with three subnets a zone (public, private with egress through NAT, isolated),
    its route tables, internet and NAT gateways; flow logs; the security groups web, app,
    database, cache, bastion and endpoints; gateway endpoints for S3 and DynamoDB and interface
    endpoints for the services asked for.
    """

    vpc_id: pulumi.Output[str]
    vpc_cidr: str
    public_subnet_ids: pulumi.Output[Sequence[str]]
    private_subnet_ids: pulumi.Output[Sequence[str]]
    database_subnet_ids: pulumi.Output[Sequence[str]]
    nat_gateway_ids: Sequence[pulumi.Output[str]]
    security_groups: SecurityGroups
    outputs: Mapping[str, pulumi.Input[object]]

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(
            "aws-platform:network:Network",
            name,
            None,
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(transforms=[component_tag("network")]), opts
            ),
        )
        child = pulumi.ResourceOptions(parent=self)
        vpc = self._vpc(name, args)
        self.vpc_id = vpc.vpc_id
        self.vpc_cidr = args.settings.vpc_cidr
        self.public_subnet_ids = vpc.public_subnet_ids
        self.private_subnet_ids = vpc.private_subnet_ids
        self.database_subnet_ids = vpc.isolated_subnet_ids
        # How many there are is known from the settings; the list itself is unknown at preview.
        self.nat_gateway_ids = [
            vpc.nat_gateways.apply(lambda gateways, i=index: gateways[i].id)
            for index in range(args.settings.nat_gateways)
        ]
        FlowLogs(
            f"{name}-flow-logs",
            FlowLogsArgs(
                vpc_id=self.vpc_id,
                log_group_name=f"/aws/vpc/{args.environment.prefix}-flow-logs",
                retention_days=args.settings.flow_log_retention_days,
                account_id=args.environment.account_id,
            ),
            child,
        )
        self.security_groups = SecurityGroups(
            f"{name}-sg",
            SecurityGroupsArgs(
                name_prefix=args.environment.prefix,
                vpc_id=self.vpc_id,
                vpc_cidr=args.settings.vpc_cidr,
                company_cidrs=args.settings.company_cidrs,
            ),
            child,
        )
        VpcEndpoints(
            f"{name}-endpoint",
            VpcEndpointsArgs(
                name_prefix=args.environment.prefix,
                vpc_id=self.vpc_id,
                region=args.environment.region,
                route_table_ids=self._inner_route_table_ids(vpc),
                interface_services=args.settings.interface_endpoints,
                subnet_ids=self.private_subnet_ids,
                security_group_id=self.security_groups.endpoints_id,
            ),
            child,
        )
        self.outputs = {
            "vpcId": self.vpc_id,
            "vpcCidr": self.vpc_cidr,
            "publicSubnetIds": self.public_subnet_ids,
            "privateSubnetIds": self.private_subnet_ids,
            "databaseSubnetIds": self.database_subnet_ids,
        }
        self.register_outputs(dict(self.outputs))

    def _vpc(self, name: str, args: NetworkArgs) -> awsx.ec2.Vpc:
        plan = cidr_plan(args.settings.vpc_cidr, len(args.availability_zones))
        name, prefix = f"{name}-vpc", args.environment.prefix
        return awsx.ec2.Vpc(
            name,
            cidr_block=plan.vpc,
            # Named, because positions shift when an account opts into another zone.
            availability_zone_names=list(args.availability_zones),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            # The other strategies ignore explicit blocks (LEGACY) or refuse the gaps (EXACT).
            subnet_strategy=awsx.ec2.SubnetAllocationStrategy.AUTO,
            subnet_specs=_subnet_specs(plan),
            nat_gateways={"strategy": args.nat_strategy},
            tags={"Name": f"{prefix}-vpc"},
            opts=pulumi.ResourceOptions(parent=self, transforms=[vpc_children(name, prefix)]),
        )

    @staticmethod
    def _inner_route_table_ids(vpc: awsx.ec2.Vpc) -> pulumi.Output[Sequence[str]]:
        """The route tables of the private and the isolated tier, which awsx does not tell apart."""
        associations = vpc.route_table_associations.apply(
            lambda them: pulumi.Output.all(
                *(pulumi.Output.all(one.subnet_id, one.route_table_id) for one in them)
            )
        )

        def joined(values: Sequence[Any]) -> Sequence[str]:
            pairs, private, isolated = values
            inner = {*private, *isolated}
            return sorted(table for subnet, table in pairs if subnet in inner)

        return pulumi.Output.all(
            associations, vpc.private_subnet_ids, vpc.isolated_subnet_ids
        ).apply(joined)


def _subnet_specs(plan: CidrPlan) -> list[awsx.ec2.SubnetSpecArgs]:
    tiers = (
        (awsx.ec2.SubnetType.PUBLIC, "public", plan.public),
        (awsx.ec2.SubnetType.PRIVATE, "private", plan.private),
        (awsx.ec2.SubnetType.ISOLATED, "database", plan.database),
    )
    return [
        awsx.ec2.SubnetSpecArgs(type=kind, name=name, cidr_blocks=list(blocks))
        for kind, name, blocks in tiers
    ]


def availability_zones(environment: Environment, settings: NetworkSettings) -> Sequence[str]:
    """The zones to use: the pinned ones, else the region's first by name.

    Local and Wavelength Zones, which an account can opt into, are left out.

    Args:
        environment: whose region is asked.
        settings: how many zones there are to be, or their names.

    Raises:
        pulumi.RunError: the region has fewer zones, or AWS does not say which.
    """
    if settings.availability_zones:
        return settings.availability_zones
    with one_line_of_failure(f"which zones {environment.region} has"):
        found = aws.get_availability_zones(
            state="available",
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
            opts=pulumi.InvokeOptions(provider=environment.provider),
        )
    names = sorted(found.names)
    count = settings.availability_zone_count
    if len(names) < count:
        raise pulumi.RunError(
            f"aws-platform:availabilityZoneCount is {count}, but {environment.region} has only"
            f" {', '.join(names)}; allowed here: {_allowed_counts(len(names))}."
        )
    return names[:count]


def _allowed_counts(zones: int) -> str:
    if zones < FEWEST_ZONES:
        return "none, since the platform needs two zones; choose another region"
    return str(FEWEST_ZONES) if zones == FEWEST_ZONES else f"{FEWEST_ZONES} to {zones}"
