"""VPC endpoints: gateways to S3 and DynamoDB, and interfaces to other services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.ec2 import Ec2Type, arn, first, listed
from local.provider.aws.parameters import given, same_document
from local.provider.aws.rules import json_object, one_of
from local.provider.resource_type import Aws, CheckFailure, Created, Properties

GATEWAY_SERVICES = ("s3", "dynamodb")
"""AWS PrivateLink user guide, Gateway endpoints."""

MEMBERS = {
    "routeTableIds": "RouteTableIds",
    "securityGroupIds": "SecurityGroupIds",
    "subnetIds": "SubnetIds",
}


class VpcEndpoint(Ec2Type):
    """`aws.ec2.VpcEndpoint` of type Gateway or Interface."""

    token = "aws:ec2/vpcEndpoint:VpcEndpoint"
    tag_type = "vpc-endpoint"
    handled = frozenset(
        {"policy", "privateDnsEnabled", "serviceName", "vpcEndpointType", "vpcId", *MEMBERS}
    )
    replace_on = frozenset({"serviceName", "vpcEndpointType", "vpcId"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        kind = inputs.get("vpcEndpointType") or "Gateway"
        yield from one_of(inputs, "vpcEndpointType", ("Gateway", "Interface"))
        yield from json_object(inputs, "policy")
        misplaced = (
            ("privateDnsEnabled", "securityGroupIds", "subnetIds")
            if kind == "Gateway"
            else ("routeTableIds",)
        )
        for name in misplaced:
            if inputs.get(name):
                yield CheckFailure(name, f"is not for endpoints of type {kind}")
        service = str(inputs.get("serviceName", "")).rpartition(".")[2]
        if kind == "Gateway" and service and service not in GATEWAY_SERVICES:
            yield CheckFailure("vpcEndpointType", f"{service} has no gateway endpoint")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("ec2").create_vpc_endpoint(
            VpcId=inputs["vpcId"],
            ServiceName=inputs["serviceName"],
            VpcEndpointType=inputs.get("vpcEndpointType") or "Gateway",
            **given(
                PolicyDocument=inputs.get("policy"),
                PrivateDnsEnabled=inputs.get("privateDnsEnabled"),
                **{api: inputs.get(name) for name, api in MEMBERS.items()},
            ),
            **self.tagged(inputs),
        )
        return self.created(aws, answer["VpcEndpoint"]["VpcEndpointId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        endpoint = first(
            aws.client("ec2").describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id]
        )
        if endpoint is None or (endpoint["State"] or "").lower() in {"deleting", "deleted"}:
            return None
        members = {name: list(endpoint.get(api) or []) for name, api in MEMBERS.items()}
        members["securityGroupIds"] = [group["GroupId"] for group in listed(endpoint, "Groups")]
        return {
            "arn": arn(aws, "vpc-endpoint", id),
            "dnsEntries": [_dns_entry(entry) for entry in listed(endpoint, "DnsEntries")],
            "networkInterfaceIds": endpoint.get("NetworkInterfaceIds"),
            "ipAddressType": "ipv4",
            "ownerId": endpoint.get("OwnerId") or aws.account_id,
            "policy": same_document(properties.get("policy"), endpoint.get("PolicyDocument")),
            "prefixListId": _prefix_list(aws, endpoint),
            "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
            "serviceName": endpoint["ServiceName"],
            "state": (endpoint["State"] or "").lower(),
            "vpcEndpointType": endpoint["VpcEndpointType"],
            "vpcId": endpoint["VpcId"],
            # The order has no meaning; what was given stays as it was given.
            **{name: _in_order(properties.get(name), ids) for name, ids in members.items()},
        }

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        changes: dict[str, Any] = {}
        for name, api in MEMBERS.items():
            before, after = set(old.get(name) or []), set(new.get(name) or [])
            if after - before:
                changes[f"Add{api}"] = sorted(after - before)
            if before - after:
                changes[f"Remove{api}"] = sorted(before - after)
        if new.get("policy") and new["policy"] != old.get("policy"):
            changes["PolicyDocument"] = new["policy"]
        if old.get("policy") and not new.get("policy"):
            changes["ResetPolicy"] = True
        if bool(old.get("privateDnsEnabled")) != bool(new.get("privateDnsEnabled")):
            changes["PrivateDnsEnabled"] = bool(new.get("privateDnsEnabled"))
        if changes:
            aws.client("ec2").modify_vpc_endpoint(VpcEndpointId=id, **changes)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.describe(aws, id, {}) is not None:
            aws.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[id])


def _dns_entry(entry: dict[str, str]) -> Properties:
    return {"dnsName": entry.get("DnsName"), "hostedZoneId": entry.get("HostedZoneId")}


def _in_order(kept: Any, ids: list[str]) -> list[str]:
    return kept if sorted(kept or []) == sorted(ids) and kept is not None else ids


def _prefix_list(aws: Aws, endpoint: dict[str, Any]) -> str | None:
    if endpoint["VpcEndpointType"] != "Gateway" or not endpoint["ServiceName"]:
        return None
    lists = aws.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [endpoint["ServiceName"]]}]
    )["PrefixLists"]
    return lists[0]["PrefixListId"] if lists else None
