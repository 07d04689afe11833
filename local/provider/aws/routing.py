"""Route tables, their routes, and the subnets they serve."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from local.provider.aws.api_object import Answer
from local.provider.aws.described import ignoring
from local.provider.aws.ec2 import Ec2Object, Ec2Type, arn, ec2_api, filters, first, listed
from local.provider.aws.parameters import capitalised, changed, to_request
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

ROUTE_TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


class RouteTable(Ec2Object):
    """`aws.ec2.RouteTable`; routes are resources of their own."""

    token = "aws:ec2/routeTable:RouteTable"
    tag_type = "route-table"
    table = capitalised("vpcId")
    api = ec2_api("RouteTable")
    id_parameter = "RouteTableId"
    replace_on = frozenset({"vpcId"})

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        return {"arn": arn(aws, "route-table", id), "ownerId": found["OwnerId"]}


class Route(Ec2Type):
    """`aws.ec2.Route` for an IPv4 destination."""

    token = "aws:ec2/route:Route"
    taggable = False
    handled = frozenset({"destinationCidrBlock", "routeTableId", *ROUTE_TARGETS})
    replace_on = frozenset({"destinationCidrBlock", "routeTableId"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        targets = [name for name in ROUTE_TARGETS if inputs.get(name)]
        if len(targets) > 1:
            yield CheckFailure(targets[1], f"a route has one target, and {targets[0]} is one")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        aws.client("ec2").create_route(**_route(inputs))
        destination = inputs["destinationCidrBlock"]
        # The real provider's id: the table and a hash of the destination.
        id = f"r-{inputs['routeTableId']}{zlib.crc32(destination.encode())}"
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        table = first(
            aws.client("ec2").describe_route_tables,
            "RouteTables",
            RouteTableIds=[properties.get("routeTableId") or ""],
        )
        for route in listed(table, "Routes"):
            if route.get("DestinationCidrBlock") == properties.get("destinationCidrBlock"):
                found_targets = {name: route.get(api) for name, api in ROUTE_TARGETS.items()}
                return {
                    "origin": route.get("Origin", "CreateRoute"),
                    "state": route.get("State", "active"),
                    **{name: target for name, target in found_targets.items() if target},
                }
        return None

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, *ROUTE_TARGETS):
            aws.client("ec2").replace_route(**_route(new))

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring("InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"):
            aws.client("ec2").delete_route(
                RouteTableId=state["routeTableId"],
                DestinationCidrBlock=state["destinationCidrBlock"],
            )


class RouteTableAssociation(Ec2Type):
    """`aws.ec2.RouteTableAssociation` of a subnet."""

    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    taggable = False
    handled = frozenset({"routeTableId", "subnetId"})
    # The real provider moves a subnet to another table in place, which gives the association a
    # new id; the engine's protocol has no answer for that.
    replace_on = frozenset({"routeTableId", "subnetId"})
    delete_before_replace = True

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").associate_route_table(
            RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"]
        )
        return self.created(aws, answer["AssociationId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        by_id = {"association.route-table-association-id": id}
        table = first(
            aws.client("ec2").describe_route_tables, "RouteTables", Filters=filters(**by_id)
        )
        for association in listed(table, "Associations"):
            if association["RouteTableAssociationId"] == id and association.get("SubnetId"):
                return {
                    "routeTableId": association["RouteTableId"],
                    "subnetId": association["SubnetId"],
                }
        return None

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring("InvalidAssociationID.NotFound"):
            aws.client("ec2").disassociate_route_table(AssociationId=id)


def _route(inputs: Properties) -> dict[str, Any]:
    return {
        "RouteTableId": inputs["routeTableId"],
        "DestinationCidrBlock": inputs["destinationCidrBlock"],
        **to_request(ROUTE_TARGETS, inputs),
    }
