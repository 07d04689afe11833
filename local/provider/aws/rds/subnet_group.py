"""Subnet groups of RDS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import nested
from local.provider.aws.described import DescribedType, ignoring, refuse
from local.provider.aws.parameters import changed, to_request
from local.provider.aws.rds.arns import arn
from local.provider.aws.rds.descriptions import with_description
from local.provider.aws.rds.tags import TAGGING
from local.provider.aws.rules import matching
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_SUBNET_GROUP = ("DBSubnetGroupNotFoundFault", "DBSubnetGroupNotFound")


class SubnetGroup(DescribedType):
    """`aws.rds.SubnetGroup`; the id is the name."""

    token = "aws:rds/subnetGroup:SubnetGroup"
    table = {
        "description": "DBSubnetGroupDescription",
        "name": "DBSubnetGroupName",
        "subnetIds": "SubnetIds",
    }
    replace_on = frozenset({"name"})
    tagging = TAGGING
    auto_name = AutoName(max_length=255, lower=True)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"(?!default$)[a-z0-9 ._-]{1,255}", "lower-case, and not `default`"
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        _require_two_zones(aws, inputs["subnetIds"])
        aws.client("rds").create_db_subnet_group(
            **with_description(to_request(self.table, inputs), "DBSubnetGroupDescription"),
            **self.tagged(inputs),
        )
        return self.created(aws, inputs["name"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NO_SUBNET_GROUP):
            groups: list[dict[str, Any]] = aws.client("rds").describe_db_subnet_groups(
                DBSubnetGroupName=id
            )["DBSubnetGroups"]
            if not groups:
                return None
            group = groups[0]
            return {
                "arn": group.get("DBSubnetGroupArn") or arn(aws, "subgrp", id),
                "name": group["DBSubnetGroupName"],
                "description": group["DBSubnetGroupDescription"],
                "subnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
                "vpcId": group["VpcId"],
                "supportedNetworkTypes": group.get("SupportedNetworkTypes") or ["IPV4"],
            }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        rds = aws.client("rds")
        if changed(old, new, "subnetIds", "description"):
            _require_two_zones(aws, new["subnetIds"])
            rds.modify_db_subnet_group(
                **with_description(
                    {**to_request(self.table, new), "DBSubnetGroupName": id},
                    "DBSubnetGroupDescription",
                )
            )
            if self.describe(aws, id, new) is None:
                # moto drops the group from its list when it is modified.
                self.create(aws, {**new, "name": id})
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        rds = aws.client("rds")
        for instance in rds.describe_db_instances()["DBInstances"]:
            if nested(instance, "DBSubnetGroup").get("DBSubnetGroupName") == id:
                refuse(
                    "DeleteDBSubnetGroup",
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{id}' because at least one database "
                    f"instance: {instance['DBInstanceIdentifier']} is still using it.",
                )
        with ignoring(*NO_SUBNET_GROUP):
            rds.delete_db_subnet_group(DBSubnetGroupName=id)


def _require_two_zones(aws: Aws, subnet_ids: list[str]) -> None:
    subnets = aws.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    zones = sorted({subnet["AvailabilityZone"] for subnet in subnets})
    if len(zones) < 2:
        refuse(
            "CreateDBSubnetGroup",
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
        )
