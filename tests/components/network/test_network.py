from typing import Any

import pulumi
import pytest

from components.network.network import Network, NetworkArgs, availability_zones
from components.network.settings import NetworkSettings
from components.shared.environment import Environment
from components.shared.environment_settings import EnvironmentSettings
from components.shared.provider_configuration import ProviderConfiguration
from tests.pulumi_recorder import CALLS, REGION, UNKNOWN, Recorder, record

ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")


def environment() -> Environment:
    return Environment.of_stack(REGION, EnvironmentSettings(), ProviderConfiguration())


def network(zones: tuple[str, ...] = ZONES, **settings: Any) -> Recorder:
    given = NetworkSettings.model_validate({"availabilityZoneCount": len(zones), **settings})

    def program() -> None:
        made = Network(
            "net",
            NetworkArgs(environment=environment(), settings=given, availability_zones=zones),
        )
        for number, gateway_id in enumerate(made.nat_gateway_ids):
            pulumi.export(str(number), gateway_id)

    return record(program)


def test_the_vpc_has_the_nine_subnets_of_the_source_in_named_zones(each_run: Recorder) -> None:
    inputs = each_run.one("awsx:ec2:Vpc").inputs

    assert inputs["cidrBlock"] == "10.0.0.0/16"
    assert inputs["availabilityZoneNames"] == list(ZONES)
    assert inputs["subnetStrategy"] == "Auto"
    assert inputs["subnetSpecs"] == [
        {
            "type": "Public",
            "name": "public",
            "cidrBlocks": ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"],
        },
        {
            "type": "Private",
            "name": "private",
            "cidrBlocks": ["10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24"],
        },
        {
            "type": "Isolated",
            "name": "database",
            "cidrBlocks": ["10.0.20.0/24", "10.0.21.0/24", "10.0.22.0/24"],
        },
    ]
    assert inputs["enableDnsHostnames"] is True
    assert inputs["enableDnsSupport"] is True


def test_prod_has_a_nat_gateway_in_each_zone_and_dev_one(dev: Recorder, prod: Recorder) -> None:
    assert dev.one("awsx:ec2:Vpc").inputs["natGateways"] == {"strategy": "Single"}
    assert prod.one("awsx:ec2:Vpc").inputs["natGateways"] == {"strategy": "OnePerAz"}


@pytest.mark.parametrize(
    ("gateways", "zones", "strategy"),
    [(0, 3, "None"), (1, 3, "Single"), (3, 3, "OnePerAz"), (2, 2, "OnePerAz"), (0, 2, "None")],
)
def test_the_number_of_nat_gateways_picks_the_strategy(
    gateways: int, zones: int, strategy: str
) -> None:
    recorded = network(ZONES[:zones], natGateways=gateways)

    assert recorded.one("awsx:ec2:Vpc").inputs["natGateways"] == {"strategy": strategy}


def test_a_number_of_nat_gateways_that_no_strategy_gives_is_refused() -> None:
    # The settings are made for four zones, three are handed in.
    settings = NetworkSettings.model_validate({"availabilityZoneCount": 4, "natGateways": 4})

    def program() -> None:
        args = NetworkArgs(environment=environment(), settings=settings, availability_zones=ZONES)
        Network("net", args)

    with pytest.raises(ValueError, match="nat_gateways is 4; allowed: 0, 1 or 3"):
        record(program)


@pytest.mark.parametrize("gateways", [0, 1, 3])
def test_the_network_names_each_of_its_nat_gateways(gateways: int) -> None:
    found = network(natGateways=gateways).outputs

    assert list(found.values()) == ["nat-1", "nat-2", "nat-3"][:gateways]


def test_gateway_endpoints_serve_the_private_and_the_database_tier_only(prod: Recorder) -> None:
    gateways = [one for one in prod.of("VpcEndpoint") if one.inputs["vpcEndpointType"] == "Gateway"]

    assert {one.inputs["serviceName"] for one in gateways} == {
        "com.amazonaws.us-east-1.s3",
        "com.amazonaws.us-east-1.dynamodb",
    }
    for endpoint in gateways:
        assert endpoint.inputs["routeTableIds"] == [
            f"table-{tier}-{zone}" for tier in ("database", "private") for zone in ZONES
        ]


def test_prod_has_the_seven_interface_endpoints_of_the_source(prod: Recorder) -> None:
    interfaces = [
        one for one in prod.of("VpcEndpoint") if one.inputs["vpcEndpointType"] == "Interface"
    ]

    assert {
        one.inputs["serviceName"].removeprefix("com.amazonaws.us-east-1.") for one in interfaces
    } == {
        "ecr.api",
        "ecr.dkr",
        "lambda",
        "secretsmanager",
        "ssm",
        "ssmmessages",
        "ec2messages",
    }
    for endpoint in interfaces:
        assert endpoint.inputs["privateDnsEnabled"] is True
        assert endpoint.inputs["subnetIds"] == [f"private-{zone}" for zone in ZONES]
        assert endpoint.inputs["securityGroupIds"] == ["network-sg-endpoints-id"]


