"""Security groups, their rules as resources of their own, and the default group of a VPC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from local.provider.aws.api_object import Answer
from local.provider.aws.described import ignoring, refuse
from local.provider.aws.ec2 import Ec2Object, Ec2Type, arn, ec2_api, filters, first
from local.provider.aws.parameters import capitalised, changed
from local.provider.aws.rules import matching, network
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

DEFAULT_DESCRIPTION = "Managed by Pulumi"
DESCRIPTION_PATTERN = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}"
DESCRIPTION_MEANING = (
    "at most 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* (EC2 refuses others)"
)
"""Amazon EC2 API reference, CreateSecurityGroup and IpRange."""

SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


class SecurityGroup(Ec2Object):
    """`aws.ec2.SecurityGroup` without inline rules; AWS's egress rule is taken away."""

    token = "aws:ec2/securityGroup:SecurityGroup"
    tag_type = "security-group"
    table = {**capitalised("description", "vpcId"), "name": "GroupName"}
    handled = frozenset({"revokeRulesOnDelete"})
    api = replace(ec2_api("SecurityGroup"), id="GroupId")
    id_parameter = "GroupId"
    defaults = {"Description": DEFAULT_DESCRIPTION}
    replace_on = frozenset({"description", "name", "vpcId"})
    auto_name = AutoName(max_length=255)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        if str(inputs.get("name", "")).startswith("sg-"):
            yield CheckFailure("name", "can't begin with sg-, which group ids do")

    def complete(self, aws: Aws, id: str, inputs: Properties) -> None:
        revoke_all(aws.client("ec2"), id)

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        return {"arn": arn(aws, "security-group", id), "ownerId": found["OwnerId"]}


