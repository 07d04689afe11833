"""Functions of the provider that look up the account, the region and its zones."""

from __future__ import annotations

from typing import Any, cast

from local.aws.region_name import region_name
from local.provider.resource_type import Aws, Properties

DNS_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def get_availability_zones(aws: Aws, arguments: Properties) -> Properties:
    """`aws.get_availability_zones`; `state`, `filters` and the exclusions are honoured."""
    given = cast("list[Properties]", arguments.get("filters") or [])
    filters: dict[str, list[str]] = {item["name"]: item["values"] for item in given}
    # moto has no filter on opt-in-status, and ignores AllAvailabilityZones.
    zones = aws.client("ec2").describe_availability_zones()["AvailabilityZones"]
    wanted = arguments.get("state")
    if wanted:
        filters["state"] = [wanted]
    if not arguments.get("allAvailabilityZones"):
        filters.setdefault("opt-in-status", ["opt-in-not-required", "opted-in"])
    excluded: set[str] = {
        *(arguments.get("excludeNames") or []),
        *(arguments.get("excludeZoneIds") or []),
    }
    chosen = [
        zone
        for zone in sorted(zones, key=lambda zone: zone["ZoneName"])
        if all(_passes(zone, name, values) for name, values in filters.items())
        and not {zone["ZoneName"], zone["ZoneId"]} & excluded
    ]
    return {
        **arguments,
        "id": aws.region,
        "region": aws.region,
        "names": [zone["ZoneName"] for zone in chosen],
        "zoneIds": [zone["ZoneId"] for zone in chosen],
        "groupNames": sorted({str(zone.get("GroupName") or aws.region) for zone in chosen}),
    }


def get_caller_identity(aws: Aws, arguments: Properties) -> Properties:
    """`aws.get_caller_identity`."""
    identity = aws.client("sts").get_caller_identity()
    return {
        **arguments,
        "id": identity["Account"],
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
    }


def get_partition(aws: Aws, arguments: Properties) -> Properties:
    """`aws.get_partition`."""
    suffix = DNS_SUFFIXES[aws.partition]
    return {
        **arguments,
        "id": aws.partition,
        "partition": aws.partition,
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def get_region(aws: Aws, arguments: Properties) -> Properties:
    """`aws.get_region`."""
    region = arguments.get("region") or arguments.get("name") or aws.region
    return {
        **arguments,
        "id": region,
        "name": region,
        "region": region,
        "description": region_name(region),
        "endpoint": f"ec2.{region}.{DNS_SUFFIXES[aws.partition]}",
    }


def _passes(zone: dict[str, Any], name: str, values: list[str]) -> bool:
    fields = {
        "group-name": zone.get("GroupName"),
        "opt-in-status": zone.get("OptInStatus", "opt-in-not-required"),
        "region-name": zone.get("RegionName"),
        "state": zone.get("State"),
        "zone-id": zone.get("ZoneId"),
        "zone-name": zone.get("ZoneName"),
        "zone-type": zone.get("ZoneType", "availability-zone"),
    }
    if name not in fields:
        raise ValueError(
            f"the embedded AWS has no filter {name}; it has: {', '.join(sorted(fields))}"
        )
    return fields[name] in values