def test_dev_pays_for_no_interface_endpoint(dev: Recorder) -> None:
    assert {one.inputs["vpcEndpointType"] for one in dev.of("VpcEndpoint")} == {"Gateway"}


def test_flow_logs_and_groups_belong_to_the_vpc(each_run: Recorder) -> None:
    vpc_id = each_run.outputs["vpcId"]

    assert vpc_id in ("network-vpc-id", UNKNOWN)
    for type_ in ("FlowLog", "SecurityGroup", "DefaultSecurityGroup", "VpcEndpoint"):
        assert {one.inputs["vpcId"] for one in each_run.of(type_)} == {vpc_id}


def test_flow_logs_are_kept_for_as_long_as_the_stack_says(dev: Recorder, prod: Recorder) -> None:
    days = [
        one.one("LogGroup", "network-flow-logs-group").inputs["retentionInDays"]
        for one in (dev, prod)
    ]

    assert days == [7, 30]


def changed_child(recorded: Recorder, type_: str, name: str, **props: Any) -> Any:
    """What becomes of the inputs that awsx gives a child of the VPC."""
    (transform,) = recorded.one("awsx:ec2:Vpc").options.transforms or ()
    result: Any = transform(
        pulumi.ResourceTransformArgs(
            custom=True, type_=type_, name=name, props=props, opts=pulumi.ResourceOptions()
        )
    )
    return result and result.props


def test_public_subnets_give_no_public_addresses_by_themselves(prod: Recorder) -> None:
    changed = changed_child(
        prod,
        "aws:ec2/subnet:Subnet",
        "network-vpc-public-1",
        mapPublicIpOnLaunch=True,
        cidrBlock="10.0.0.0/24",
        tags={"Name": "network-vpc-public-1", "SubnetType": "Public"},
    )

    assert changed == {
        "mapPublicIpOnLaunch": False,
        "cidrBlock": "10.0.0.0/24",
        "tags": {"Name": "aws-platform-prod-public-1", "SubnetType": "Public"},
    }


@pytest.mark.parametrize(
    ("type_", "name", "expected"),
    [
        ("aws:ec2/subnet:Subnet", "network-vpc-database-3", "database-3"),
        ("aws:ec2/routeTable:RouteTable", "network-vpc-private-2", "private-2"),
        ("aws:ec2/natGateway:NatGateway", "network-vpc-1", "nat-1"),
        ("aws:ec2/eip:Eip", "network-vpc-3", "nat-3"),
    ],
)
def test_what_awsx_names_alike_in_each_environment_says_which_one_it_is_of(
    dev: Recorder, prod: Recorder, type_: str, name: str, expected: str
) -> None:
    for recorded, stack in ((dev, "dev"), (prod, "prod")):
        tags = changed_child(recorded, type_, name, tags={"Name": name})["tags"]

        assert tags == {"Name": f"aws-platform-{stack}-{expected}"}


@pytest.mark.parametrize("type_", ["aws:ec2/vpc:Vpc", "aws:ec2/route:Route"])
def test_other_children_of_the_vpc_stay_as_awsx_makes_them(prod: Recorder, type_: str) -> None:
    assert changed_child(prod, type_, "network-vpc", tags={"Name": "x"}) is None


def zones_of(answer: list[str], count: int, pinned: tuple[str, ...] = ()) -> Any:
    found: list[Any] = []
    answers = {**CALLS, "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": answer}}

    given = {"availabilityZoneCount": count, "availabilityZones": pinned}
    settings = NetworkSettings.model_validate(given)

    def program() -> None:
        found.extend(availability_zones(environment(), settings))

    recorder = Recorder(answers=answers)
    record(program, recorder=recorder)
    return found, recorder.calls


def test_the_regions_first_zones_by_name_are_taken_whatever_order_aws_lists_them_in() -> None:
    zones, _ = zones_of(["us-east-1c", "us-east-1a", "us-east-1b"], 2)

    assert zones == ["us-east-1a", "us-east-1b"]


def test_pinned_zones_are_taken_without_asking_aws() -> None:
    zones, calls = zones_of([], 2, ("us-east-1d", "us-east-1f"))

    assert zones == ["us-east-1d", "us-east-1f"]
    assert "aws:index/getAvailabilityZones:getAvailabilityZones" not in calls


@pytest.mark.parametrize(
    ("zones", "count", "allowed"),
    [
        (["us-west-1b", "us-west-1a"], 3, "2."),
        (["us-west-1b", "us-west-1a", "us-west-1c"], 4, "2 to 3."),
        (["us-west-1a"], 2, "none, since the platform needs two zones; choose another region."),
    ],
)
def test_a_region_with_too_few_zones_is_named_with_what_it_has(
    zones: list[str], count: int, allowed: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        zones_of(zones, count)

    message = str(refused.value)
    assert f"aws-platform:availabilityZoneCount is {count}" in message
    assert f"has only {', '.join(sorted(zones))}" in message
    assert message.endswith(f"allowed here: {allowed}")
