from collections.abc import Mapping

import pytest

from components.network.security_groups import SecurityGroups, SecurityGroupsArgs
from tests.pulumi_recorder import Recorder, record

VPC_CIDR = "10.9.0.0/16"
OFFICES = ("203.0.113.0/24", "198.51.100.0/24")


@pytest.fixture(scope="module")
def groups() -> Recorder:
    return record(
        lambda: SecurityGroups(
            "sg",
            SecurityGroupsArgs(
                name_prefix="shop-dev",
                vpc_id="vpc-1",
                vpc_cidr=VPC_CIDR,
                company_cidrs=OFFICES,
            ),
        )
    )


def tier_of(group_id: str) -> str:
    return group_id.removeprefix("sg-").removesuffix("-id")


def test_there_are_the_six_groups_of_the_source_with_their_descriptions(groups: Recorder) -> None:
    found = {
        one.name.removeprefix("sg-"): one.inputs["description"]
        for one in groups.of("SecurityGroup")
    }

    assert found == {
        "web": "Security group for web servers",
        "app": "Security group for application servers",
        "database": "Security group for database servers",
        "cache": "Security group for cache servers",
        "bastion": "Security group for bastion host",
        "endpoints": "Security group for VPC endpoints",
    }
    assert {one.inputs["vpcId"] for one in groups.of("SecurityGroup")} == {"vpc-1"}


def test_exactly_the_connections_of_the_source_are_allowed_in(groups: Recorder) -> None:
    def source(inputs: Mapping[str, str]) -> str:
        group = inputs.get("referencedSecurityGroupId")
        return tier_of(group) if group else inputs["cidrIpv4"]

    found = {
        (
            tier_of(rule.inputs["securityGroupId"]),
            source(rule.inputs),
            rule.inputs["ipProtocol"],
            int(rule.inputs["fromPort"]),
            int(rule.inputs["toPort"]),
            rule.inputs["description"],
        )
        for rule in groups.of("SecurityGroupIngressRule")
    }

    assert found == {
        ("web", "0.0.0.0/0", "tcp", 80, 80, "Allow HTTP"),
        ("web", "0.0.0.0/0", "tcp", 443, 443, "Allow HTTPS"),
        ("app", "web", "tcp", 8080, 8080, "Allow traffic from web tier"),
        ("database", "app", "tcp", 5432, 5432, "Allow PostgreSQL from app tier"),
        ("database", "app", "tcp", 3306, 3306, "Allow MySQL from app tier"),
        ("cache", "app", "tcp", 6379, 6379, "Allow Redis from app tier"),
        ("bastion", OFFICES[0], "tcp", 22, 22, "Allow SSH from company network"),
        ("bastion", OFFICES[1], "tcp", 22, 22, "Allow SSH from company network"),
        ("endpoints", VPC_CIDR, "tcp", 443, 443, "Allow HTTPS from VPC"),
    }


def test_only_web_app_and_bastion_may_open_connections(groups: Recorder) -> None:
    rules = groups.of("SecurityGroupEgressRule")

    assert {tier_of(rule.inputs["securityGroupId"]) for rule in rules} == {"web", "app", "bastion"}
    for rule in rules:
        assert rule.inputs["cidrIpv4"] == "0.0.0.0/0"
        assert rule.inputs["ipProtocol"] == "-1"
        assert rule.inputs["description"] == "Allow all outbound traffic"
        assert "fromPort" not in rule.inputs


def test_the_default_group_of_the_vpc_is_emptied(groups: Recorder) -> None:
    default = groups.one("DefaultSecurityGroup")

    assert default.inputs == {"vpcId": "vpc-1", "ingress": [], "egress": []}


def test_no_group_has_inline_rules_beside_the_rule_resources(groups: Recorder) -> None:
    for group in groups.of("SecurityGroup"):
        assert not {"ingress", "egress"} & set(group.inputs)


def test_a_rule_is_named_by_its_network_so_that_the_order_does_not_matter() -> None:
    def names(*cidrs: str) -> set[str]:
        recorded = record(
            lambda: SecurityGroups(
                "sg",
                SecurityGroupsArgs(
                    name_prefix="shop-dev",
                    vpc_id="vpc-1",
                    vpc_cidr=VPC_CIDR,
                    company_cidrs=cidrs,
                ),
            )
        )
        return {rule.name for rule in recorded.of("SecurityGroupIngressRule")}

    assert names(*OFFICES) == names(*reversed(OFFICES))
    assert names(OFFICES[1]) < names(*OFFICES)