class DefaultSecurityGroup(Ec2Type):
    """`aws.ec2.DefaultSecurityGroup`: takes over the group that AWS made, and empties it."""

    token = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    handled = frozenset({"egress", "ingress", "revokeRulesOnDelete", "vpcId"})
    replace_on = frozenset({"vpcId"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        for name in ("egress", "ingress"):
            if inputs.get(name):
                yield CheckFailure(name, "the embedded AWS only empties a default group")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        ec2 = aws.client("ec2")
        group = first(
            ec2.describe_security_groups,
            "SecurityGroups",
            Filters=filters(vpc_id=inputs["vpcId"], group_name="default"),
        )
        if group is None:
            refuse("DescribeSecurityGroups", "InvalidVpcID.NotFound", f"no VPC {inputs['vpcId']}")
        revoke_all(ec2, group["GroupId"])
        self._retag(aws, group["GroupId"], {}, inputs)
        return self.created(aws, group["GroupId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        return SecurityGroup().describe(aws, id, properties)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        """AWS keeps the group as long as the VPC."""


class _Rule(Ec2Type):
    """A rule of a security group, with an id of its own."""

    tag_type = "security-group-rule"
    handled = frozenset(
        {"description", "fromPort", "ipProtocol", "securityGroupId", "toPort", *SOURCES}
    )
    replace_on = frozenset({"securityGroupId"})
    egress: bool

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(inputs, "description", DESCRIPTION_PATTERN, DESCRIPTION_MEANING)
        sources = [name for name in SOURCES if inputs.get(name)]
        if len(sources) > 1:
            yield CheckFailure(sources[1], f"a rule has one source, and {sources[0]} is one")
        for name in ("cidrIpv4", "cidrIpv6"):
            if inputs.get(name):
                yield from _block_failures(name, inputs[name])
        if inputs.get("ipProtocol") == "-1":
            for name in ("fromPort", "toPort"):
                if inputs.get(name) not in {None, -1}:
                    yield CheckFailure(name, "a rule for all protocols (-1) has no ports")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        ec2 = aws.client("ec2")
        authorize = (
            ec2.authorize_security_group_egress
            if self.egress
            else ec2.authorize_security_group_ingress
        )
        answer = authorize(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[_permission(inputs)],
            **self.tagged(inputs),
        )
        id = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        rule = first(
            aws.client("ec2").describe_security_group_rules,
            "SecurityGroupRules",
            Filters=filters(security_group_rule_id=id),
        )
        if rule is None:
            return None
        all_protocols = rule["IpProtocol"] in {None, "-1"}
        return {
            "arn": arn(aws, "security-group-rule", id),
            "securityGroupRuleId": id,
            "securityGroupId": rule["GroupId"],
            "description": rule.get("Description") or properties.get("description"),
            "cidrIpv4": rule.get("CidrIpv4"),
            "cidrIpv6": rule.get("CidrIpv6"),
            "prefixListId": rule.get("PrefixListId"),
            "referencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
            "ipProtocol": rule["IpProtocol"],
            "fromPort": properties.get("fromPort") if all_protocols else rule.get("FromPort"),
            "toPort": properties.get("toPort") if all_protocols else rule.get("ToPort"),
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if not changed(old, new, "description", "fromPort", "ipProtocol", "toPort", *SOURCES):
            return
        source = {
            "CidrIpv4": new.get("cidrIpv4"),
            "CidrIpv6": new.get("cidrIpv6"),
            "PrefixListId": new.get("prefixListId"),
            "ReferencedGroupId": new.get("referencedSecurityGroupId"),
            "Description": new.get("description"),
        }
        request = {
            "IpProtocol": new["ipProtocol"],
            "FromPort": new.get("fromPort", -1),
            "ToPort": new.get("toPort", -1),
            **{name: value for name, value in source.items() if value},
        }
        aws.client("ec2").modify_security_group_rules(
            GroupId=new["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": id, "SecurityGroupRule": request}],
        )

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        ec2 = aws.client("ec2")
        revoke = (
            ec2.revoke_security_group_egress if self.egress else ec2.revoke_security_group_ingress
        )
        with ignoring(
            "InvalidGroup.NotFound",
            "InvalidPermission.NotFound",
            "InvalidSecurityGroupRuleId.NotFound",
        ):
            revoke(GroupId=state["securityGroupId"], SecurityGroupRuleIds=[id])


class SecurityGroupIngressRule(_Rule):
    """`aws.vpc.SecurityGroupIngressRule`."""

    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    egress = False


class SecurityGroupEgressRule(_Rule):
    """`aws.vpc.SecurityGroupEgressRule`."""

    token = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    egress = True


def revoke_all(ec2: Any, group_id: str) -> None:
    """Take every rule from a group."""
    rules = ec2.describe_security_group_rules(Filters=filters(group_id=group_id))
    for rule in rules["SecurityGroupRules"]:
        revoke = (
            ec2.revoke_security_group_egress
            if rule["IsEgress"]
            else ec2.revoke_security_group_ingress
        )
        revoke(GroupId=group_id, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])


def _permission(inputs: Properties) -> dict[str, Any]:
    described = {"Description": inputs["description"]} if inputs.get("description") else {}
    permission: dict[str, Any] = {"IpProtocol": inputs["ipProtocol"]}
    if inputs["ipProtocol"] != "-1":
        permission |= {"FromPort": inputs["fromPort"], "ToPort": inputs["toPort"]}
    if inputs.get("cidrIpv4"):
        permission["IpRanges"] = [{"CidrIp": inputs["cidrIpv4"], **described}]
    if inputs.get("cidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": inputs["cidrIpv6"], **described}]
    if inputs.get("prefixListId"):
        permission["PrefixListIds"] = [{"PrefixListId": inputs["prefixListId"], **described}]
    if inputs.get("referencedSecurityGroupId"):
        group = {"GroupId": inputs["referencedSecurityGroupId"], **described}
        permission["UserIdGroupPairs"] = [group]
    return permission


def _block_failures(name: str, block: str) -> Iterable[CheckFailure]:
    try:
        network(block)
    except ValueError as error:
        yield CheckFailure(name, f"{error}; give a network such as 203.0.113.0/24")
