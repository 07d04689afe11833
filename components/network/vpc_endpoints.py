"""VPC endpoints: traffic to AWS services that does not pay for a NAT gateway."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.shared.allowed_values import GATEWAY_SERVICES


@dataclass(frozen=True, kw_only=True)
class VpcEndpointsArgs:
    """What the endpoints are made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of the endpoints' `Name` tags.
        vpc_id: the VPC they belong to.
        region: the region, part of every service name.
        route_table_ids: tables that get the gateway endpoints' routes.
        interface_services: short service names, for example `secretsmanager`.
        subnet_ids: one subnet a zone for the interface endpoints.
        security_group_id: who may reach the interface endpoints.
    """

    name_prefix: str
    vpc_id: pulumi.Input[str]
    region: str
    route_table_ids: pulumi.Input[Sequence[str]]
    interface_services: Sequence[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]


class VpcEndpoints(pulumi.ComponentResource):
    """Endpoints of the VPC.

    Creates the gateway endpoints of S3 and DynamoDB on the given route tables, and an interface
    endpoint with private DNS in the private subnets for each service asked for.
    """

    def __init__(
        self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:network:VpcEndpoints", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for service in GATEWAY_SERVICES:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=args.route_table_ids,
                tags={"Name": f"{args.name_prefix}-{service}"},
                opts=child,
            )
        for service in args.interface_services:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=args.subnet_ids,
                security_group_ids=[args.security_group_id],
                tags={"Name": f"{args.name_prefix}-{service}"},
                opts=child,
            )
        self.register_outputs({})
