"""Settings of the network."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from components.network.cidr_plan import parse_vpc_cidr
from components.shared.allowed_values import (
    GATEWAY_SERVICES,
    INTERFACE_ENDPOINT_SERVICES,
    is_ipv4_network,
)
from components.shared.setting import RETENTIONS_ALLOWED, Retention, Section, matching, setting

ZoneName = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d[a-z]$")]
ServiceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
Cidr = Annotated[str, matching(is_ipv4_network)]

FEWEST_ZONES = 2
"""Of a subnet group (RDS User Guide, "Working with a DB instance in a VPC")."""


class NetworkSettings(Section):
    """Addresses, zones, gateways and endpoints."""

    vpc_cidr: str = setting(
        "10.0.0.0/16",
        "address block of the VPC",
        "a private IPv4 network from /16 to /19 without host bits, such as 10.0.0.0/16",
    )
    availability_zone_count: Annotated[StrictInt, Field(ge=FEWEST_ZONES, le=4)] = setting(
        3, "zones to spread each tier over", "2 to 4"
    )
    availability_zones: tuple[ZoneName, ...] = setting(
        (),
        "names of the zones, to pin them; empty takes the region's first ones",
        "an empty list, or as many different zone names as availabilityZoneCount",
    )
    nat_gateways: StrictInt = setting(
        1,
        "NAT gateways for the private tier; one in each zone survives the loss of a zone",
        "0, 1, or availabilityZoneCount (one in each zone)",
    )
    flow_log_retention_days: Retention = setting(
        30, "days that VPC flow logs are kept", RETENTIONS_ALLOWED
    )
    interface_endpoints: tuple[ServiceName, ...] = setting(
        INTERFACE_ENDPOINT_SERVICES,
        "AWS services with an interface endpoint in the private subnets",
        "a list of different service names such as secretsmanager or ecr.api",
    )
    company_cidrs: tuple[Cidr, ...] = setting(
        ("203.0.113.0/24",),
        "networks that may reach the bastion group by SSH",
        "a list of different IPv4 networks without host bits, none of them 0.0.0.0/0",
    )

    @field_validator("vpc_cidr")
    @classmethod
    def _is_vpc_block(cls, value: str) -> str:
        try:
            parse_vpc_cidr(value)
        except ValueError as error:
            raise PydanticCustomError("rule", "{reason}", {"reason": str(error)}) from None
        return value

    @field_validator("availability_zones")
    @classmethod
    def _are_as_many_as_counted(
        cls, value: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        count = info.data.get("availability_zone_count")
        if value and (len(set(value)) != len(value) or (count and len(value) != count)):
            raise ValueError
        return value

    @field_validator("nat_gateways")
    @classmethod
    def _is_none_single_or_one_per_zone(cls, value: int, info: ValidationInfo) -> int:
        count = info.data.get("availability_zone_count")
        if value not in (0, 1) and (count is None or value != count):
            zones = f"there are {count} zones" if count else "the number of zones is not known"
            raise PydanticCustomError("rule", "{reason}", {"reason": zones})
        return value

    @field_validator("company_cidrs")
    @classmethod
    def _are_not_the_whole_internet(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(cidr.endswith("/0") for cidr in value):
            raise PydanticCustomError("rule", "SSH would be open to everyone")
        if len(set(value)) != len(value):
            raise PydanticCustomError("rule", "one is listed twice")
        return value

    @field_validator("interface_endpoints")
    @classmethod
    def _differ(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError
        if set(value) & set(GATEWAY_SERVICES):
            raise PydanticCustomError("rule", "s3 and dynamodb have gateway endpoints already")
        return value
