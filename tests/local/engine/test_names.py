"""Names that say which environment they are of, on the real engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.engine.deployment import Deployment, open_deployment
from local.engine.finding import Engine
from tests.local.inventory import Inventory

TABLE = """\
import pulumi
from components.api.table import Table, TableArgs
args = TableArgs(table_name="platform-dev-table", kms_key_arn=KEY, deletion_protection=False)
pulumi.export("table", Table("table", args).table_name)
""".replace("KEY", '"arn:aws:kms:us-east-1:123456789012:key/0f6d3b2e-0000-4000-8000-000000000000"')

BEFORE = f"""\
import pulumi_aws as aws
made = aws.dynamodb.Table.__init__
def without_name(self, logical, *args, **inputs):
    inputs.pop("name")
    inputs["opts"].ignore_changes = None
    made(self, logical, *args, **inputs)
aws.dynamodb.Table.__init__ = without_name
try:
    exec({TABLE!r})
finally:
    aws.dynamodb.Table.__init__ = made
"""
"""The program as it was when Pulumi chose the table's name."""


@pytest.mark.xdist_group("tiny")
def test_a_table_keeps_the_name_that_it_was_made_with(engine: Engine, checkout: Path) -> None:
    main = checkout / "__main__.py"
    main.write_text(BEFORE)
    with open_deployment("dev", checkout=checkout) as deployment:
        deployment.up()
        old = deployment.outputs()["table"]
        assert old.startswith("table-data-")
        main.write_text(TABLE)

        assert deployment.preview() == []
        deployment.up()

        assert deployment.outputs() == {"table": old}
        assert Inventory(deployment.aws).of("aws:dynamodb/table:Table") == {old}


@pytest.mark.xdist_group("dev")
def test_people_see_in_the_console_which_environment_a_network_is_of(
    deployed_dev: Deployment,
) -> None:
    ec2 = Inventory(deployed_dev.aws).client("ec2")

    def names(operation: str, key: str, **only: Any) -> set[str]:
        tags = [one.get("Tags", []) for one in getattr(ec2, operation)(**only)[key]]
        return {tag["Value"] for all_ in tags for tag in all_ if tag["Key"] == "Name"}

    per_zone = {
        f"aws-platform-dev-{tier}-{zone}"
        for tier in ("public", "private", "database")
        for zone in (1, 2, 3)
    }
    assert names("describe_subnets", "Subnets") == per_zone
    assert names("describe_route_tables", "RouteTables") == per_zone
    assert names("describe_nat_gateways", "NatGateways") == {"aws-platform-dev-nat-1"}
    assert names("describe_addresses", "Addresses") == {"aws-platform-dev-nat-1"}
    assert deployed_dev.outputs()["tableName"] == "aws-platform-dev-table"
