"""VPCs, subnets, internet gateways, NAT gateways with their addresses, and flow logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.api_object import Answer, Api
from local.provider.aws.described import ignoring, refuse
from local.provider.aws.ec2 import GONE, Ec2Object, arn, ec2_api, filters, first, listed
from local.provider.aws.parameters import capitalised, changed
from local.provider.aws.rules import network, one_of
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

DEFAULT_FLOW_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""Amazon VPC user guide, Flow log records."""


class Vpc(Ec2Object):
    """`aws.ec2.Vpc` with IPv4."""

    token = "aws:ec2/vpc:Vpc"
    tag_type = "vpc"
    table = capitalised("cidrBlock", "instanceTenancy")
    handled = frozenset({"enableDnsHostnames", "enableDnsSupport"})
    api = ec2_api("Vpc")
    id_parameter = "VpcId"
    replace_on = frozenset({"cidrBlock", "instanceTenancy"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from block_rules(inputs, 16, 28)

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        ec2 = aws.client("ec2")
        in_vpc = filters(vpc_id=id)
        table = first(
            ec2.describe_route_tables,
            "RouteTables",
            Filters=in_vpc + filters(**{"association.main": "true"}),
        )
        group = first(
            ec2.describe_security_groups,
            "SecurityGroups",
            Filters=in_vpc + filters(group_name="default"),
        )
        acl = first(
            ec2.describe_network_acls, "NetworkAcls", Filters=in_vpc + filters(default="true")
        )
        return {
            "arn": arn(aws, "vpc", id),
            "dhcpOptionsId": found["DhcpOptionsId"],
            "ownerId": aws.account_id,
            "enableDnsHostnames": _attribute(ec2, id, "enableDnsHostnames"),
            "enableDnsSupport": _attribute(ec2, id, "enableDnsSupport"),
            "mainRouteTableId": table and table["RouteTableId"],
            "defaultRouteTableId": table and table["RouteTableId"],
            "defaultSecurityGroupId": group and group["GroupId"],
            "defaultNetworkAclId": acl and acl["NetworkAclId"],
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        before = {"enableDnsHostnames": False, "enableDnsSupport": True, **old}
        wanted = {"enableDnsHostnames": False, "enableDnsSupport": True, **new}
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            if before[name] != wanted[name]:
                parameter = name[0].upper() + name[1:]
                aws.client("ec2").modify_vpc_attribute(
                    VpcId=id, **{parameter: {"Value": bool(wanted[name])}}
                )


class Subnet(Ec2Object):
    """`aws.ec2.Subnet` with IPv4."""

    token = "aws:ec2/subnet:Subnet"
    tag_type = "subnet"
    table = capitalised(
        "assignIpv6AddressOnCreation",
        "availabilityZone",
        "availabilityZoneId",
        "cidrBlock",
        "mapPublicIpOnLaunch",
        "vpcId",
    )
    api = ec2_api("Subnet")
    id_parameter = "SubnetId"
    replace_on = frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from block_rules(inputs, 16, 28)
        if inputs.get("assignIpv6AddressOnCreation"):
            yield CheckFailure(
                "assignIpv6AddressOnCreation", "the subnet has no IPv6 block to assign from"
            )

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        return {
            "arn": arn(aws, "subnet", id),
            "ownerId": found["OwnerId"],
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "mapPublicIpOnLaunch"):
            aws.client("ec2").modify_subnet_attribute(
                SubnetId=id, MapPublicIpOnLaunch={"Value": bool(new.get("mapPublicIpOnLaunch"))}
            )


class InternetGateway(Ec2Object):
    """`aws.ec2.InternetGateway`, attached to its VPC."""

    token = "aws:ec2/internetGateway:InternetGateway"
    tag_type = "internet-gateway"
    handled = frozenset({"vpcId"})
    api = ec2_api("InternetGateway")
    id_parameter = "InternetGatewayId"

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        attached = [attachment["VpcId"] for attachment in found["Attachments"]]
        return {
            "arn": arn(aws, "internet-gateway", id),
            "ownerId": aws.account_id,
            "vpcId": attached[0] if attached else "",
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if not changed(old, new, "vpcId"):
            return
        ec2 = aws.client("ec2")
        if old.get("vpcId"):
            ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=old["vpcId"])
        if new.get("vpcId"):
            ec2.attach_internet_gateway(InternetGatewayId=id, VpcId=new["vpcId"])

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("vpcId"):
            _detached(aws.client("ec2"), id, state["vpcId"])
        super().delete(aws, id, state)


class Eip(Ec2Object):
    """`aws.ec2.Eip`: a public address that is handed to a NAT gateway."""

    token = "aws:ec2/eip:Eip"
    tag_type = "elastic-ip"
    table = capitalised("domain")
    api = Api(
        service="ec2",
        create="allocate_address",
        read="describe_addresses",
        delete="release_address",
        found="Addresses[]",
        id="AllocationId",
        gone=GONE,
    )
    id_parameter = "AllocationId"
    defaults = {"Domain": "vpc"}
    replace_on = frozenset({"domain"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from one_of(inputs, "domain", ("vpc",))

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        ip: str | None = found["PublicIp"]
        return {
            "arn": arn(aws, "elastic-ip", id),
            "allocationId": id,
            "networkBorderGroup": aws.region,
            "publicDns": ip and f"ec2-{ip.replace('.', '-')}.compute-1.amazonaws.com",
            "publicIp": ip,
            "publicIpv4Pool": "amazon",
        }


class NatGateway(Ec2Object):
    """`aws.ec2.NatGateway` with one address."""

    token = "aws:ec2/natGateway:NatGateway"
    tag_type = "natgateway"
    table = capitalised("allocationId", "connectivityType", "subnetId")
    api = ec2_api("NatGateway")
    id_parameter = "NatGatewayId"
    replace_on = frozenset({"allocationId", "connectivityType", "subnetId"})

    def require(self, aws: Aws, inputs: Properties) -> None:
        if inputs.get("allocationId"):
            # moto takes any.
            aws.client("ec2").describe_addresses(AllocationIds=[inputs["allocationId"]])

    def find(self, aws: Aws, located: dict[str, str]) -> Answer | None:
        gateway = super().find(aws, located)
        # AWS shows deleted ones for an hour.
        return gateway if gateway and gateway["State"] not in {"deleting", "deleted"} else None

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        address = (listed(found, "NatGatewayAddresses") or [{}])[0]
        return {
            "allocationId": address.get("AllocationId"),
            "associationId": address.get("AssociationId"),
            "networkInterfaceId": address.get("NetworkInterfaceId"),
            "privateIp": address.get("PrivateIp"),
            "publicIp": address.get("PublicIp"),
            "vpcId": found["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.describe(aws, id, {}) is not None:
            super().delete(aws, id, state)


class FlowLog(Ec2Object):
    """`aws.ec2.FlowLog` into a CloudWatch log group."""

    token = "aws:ec2/flowLog:FlowLog"
    tag_type = "vpc-flow-log"
    table = {
        **capitalised("logDestinationType", "logFormat", "maxAggregationInterval", "trafficType"),
        "iamRoleArn": "DeliverLogsPermissionArn",
    }
    handled = frozenset({"logDestination", "subnetId", "vpcId"})
    api = Api(
        service="ec2",
        create="create_flow_logs",
        read="describe_flow_logs",
        delete="delete_flow_logs",
        found="FlowLogs[]",
        gone=GONE,
    )
    id_parameter = "FlowLogId"
    defaults = {
        "LogDestinationType": "cloud-watch-logs",
        "MaxAggregationInterval": 600,
        "TrafficType": "ALL",
    }
    replace_on = handled | table.keys()

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from one_of(inputs, "logDestinationType", ("cloud-watch-logs",))
        interval = inputs.get("maxAggregationInterval")
        if interval not in {None, 60, 600}:
            yield CheckFailure("maxAggregationInterval", f"{interval} is not one of: 60, 600")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        resource = inputs.get("vpcId") or inputs.get("subnetId")
        if not resource:
            refuse("CreateFlowLogs", "MissingParameter", "one of vpcId, subnetId is needed")
        group = str(inputs["logDestination"]).removesuffix(":*").rpartition(":log-group:")[2]
        answer = aws.client("ec2").create_flow_logs(
            LogGroupName=group,
            ResourceIds=[resource],
            ResourceType="VPC" if inputs.get("vpcId") else "Subnet",
            **self.request(inputs),
            **self.tagged(inputs),
        )
        for failed in listed(answer, "Unsuccessful"):
            refuse("CreateFlowLogs", failed["Error"]["Code"], failed["Error"]["Message"])
        return self.created(aws, answer["FlowLogIds"][0], inputs)

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        group: str | None = found["LogGroupName"]
        prefix = f"arn:{aws.partition}:logs:{aws.region}:{aws.account_id}:log-group"
        watched: str | None = found["ResourceId"]
        described: Properties = {
            "arn": arn(aws, "vpc-flow-log", id),
            "logDestination": properties.get("logDestination")
            or found["LogDestination"]
            or (group and f"{prefix}:{group}"),
            "logFormat": found["LogFormat"] or DEFAULT_FLOW_LOG_FORMAT,
            "maxAggregationInterval": int(found["MaxAggregationInterval"] or 600),
        }
        if watched:
            described["vpcId" if watched.startswith("vpc-") else "subnetId"] = watched
        return described


def block_rules(inputs: Properties, longest: int, shortest: int) -> Iterator[CheckFailure]:
    """Rules of an IPv4 block (Amazon VPC user guide, VPC CIDR blocks, Subnet CIDR blocks).

    Args:
        inputs: with the block in `cidrBlock`.
        longest: prefix length of the largest block.
        shortest: prefix length of the smallest block.
    """
    block = inputs.get("cidrBlock")
    if block is None:
        return
    try:
        given = network(block)
    except ValueError as error:
        yield CheckFailure("cidrBlock", f"{error}; give a network such as 10.0.0.0/16")
        return
    if given.version != 4 or not longest <= given.prefixlen <= shortest:
        yield CheckFailure("cidrBlock", f"{block} is not between /{longest} and /{shortest}")


def _attribute(ec2: Any, vpc_id: str, name: str) -> bool:
    answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
    return bool(answer[name[0].upper() + name[1:]]["Value"])


def _detached(ec2: Any, gateway_id: str, vpc_id: str) -> None:
    with ignoring("Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
