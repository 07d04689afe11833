import pytest
from botocore.exceptions import ClientError

from local.provider.aws.iam import Role
from local.provider.aws.logs import LogGroup
from local.provider.aws.vpc import Eip, FlowLog, InternetGateway, NatGateway, Subnet, Vpc
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

TRUST = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture
def vpc(aws: Connection) -> Deployed:
    return deploy(aws, Vpc(), cidrBlock="10.0.0.0/16", tagsAll={"Name": "main"})


def test_a_vpc_is_in_aws_with_its_tags_and_names_its_defaults(aws: Connection, vpc: Deployed):
    found = aws.client("ec2").describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]
    assert found["CidrBlock"] == "10.0.0.0/16"
    assert found["Tags"] == [{"Key": "Name", "Value": "main"}]
    group = vpc.state["defaultSecurityGroupId"]
    groups = aws.client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert groups[0]["VpcId"] == vpc.id
    assert vpc.state["mainRouteTableId"].startswith("rtb-")
    assert vpc.state["arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.id}"


def test_dns_of_a_vpc_is_switched_in_place(vpc: Deployed):
    assert (vpc.state["enableDnsHostnames"], vpc.state["enableDnsSupport"]) == (False, True)
    state = vpc.update(enableDnsHostnames=True)
    assert (state["enableDnsHostnames"], state["enableDnsSupport"]) == (True, True)


def test_a_deleted_vpc_is_gone_and_reads_as_gone(vpc: Deployed):
    vpc.delete()
    assert vpc.read() is None


def test_a_vpc_is_imported_by_its_id(aws: Connection, vpc: Deployed):
    read = imported(aws, Vpc(), vpc.id)
    assert read is not None
    assert (read["cidrBlock"], read["tags"]) == ("10.0.0.0/16", {"Name": "main"})


@pytest.mark.parametrize(
    "block",
    ["10.0.0.1/16", "10.0.0.0/8", "10.0.0.0/29", "10.0.0.0/255.255.0.0", "fd00::/20", "nonsense"],
)
def test_blocks_that_aws_refuses_are_refused(block: str):
    assert failures(Vpc(), {"cidrBlock": block}).keys() == {"cidrBlock"}
    assert failures(Subnet(), {"cidrBlock": block}).keys() == {"cidrBlock"}


def test_a_subnet_gives_public_addresses_only_when_asked(aws: Connection, vpc: Deployed):
    subnet = deploy(
        aws,
        Subnet(),
        vpcId=vpc.id,
        cidrBlock="10.0.0.0/24",
        availabilityZone="us-east-1b",
        mapPublicIpOnLaunch=True,
    )
    assert subnet.state["availabilityZone"] == "us-east-1b"
    assert subnet.state["mapPublicIpOnLaunch"] is True
    assert subnet.update(mapPublicIpOnLaunch=False)["mapPublicIpOnLaunch"] is False
    subnet.delete()
    assert subnet.read() is None


def test_a_subnet_outside_its_vpc_is_refused_by_aws(aws: Connection, vpc: Deployed):
    with pytest.raises(ClientError, match=r"InvalidSubnet\.Range"):
        deploy(aws, Subnet(), vpcId=vpc.id, cidrBlock="10.9.0.0/24")


def test_an_internet_gateway_is_attached_and_goes_with_its_attachment(
    aws: Connection, vpc: Deployed
):
    gateway = deploy(aws, InternetGateway(), vpcId=vpc.id)
    assert gateway.state["vpcId"] == vpc.id
    gateway.delete()
    assert aws.client("ec2").describe_internet_gateways()["InternetGateways"] == []


def test_a_nat_gateway_uses_the_address_it_is_given(aws: Connection, vpc: Deployed):
    subnet = deploy(aws, Subnet(), vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    address = deploy(aws, Eip(), tagsAll={"Name": "nat"})
    gateway = deploy(aws, NatGateway(), subnetId=subnet.id, allocationId=address.id)
    assert gateway.state["publicIp"] == address.state["publicIp"]
    address.assert_no_drift()
    gateway.delete()
    assert gateway.read() is None
    address.delete()
    assert aws.client("ec2").describe_addresses()["Addresses"] == []


def test_a_nat_gateway_with_an_address_of_nobody_is_refused(aws: Connection, vpc: Deployed):
    subnet = deploy(aws, Subnet(), vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    with pytest.raises(ClientError, match=r"InvalidAllocationID\.NotFound"):
        deploy(aws, NatGateway(), subnetId=subnet.id, allocationId="eipalloc-0123456789abcdef0")


def test_a_flow_log_writes_all_traffic_to_its_group(aws: Connection, vpc: Deployed):
    group = deploy(aws, LogGroup(), name="flow")
    role = deploy(aws, Role(), name="flow", assumeRolePolicy=TRUST)
    log = deploy(
        aws,
        FlowLog(),
        vpcId=vpc.id,
        trafficType="ALL",
        iamRoleArn=role.state["arn"],
        logDestination=group.state["arn"],
    )
    found = aws.client("ec2").describe_flow_logs(FlowLogIds=[log.id])["FlowLogs"][0]
    assert (found["ResourceId"], found["TrafficType"]) == (vpc.id, "ALL")
    assert found["LogGroupName"] == "flow"
    log.delete()
    assert log.read() is None


def test_inputs_that_would_be_lost_are_refused():
    assert "ipv6CidrBlock" in failures(Vpc(), {"ipv6CidrBlock": "2001:db8::/56"})
    assert "maxAggregationInterval" in failures(FlowLog(), {"maxAggregationInterval": 30})
