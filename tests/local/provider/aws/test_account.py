import pytest

from local.provider.aws.account import (
    get_availability_zones,
    get_caller_identity,
    get_partition,
    get_region,
)
from local.provider.connection import Connection

NO_OPT_IN = {"name": "opt-in-status", "values": ["opt-in-not-required"]}


def test_zones_are_those_of_the_region_in_order(aws: Connection):
    zones = get_availability_zones(aws, {"state": "available", "filters": [NO_OPT_IN]})
    assert zones["names"][:3] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert zones["names"] == sorted(zones["names"])
    assert len(zones["zoneIds"]) == len(zones["names"])


def test_state_filters_and_exclusions_are_honoured(aws: Connection):
    assert get_availability_zones(aws, {"state": "unavailable"})["names"] == []
    one = {"name": "zone-name", "values": ["us-east-1b"]}
    assert get_availability_zones(aws, {"filters": [one]})["names"] == ["us-east-1b"]
    local = {"name": "zone-type", "values": ["local-zone"]}
    assert get_availability_zones(aws, {"filters": [local]})["names"] == []
    without = get_availability_zones(aws, {"excludeNames": ["us-east-1a"]})["names"]
    assert "us-east-1a" not in without
    assert "us-east-1b" in without


def test_an_unknown_filter_is_refused_with_the_known_ones(aws: Connection):
    with pytest.raises(ValueError, match=r"no filter moon; it has: group-name"):
        get_availability_zones(aws, {"filters": [{"name": "moon", "values": ["full"]}]})


def test_account_region_and_partition_are_those_of_the_provider(aws: Connection):
    assert get_caller_identity(aws, {})["accountId"] == "123456789012"
    region = get_region(aws, {})
    assert (region["region"], region["endpoint"]) == (
        "us-east-1",
        "ec2.us-east-1.amazonaws.com",
    )
    assert region["description"] == "US East (N. Virginia)"
    assert get_region(aws, {"region": "eu-west-1"})["region"] == "eu-west-1"
    partition = get_partition(aws, {})
    assert (partition["partition"], partition["dnsSuffix"]) == ("aws", "amazonaws.com")
    assert partition["reverseDnsPrefix"] == "com.amazonaws"


def test_partitions_follow_the_region():
    assert get_partition(Connection(region="cn-north-1"), {})["dnsSuffix"] == "amazonaws.com.cn"
    assert Connection(region="us-gov-west-1").partition == "aws-us-gov"
