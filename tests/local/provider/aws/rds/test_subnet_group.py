"""Subnet groups of RDS."""

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.rds.subnet_group import SubnetGroup
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy
from tests.local.provider.aws.rds.deployments import subnet_group, subnets


def test_a_subnet_group_covers_two_zones(aws: Connection) -> None:
    with pytest.raises(ClientError, match="cover at least 2 AZs"):
        deploy(
            aws,
            SubnetGroup(),
            name="data",
            subnetIds=subnets(aws, "us-east-1a", "us-east-1a"),
        )


def test_a_changed_subnet_group_still_exists_with_its_new_subnets(aws: Connection) -> None:
    group = subnet_group(aws)
    more = subnets(aws, "us-east-1a", "us-east-1b", "us-east-1c")
    group.update(subnetIds=more)
    found = aws.client("rds").describe_db_subnet_groups(DBSubnetGroupName="data")
    listed = found["DBSubnetGroups"][0]["Subnets"]
    assert {subnet["SubnetIdentifier"] for subnet in listed} == set(more)
