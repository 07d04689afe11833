import boto3
import pytest
from botocore.session import get_session

from components.shared.region import unusable


def regions(service: str) -> set[str]:
    session = boto3.Session()
    return {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions(service, partition)
    }


def below_amazonaws_com() -> set[str]:
    partitions = get_session().get_data("endpoints")["partitions"]
    return {
        region
        for partition in partitions
        if partition["dnsSuffix"] == "amazonaws.com"
        for region in partition["regions"]
    }


def test_every_region_with_user_pools_is_usable_and_no_other() -> None:
    usable = {region for region in regions("ec2") if unusable(region) is None}
    assert usable == regions("cognito-idp") & below_amazonaws_com()
    assert {"us-east-1", "eu-central-1", "us-gov-west-1"} <= usable


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("us-esat-1", "us-east-1"),
        ("US-EAST-1", "us-east-1"),
        ("us-east-1a", "us-east-1"),
        ("eu-central", "eu-central-1"),
        ("eu-central-1 ", "eu-central-1"),
    ],
)
def test_a_misspelt_region_is_met_with_the_one_that_is_meant(region: str, meant: str) -> None:
    assert unusable(region) == f"which is no AWS region; did you mean {meant}?"


@pytest.mark.parametrize("region", ["", "europe", "1"])
def test_what_is_like_no_region_is_told_what_one_looks_like(region: str) -> None:
    assert "such as us-east-1" in str(unusable(region))


def test_a_region_without_user_pools_is_refused_for_that_reason() -> None:
    assert "no user pools" in str(unusable("cn-north-1"))
