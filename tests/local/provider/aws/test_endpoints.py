import json

import pytest

from local.provider.aws.endpoints import VpcEndpoint
from local.provider.aws.routing import RouteTable
from local.provider.aws.security_groups import SecurityGroup
from local.provider.aws.vpc import Subnet, Vpc
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures

S3 = "com.amazonaws.us-east-1.s3"
SQS = "com.amazonaws.us-east-1.sqs"


@pytest.fixture
def vpc(aws: Connection) -> Deployed:
    return deploy(aws, Vpc(), cidrBlock="10.0.0.0/16")


def test_a_gateway_endpoint_serves_its_route_tables(aws: Connection, vpc: Deployed):
    one, two = (deploy(aws, RouteTable(), vpcId=vpc.id) for _ in range(2))
    endpoint = deploy(
        aws,
        VpcEndpoint(),
        vpcId=vpc.id,
        serviceName=S3,
        vpcEndpointType="Gateway",
        routeTableIds=[one.id, two.id],
    )
    assert endpoint.state["routeTableIds"] == [one.id, two.id]
    assert endpoint.state["prefixListId"].startswith("pl-")
    assert endpoint.update(routeTableIds=[two.id])["routeTableIds"] == [two.id]
    endpoint.delete()
    assert endpoint.read() is None


def test_an_interface_endpoint_stands_in_its_subnets_behind_its_group(
    aws: Connection, vpc: Deployed
):
    subnet = deploy(aws, Subnet(), vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    group = deploy(aws, SecurityGroup(), name="endpoints", vpcId=vpc.id)
    endpoint = deploy(
        aws,
        VpcEndpoint(),
        vpcId=vpc.id,
        serviceName=SQS,
        vpcEndpointType="Interface",
        subnetIds=[subnet.id],
        securityGroupIds=[group.id],
        privateDnsEnabled=True,
        tagsAll={"Name": "sqs"},
    )
    found = aws.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])
    assert found["VpcEndpoints"][0]["PrivateDnsEnabled"] is True
    assert endpoint.state["securityGroupIds"] == [group.id]
    assert endpoint.state["dnsEntries"]


def test_a_policy_in_another_spelling_is_no_drift(aws: Connection, vpc: Deployed):
    policy = {"Version": "2012-10-17", "Statement": []}
    deploy(aws, VpcEndpoint(), vpcId=vpc.id, serviceName=S3, policy=json.dumps(policy, indent=4))


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"vpcEndpointType": "Gateway", "serviceName": SQS}, "vpcEndpointType"),
        ({"vpcEndpointType": "Gateway", "subnetIds": ["subnet-1"]}, "subnetIds"),
        ({"vpcEndpointType": "Interface", "routeTableIds": ["rtb-1"]}, "routeTableIds"),
        ({"policy": "{"}, "policy"),
    ],
)
def test_endpoints_that_aws_refuses_are_refused(inputs: dict[str, object], refused: str):
    assert failures(VpcEndpoint(), inputs).keys() == {refused}
