"""VPCs, subnets, internet gateways, NAT gateways with their addresses, and flow logs."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.described import ignoring, refuse
from local.provider.aws.ec2 import Ec2Type, arn, filters, found, listed, missing
from local.provider.aws.parameters import changed, given
from local.provider.aws.rules import one_of
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

DEFAULT_FLOW_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""Amazon VPC user guide, Flow log records."""


class Vpc(Ec2Type):
    """`aws.ec2.Vpc` with IPv4."""

    token = "aws:ec2/vpc:Vpc"
    tag_type = "vpc"
    handled = frozenset({"cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"})
    replace_on = frozenset({"cidrBlock", "instanceTenancy"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from block_rules(inputs, 16, 28)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").create_vpc(
            CidrBlock=inputs["cidrBlock"],
            InstanceTenancy=inputs.get("instanceTenancy") or "default",
            **self.tagged(inputs),
        )
        id = answer["Vpc"]["VpcId"]
        self.modify(aws, id, {}, inputs)
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        ec2 = aws.client("ec2")
        vpc = found(ec2.describe_vpcs, "Vpcs", VpcIds=[id])
        if vpc is None:
            return None
        in_vpc = filters(vpc_id=id)
        table = found(
            ec2.describe_route_tables,
            "RouteTables",
            Filters=in_vpc + filters(**{"association.main": "true"}),
        )
        group = found(
            ec2.describe_security_groups,
            "SecurityGroups",
            Filters=in_vpc + filters(group_name="default"),
        )
        acl = found(
            ec2.describe_network_acls, "NetworkAcls", Filters=in_vpc + filters(default="true")
        )
        return {
            "arn": arn(aws, "vpc", id),
            "cidrBlock": vpc["CidrBlock"],
            "instanceTenancy": vpc["InstanceTenancy"],
            "dhcpOptionsId": vpc["DhcpOptionsId"],
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

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        gone_is_fine(aws.client("ec2").delete_vpc, VpcId=id)


class Subnet(Ec2Type):
    """`aws.ec2.Subnet` with IPv4."""

    token = "aws:ec2/subnet:Subnet"
    tag_type = "subnet"
    handled = frozenset(
        {
            "assignIpv6AddressOnCreation",
            "availabilityZone",
            "availabilityZoneId",
            "cidrBlock",
            "mapPublicIpOnLaunch",
            "vpcId",
        }
    )
    replace_on = frozenset({"availabilityZone", "availabilityZoneId", "cidrBlock", "vpcId"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from block_rules(inputs, 16, 28)
        if inputs.get("assignIpv6AddressOnCreation"):
            yield CheckFailure(
                "assignIpv6AddressOnCreation", "the subnet has no IPv6 block to assign from"
            )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").create_subnet(
            VpcId=inputs["vpcId"],
            CidrBlock=inputs["cidrBlock"],
            **given(
                AvailabilityZone=inputs.get("availabilityZone"),
                AvailabilityZoneId=inputs.get("availabilityZoneId"),
            ),
            **self.tagged(inputs),
        )
        id = answer["Subnet"]["SubnetId"]
        self.modify(aws, id, {}, inputs)
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        subnet = found(aws.client("ec2").describe_subnets, "Subnets", SubnetIds=[id])
        if subnet is None:
            return None
        return {
            "arn": arn(aws, "subnet", id),
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet["AvailabilityZoneId"],
            "cidrBlock": subnet["CidrBlock"],
            "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
            "assignIpv6AddressOnCreation": subnet.get("AssignIpv6AddressOnCreation", False),
            "ownerId": subnet["OwnerId"],
            "privateDnsHostnameTypeOnLaunch": "ip-name",
            "vpcId": subnet["VpcId"],
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "mapPublicIpOnLaunch"):
            aws.client("ec2").modify_subnet_attribute(
                SubnetId=id, MapPublicIpOnLaunch={"Value": bool(new.get("mapPublicIpOnLaunch"))}
            )

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        gone_is_fine(aws.client("ec2").delete_subnet, SubnetId=id)


class InternetGateway(Ec2Type):
    """`aws.ec2.InternetGateway`, attached to its VPC."""

    token = "aws:ec2/internetGateway:InternetGateway"
    tag_type = "internet-gateway"
    handled = frozenset({"vpcId"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").create_internet_gateway(**self.tagged(inputs))
        id = answer["InternetGateway"]["InternetGatewayId"]
        self.modify(aws, id, {}, inputs)
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        gateway = found(
            aws.client("ec2").describe_internet_gateways,
            "InternetGateways",
            InternetGatewayIds=[id],
        )
        if gateway is None:
            return None
        attached = [attachment["VpcId"] for attachment in gateway["Attachments"]]
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
        ec2 = aws.client("ec2")
        if state.get("vpcId"):
            _detached(ec2, id, state["vpcId"])
        gone_is_fine(ec2.delete_internet_gateway, InternetGatewayId=id)


class Eip(Ec2Type):
    """`aws.ec2.Eip`: a public address that is handed to a NAT gateway."""

    token = "aws:ec2/eip:Eip"
    tag_type = "elastic-ip"
    handled = frozenset({"domain"})
    replace_on = frozenset({"domain"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from one_of(inputs, "domain", ("vpc",))

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").allocate_address(Domain="vpc", **self.tagged(inputs))
        return self.created(aws, answer["AllocationId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        address = found(aws.client("ec2").describe_addresses, "Addresses", AllocationIds=[id])
        if address is None:
            return None
        ip = address["PublicIp"]
        return {
            "arn": arn(aws, "elastic-ip", id),
            "allocationId": id,
            "domain": address["Domain"],
            "networkBorderGroup": aws.region,
            "publicDns": f"ec2-{ip.replace('.', '-')}.compute-1.amazonaws.com",
            "publicIp": ip,
            "publicIpv4Pool": "amazon",
        }

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        gone_is_fine(aws.client("ec2").release_address, AllocationId=id)


class NatGateway(Ec2Type):
    """`aws.ec2.NatGateway` with one address."""

    token = "aws:ec2/natGateway:NatGateway"
    tag_type = "natgateway"
    handled = frozenset({"allocationId", "connectivityType", "subnetId"})
    replace_on = frozenset({"allocationId", "connectivityType", "subnetId"})

    def create(self, aws: Aws, inputs: Properties) -> Created:
        ec2 = aws.client("ec2")
        if inputs.get("allocationId"):
            ec2.describe_addresses(AllocationIds=[inputs["allocationId"]])
        answer = ec2.create_nat_gateway(
            SubnetId=inputs["subnetId"],
            **given(
                AllocationId=inputs.get("allocationId"),
                ConnectivityType=inputs.get("connectivityType"),
            ),
            **self.tagged(inputs),
        )
        return self.created(aws, answer["NatGateway"]["NatGatewayId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        gateway = found(aws.client("ec2").describe_nat_gateways, "NatGateways", NatGatewayIds=[id])
        if gateway is None or gateway["State"] in {"deleting", "deleted"}:
            return None
        address = (listed(gateway, "NatGatewayAddresses") or [{}])[0]
        return {
            "allocationId": address.get("AllocationId"),
            "associationId": address.get("AssociationId"),
            "connectivityType": gateway.get("ConnectivityType", "public"),
            "networkInterfaceId": address.get("NetworkInterfaceId"),
            "privateIp": address.get("PrivateIp"),
            "publicIp": address.get("PublicIp"),
            "subnetId": gateway["SubnetId"],
            "vpcId": gateway["VpcId"],
        }

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.describe(aws, id, {}) is not None:
            aws.client("ec2").delete_nat_gateway(NatGatewayId=id)


class FlowLog(Ec2Type):
    """`aws.ec2.FlowLog` into a CloudWatch log group."""

    token = "aws:ec2/flowLog:FlowLog"
    tag_type = "vpc-flow-log"
    handled = frozenset(
        {
            "iamRoleArn",
            "logDestination",
            "logDestinationType",
            "logFormat",
            "maxAggregationInterval",
            "subnetId",
            "trafficType",
            "vpcId",
        }
    )
    replace_on = handled

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
            DeliverLogsPermissionArn=inputs["iamRoleArn"],
            LogDestinationType="cloud-watch-logs",
            LogGroupName=group,
            MaxAggregationInterval=inputs.get("maxAggregationInterval") or 600,
            ResourceIds=[resource],
            ResourceType="VPC" if inputs.get("vpcId") else "Subnet",
            TrafficType=inputs.get("trafficType") or "ALL",
            **given(LogFormat=inputs.get("logFormat")),
            **self.tagged(inputs),
        )
        for failed in listed(answer, "Unsuccessful"):
            refuse("CreateFlowLogs", failed["Error"]["Code"], failed["Error"]["Message"])
        return self.created(aws, answer["FlowLogIds"][0], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        log = found(aws.client("ec2").describe_flow_logs, "FlowLogs", FlowLogIds=[id])
        if log is None:
            return None
        group_arn = (
            f"arn:{aws.partition}:logs:{aws.region}:{aws.account_id}"
            f":log-group:{log['LogGroupName']}"
        )
        target = "vpcId" if log["ResourceId"].startswith("vpc-") else "subnetId"
        return {
            "arn": arn(aws, "vpc-flow-log", id),
            "iamRoleArn": log["DeliverLogsPermissionArn"],
            "logDestination": properties.get("logDestination") or group_arn,
            "logDestinationType": log["LogDestinationType"],
            "logFormat": log.get("LogFormat") or DEFAULT_FLOW_LOG_FORMAT,
            "maxAggregationInterval": int(log.get("MaxAggregationInterval", 600)),
            "trafficType": log["TrafficType"],
            target: log["ResourceId"],
        }

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        gone_is_fine(aws.client("ec2").delete_flow_logs, FlowLogIds=[id])


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
        network = ipaddress.IPv4Network(block)
    except ValueError as error:
        yield CheckFailure("cidrBlock", f"{error}; give a network such as 10.0.0.0/16")
        return
    if not longest <= network.prefixlen <= shortest:
        yield CheckFailure("cidrBlock", f"{block} is not between /{longest} and /{shortest}")


def gone_is_fine(operation: Any, **parameters: Any) -> None:
    """Call a delete operation; a resource that is gone already is no error."""
    try:
        operation(**parameters)
    except Exception as error:
        if not missing(error):
            raise


def _attribute(ec2: Any, vpc_id: str, name: str) -> bool:
    answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
    return bool(answer[name[0].upper() + name[1:]]["Value"])


def _detached(ec2: Any, gateway_id: str, vpc_id: str) -> None:
    with ignoring("Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
