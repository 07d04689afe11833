import pytest

from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from tests.pulumi_recorder import Recorder, record


def endpoints(*services: str) -> Recorder:
    return record(
        lambda: VpcEndpoints(
            "endpoint",
            VpcEndpointsArgs(
                name_prefix="shop-dev",
                vpc_id="vpc-1",
                region="eu-west-1",
                route_table_ids=["rtb-private", "rtb-database"],
                interface_services=services,
                subnet_ids=["subnet-a", "subnet-b"],
                security_group_id="sg-endpoints",
            ),
        )
    )


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_a_gateway_endpoint_routes_the_given_tables_to_the_service(service: str) -> None:
    endpoint = endpoints().one("VpcEndpoint", f"endpoint-{service}")

    assert endpoint.inputs == {
        "vpcId": "vpc-1",
        "serviceName": f"com.amazonaws.eu-west-1.{service}",
        "vpcEndpointType": "Gateway",
        "routeTableIds": ["rtb-private", "rtb-database"],
        "tags": {"Name": f"shop-dev-{service}"},
    }


def test_an_interface_endpoint_answers_under_the_services_own_name_in_each_subnet() -> None:
    endpoint = endpoints("ecr.api", "ssm").one("VpcEndpoint", "endpoint-ecr.api")

    assert endpoint.inputs == {
        "vpcId": "vpc-1",
        "serviceName": "com.amazonaws.eu-west-1.ecr.api",
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
        "subnetIds": ["subnet-a", "subnet-b"],
        "securityGroupIds": ["sg-endpoints"],
        "tags": {"Name": "shop-dev-ecr.api"},
    }


def test_without_services_only_the_free_gateway_endpoints_are_made() -> None:
    assert {one.inputs["vpcEndpointType"] for one in endpoints().of("VpcEndpoint")} == {"Gateway"}
