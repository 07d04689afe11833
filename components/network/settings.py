"""Settings of the network."""

from __future__ import annotations

from ipaddress import IPv4Network, collapse_addresses
from typing import Annotated

from pydantic import ValidationInfo, field_validator

from components.network.cidr_plan import (
    LARGEST_VPC_PREFIX,
    SMALLEST_VPC_PREFIX,
    parse_vpc_cidr,
)
from components.shared.allowed_values import (
    GATEWAY_SERVICES,
    INTERFACE_ENDPOINT_SERVICES,
    is_service_name,
    is_zone_name,
)
from components.shared.cidr_block import read_cidr_block
from components.shared.setting import Section, region_of_stack, setting
from components.shared.setting_kinds import ListOf, Retention, Text, WholeNumber, refused

FEWEST_ZONES = 2
"""Of a subnet group (RDS User Guide, "Working with a DB instance in a VPC")."""

MOST_ZONES = 4
VpcCidr = Text(
    parse_vpc_cidr,
    f"a private IPv4 network from /{LARGEST_VPC_PREFIX} to /{SMALLEST_VPC_PREFIX}"
    " as AWS writes it, such as 10.0.0.0/16",
)
Zones = ListOf(Text(is_zone_name, "zone names such as us-east-1a"), different=True)
Services = ListOf(
    Text(is_service_name, "service names such as secretsmanager or ecr.api"), different=True
)
Networks = ListOf(
    Text(read_cidr_block, "IPv4 networks as AWS writes them, such as 203.0.113.0/24"),
    different=True,
)


class NetworkSettings(Section):
    """Addresses, zones, gateways and endpoints."""

    vpc_cidr: Annotated[str, VpcCidr] = setting("10.0.0.0/16", "address block of the VPC")
    availability_zone_count: Annotated[int, WholeNumber(FEWEST_ZONES, MOST_ZONES)] = setting(
        3, "zones to spread each tier over"
    )
    availability_zones: Annotated[tuple[str, ...], Zones] = setting(
        (),
        "names of the zones, to pin them; empty takes the region's first ones",
        rule="of the stack's region; as many as availabilityZoneCount, or none",
    )
    nat_gateways: Annotated[int, WholeNumber(0, MOST_ZONES)] = setting(
        1,
        "NAT gateways for the private tier; one in each zone survives the loss of a zone",
        rule="above 1 only as many as availabilityZoneCount",
    )
    flow_log_retention_days: Retention = setting(30, "days that VPC flow logs are kept")
    interface_endpoints: Annotated[tuple[str, ...], Services] = setting(
        INTERFACE_ENDPOINT_SERVICES,
        "AWS services with an interface endpoint in the private subnets",
        rule=f"not {' or '.join(GATEWAY_SERVICES)}",
    )
    company_cidrs: Annotated[tuple[str, ...], Networks] = setting(
        ("203.0.113.0/24",),
        "networks that may reach the bastion group by SSH",
        rule="not all addresses",
    )

    @field_validator("availability_zones")
    @classmethod
    def _are_as_many_as_counted_and_of_the_region(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        count = info.data.get("availability_zone_count")
        if value and count and len(value) != count:
            raise refused(f"there are {count} zones")
        region = region_of_stack(info)
        if region and any(zone[:-1] != region for zone in value):
            raise refused(f"the stack's region is {region}")
        return value

    @field_validator("nat_gateways")
    @classmethod
    def _is_none_single_or_one_per_zone(cls, value: int, info: ValidationInfo) -> int:
        count = info.data.get("availability_zone_count")
        if value > 1 and count and value != count:
            raise refused(f"there are {count} zones")
        return value

    @field_validator("company_cidrs")
    @classmethod
    def _are_not_the_whole_internet(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(block.prefixlen == 0 for block in collapse_addresses(map(IPv4Network, value))):
            raise refused("SSH would be open to everyone")
        return value

    @field_validator("interface_endpoints")
    @classmethod
    def _are_no_gateway_services(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if set(value) & set(GATEWAY_SERVICES):
            raise refused(f"{' and '.join(GATEWAY_SERVICES)} have gateway endpoints already")
        return value
