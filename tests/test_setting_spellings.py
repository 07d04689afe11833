"""Texts of settings: the spellings that AWS and browsers take are taken, and no other."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from settings import SettingsError, parse
from tests.setting_spellings import SPELLINGS

REGION = "us-east-1"
TOPIC = "arn:aws:sns:us-east-2:123456789012:events"

# What makes the rest of the settings go with it.
BESIDE = {"availabilityZones[]": {"availabilityZoneCount": 2}}
CASES = [
    pytest.param(key, value, taken, id=f"{key} {'takes' if taken else 'refuses'} {value!r:.60}")
    for key, (good, bad) in SPELLINGS.items()
    for taken, values in ((True, good), (False, bad))
    for value in values
]


def config(key: str, value: object) -> dict[str, Any]:
    """The config in which a setting, or an item of it, has a value."""
    if key == "availabilityZones[]":
        value = [value, "us-east-1b"]
    elif key.endswith("[]"):
        value = [value]
    nested: Any = value
    for part in reversed(key.removesuffix("[]").split(".")):
        nested = {part: nested}
    return {**nested, **BESIDE.get(key, {})}


def is_taken(key: str, value: object) -> bool:
    message = ""
    try:
        parse(config(key, value), region=REGION)
    except SettingsError as error:
        message = str(error)
    # Nothing else is refused.
    named = re.findall(r"^  aws-platform:([\w.]+)", message, re.MULTILINE)
    assert named in ([], [key.removesuffix("[]")])
    return not message


@pytest.mark.parametrize(("key", "value", "taken"), CASES)
def test_a_spelling_is_taken_or_refused(key: str, value: object, taken: bool) -> None:
    assert is_taken(key, value) is taken


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("companyCidrs[]", "203.0.113.0", "it has no prefix length"),
        ("companyCidrs[]", "203.0.113.0/255.255.255.0", "write it as 203.0.113.0/24"),
        ("companyCidrs[]", "203.0.113.7/24", "203.0.113.7/24 has host bits set"),
        ("companyCidrs[]", "0.0.0.0/00", "write it as 0.0.0.0/0"),
        ("vpcCidr", "10.0.0.0/016", "write it as 10.0.0.0/16"),
        ("availabilityZones[]", "us-east-2a", "the stack's region is us-east-1"),
        ("cache.notificationTopicArn", TOPIC, "the stack's region is us-east-1"),
        ("api.corsOrigins[]", "https://App.acme.io", "browsers send it as https://app.acme.io"),
        ("api.corsOrigins[]", "https://acme.io:443", "browsers send it as https://acme.io"),
        ("api.corsOrigins[]", "http://acme.io:080", "browsers send it as http://acme.io"),
        ("api.corsOrigins[]", "http://A.io:0443", "browsers send it as http://a.io:443"),
        ("api.corsOrigins[]", "https://acme.io:65536", "a port is 1 to 65535"),
        ("api.corsOrigins[]", "https://a..io", "a..io is no host"),
        ("api.corsOrigins[]", "https://é.io", "browsers send such a host in punycode: xn--…"),
        (
            "api.corsOrigins[]",
            "https://acme.io/",
            "an origin is a scheme, a host and perhaps a port, and nothing else",
        ),
        (
            "database.engineVersion",
            17.1,
            "YAML reads it as a number and drops zeros: write it in quotes",
        ),
        (
            "cache.engineVersion",
            7,
            "YAML reads it as a number: write what you mean in quotes",
        ),
        (
            "database.instanceClass",
            "db.m4.large",
            "RDS offers no supported version of Postgres on it",
        ),
        ("database.instanceClass", "db.t2.micro", "it has no encrypted storage"),
        ("cache.nodeType", "cache.m3.large", "it has no encryption in transit"),
        (
            "cache.nodeType",
            "cache.t3.large",
            "T nodes are micro, small or medium, and the others large or larger",
        ),
        ("cache.nodeType", "cache.r6gd.large", "r6gd begins with xlarge"),
    ],
)
def test_the_reason_says_what_is_wrong(key: str, value: object, reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse(config(key, value), region=REGION)
    assert f" ({reason}); allowed: " in str(refused.value)


@given(
    address=st.integers(0, 2**32 - 1),
    length=st.integers(0, 32),
    spelling=st.sampled_from(["{}/{}", "{}/0{}", "{}/{} ", "0{}/{}", "{}/+{}"]),
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_a_network_is_taken_in_the_one_spelling_that_aws_has_for_it(
    address: int, length: int, spelling: str
) -> None:
    text = spelling.format(ipaddress.IPv4Address(address), length)
    network = ipaddress.ip_network((address, length), strict=False)

    assert is_taken("companyCidrs[]", text) == (text == str(network) and length > 0)


@given(length=st.integers(1, 4))
def test_networks_that_are_everyone_together_are_refused(length: int) -> None:
    everyone = ipaddress.ip_network("0.0.0.0/0").subnets(new_prefix=length)
    blocks = [str(block) for block in everyone]

    parse({"companyCidrs": blocks[1:]})
    with pytest.raises(SettingsError, match="SSH would be open to everyone"):
        parse({"companyCidrs": blocks})


@given(
    scheme=st.sampled_from(["http", "https", "HTTPS", "ftp"]),
    host=st.from_regex(r"[a-zA-Z0-9.-]{1,20}", fullmatch=True),
    port=st.none() | st.integers(0, 70_000),
    rest=st.sampled_from(["", "", "", "/", "?", "#", "/a"]),
)
@example(scheme="https", host="app.acme.io", port=443, rest="")
@example(scheme="https", host="app.acme.io", port=8443, rest="")
@hypothesis_settings(max_examples=300, deadline=None)
def test_an_origin_is_taken_as_a_parser_of_addresses_writes_it_again(
    scheme: str, host: str, port: int | None, rest: str
) -> None:
    text = f"{scheme}://{host}{'' if port is None else f':{port}'}{rest}"
    if not is_taken("api.corsOrigins[]", text):
        return
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https")
    default = {"http": 80, "https": 443}[parts.scheme]
    assert parts.port is None or (0 < parts.port < 65536 and parts.port != default)
    written = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
    assert text == written


@given(version=st.decimals(14, 18, places=2).map(float))
def test_a_version_is_never_taken_from_a_fraction(version: float) -> None:
    assert not is_taken("database.engineVersion", version)


@given(region=st.sampled_from(["us-east-1", "us-east-2", "eu-west-1", "us-gov-east-1"]))
def test_zones_are_those_of_the_stacks_region(region: str) -> None:
    zones = [f"{region}{letter}" for letter in "abc"]

    assert parse({"availabilityZones": zones}, region=region).availability_zones == tuple(zones)
    with pytest.raises(SettingsError, match="the stack's region is ap-south-1"):
        parse({"availabilityZones": zones}, region="ap-south-1")
    # Without a region the stack is refused by that.
    parse({"availabilityZones": zones})
