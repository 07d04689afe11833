"""What awsx makes inside a VPC, changed to what the platform wants of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

SUBNET = "aws:ec2/subnet:Subnet"
NAMED: Mapping[str, str] = {
    SUBNET: "",
    "aws:ec2/routeTable:RouteTable": "",
    "aws:ec2/natGateway:NatGateway": "nat-",
    "aws:ec2/eip:Eip": "nat-",
}
"""The types that awsx tags with their logical names, and what stands before their numbers."""


def vpc_children(vpc_name: str, name_prefix: str) -> pulumi.ResourceTransform:
    """A transform that names the children after the environment, and keeps addresses private.

    awsx lets no input say either: `Name` is the logical name, which is the same in every
    environment of an account, and instances in public subnets get a public address.

    Args:
        vpc_name: the VPC's logical name, which the children's begin with.
        name_prefix: `<project>-<stack>`, the beginning of physical names.
    """

    def change(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ not in NAMED:
            return None
        props: dict[str, Any] = {**args.props}
        role = NAMED[args.type_] + args.name.removeprefix(f"{vpc_name}-")
        props["tags"] = {**(props.get("tags") or {}), "Name": f"{name_prefix}-{role}"}
        if args.type_ == SUBNET:
            props["mapPublicIpOnLaunch"] = False
        return pulumi.ResourceTransformResult(props, args.opts)

    return change
