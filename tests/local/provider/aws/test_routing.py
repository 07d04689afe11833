import pytest

from local.provider.aws.routing import Route, RouteTable, RouteTableAssociation
from local.provider.aws.vpc import InternetGateway, Subnet, Vpc
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures

ANY = "0.0.0.0/0"


@pytest.fixture
def vpc(aws: Connection) -> Deployed:
    return deploy(aws, Vpc(), cidrBlock="10.0.0.0/16")


def test_a_route_leads_out_through_its_gateway_until_it_is_deleted(aws: Connection, vpc: Deployed):
    gateway = deploy(aws, InternetGateway(), vpcId=vpc.id)
    table = deploy(aws, RouteTable(), vpcId=vpc.id, tagsAll={"Name": "public"})
    route = deploy(
        aws, Route(), routeTableId=table.id, destinationCidrBlock=ANY, gatewayId=gateway.id
    )
    assert _routes(aws, table)[ANY]["GatewayId"] == gateway.id
    assert route.state["state"] == "active"
    other = deploy(aws, InternetGateway())
    route.update(gatewayId=other.id)
    assert _routes(aws, table)[ANY]["GatewayId"] == other.id
    route.delete()
    assert route.read() is None
    assert ANY not in _routes(aws, table)


def test_a_route_has_one_target():
    both = {"gatewayId": "igw-1", "natGatewayId": "nat-1"}
    assert failures(Route(), both).keys() == {"natGatewayId"}


def test_a_subnet_is_served_by_its_table_until_the_association_goes(aws: Connection, vpc: Deployed):
    subnet = deploy(aws, Subnet(), vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    table = deploy(aws, RouteTable(), vpcId=vpc.id)
    association = deploy(aws, RouteTableAssociation(), routeTableId=table.id, subnetId=subnet.id)
    associated = aws.client("ec2").describe_route_tables(RouteTableIds=[table.id])
    assert [item["SubnetId"] for item in associated["RouteTables"][0]["Associations"]] == [
        subnet.id
    ]
    association.delete()
    assert association.read() is None
    table.delete()
    assert table.read() is None


def _routes(aws: Connection, table: Deployed) -> dict[str, dict[str, str]]:
    found = aws.client("ec2").describe_route_tables(RouteTableIds=[table.id])["RouteTables"][0]
    return {route["DestinationCidrBlock"]: route for route in found["Routes"]}
