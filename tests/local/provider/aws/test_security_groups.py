from typing import Any

import pytest

from local.provider.aws.security_groups import (
    DefaultSecurityGroup,
    SecurityGroup,
    SecurityGroupEgressRule,
    SecurityGroupIngressRule,
)
from local.provider.aws.vpc import Vpc
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures


@pytest.fixture
def vpc(aws: Connection) -> Deployed:
    return deploy(aws, Vpc(), cidrBlock="10.0.0.0/16")


@pytest.fixture
def group(aws: Connection, vpc: Deployed) -> Deployed:
    return deploy(aws, SecurityGroup(), name="web", vpcId=vpc.id, tagsAll={"a": "1"})


def test_a_new_group_lets_nothing_in_or_out(aws: Connection, group: Deployed):
    assert _rules(aws, group) == []
    assert group.state["description"] == "Managed by Pulumi"


def test_a_rule_opens_the_group_as_written_and_is_changed_in_place(
    aws: Connection, group: Deployed
):
    rule = deploy(
        aws,
        SecurityGroupIngressRule(),
        securityGroupId=group.id,
        ipProtocol="tcp",
        fromPort=443,
        toPort=443,
        cidrIpv4="0.0.0.0/0",
        description="https",
        tagsAll={"a": "1"},
    )
    [found] = _rules(aws, group)
    assert (found["FromPort"], found["CidrIpv4"], found["IsEgress"]) == (443, "0.0.0.0/0", False)
    assert found["Description"] == "https"
    rule.update(fromPort=8443, toPort=8443, cidrIpv4="10.0.0.0/8")
    [found] = _rules(aws, group)
    assert found["SecurityGroupRuleId"] == rule.id
    assert (found["FromPort"], found["CidrIpv4"]) == (8443, "10.0.0.0/8")
    rule.delete()
    assert rule.read() is None
    assert _rules(aws, group) == []


def test_a_rule_may_name_another_group(aws: Connection, vpc: Deployed, group: Deployed):
    other = deploy(aws, SecurityGroup(), name="app", vpcId=vpc.id)
    rule = deploy(
        aws,
        SecurityGroupIngressRule(),
        securityGroupId=other.id,
        ipProtocol="tcp",
        fromPort=80,
        toPort=80,
        referencedSecurityGroupId=group.id,
    )
    assert rule.state["referencedSecurityGroupId"] == group.id


def test_everything_may_go_out_when_a_rule_says_so(aws: Connection, group: Deployed):
    rule = deploy(
        aws,
        SecurityGroupEgressRule(),
        securityGroupId=group.id,
        ipProtocol="-1",
        cidrIpv4="0.0.0.0/0",
    )
    [found] = _rules(aws, group)
    assert (found["IpProtocol"], found["IsEgress"]) == ("-1", True)
    rule.delete()
    assert _rules(aws, group) == []


def test_the_default_group_is_emptied_and_stays(aws: Connection, vpc: Deployed):
    default = deploy(aws, DefaultSecurityGroup(), vpcId=vpc.id)
    assert default.id == vpc.state["defaultSecurityGroupId"]
    assert _rules(aws, default) == []
    default.delete()
    assert default.read() is not None


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"cidrIpv4": "10.0.0.1/8"}, "cidrIpv4"),
        ({"cidrIpv4": "10.0.0.0/255.0.0.0"}, "cidrIpv4"),
        ({"cidrIpv4": "10.0.0.0"}, "cidrIpv4"),
        ({"cidrIpv6": "2001:db8::1/32"}, "cidrIpv6"),
        ({"cidrIpv4": "10.0.0.0/8", "referencedSecurityGroupId": "sg-1"}, None),
        ({"ipProtocol": "-1", "fromPort": 80}, "fromPort"),
        ({"description": "it's 50 %"}, "description"),
        ({"description": "x" * 256}, "description"),
    ],
)
def test_rules_that_aws_refuses_are_refused(inputs: dict[str, Any], refused: str | None):
    expected = refused or "referencedSecurityGroupId"
    assert failures(SecurityGroupIngressRule(), inputs).keys() == {expected}


def test_a_groups_name_cannot_look_like_an_id_nor_hold_rules():
    assert failures(SecurityGroup(), {"name": "sg-web"}).keys() == {"name"}
    assert failures(SecurityGroup(), {"ingress": [{}]}).keys() == {"ingress"}


def _rules(aws: Connection, group: Deployed) -> list[dict[str, Any]]:
    by_group = [{"Name": "group-id", "Values": [group.id]}]
    answer = aws.client("ec2").describe_security_group_rules(Filters=by_group)
    return answer["SecurityGroupRules"]
