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

REGION = "us-east-1"

# By setting, `[]` for an item of a list: what is taken, and what is refused.
SPELLINGS: dict[str, tuple[list[object], list[object]]] = {
    "companyCidrs[]": (
        ["203.0.113.0/24", "198.51.100.7/32", "0.0.0.0/8", "128.0.0.0/1", "10.0.0.0/8"],
        [
            *("0.0.0.0/0", "0.0.0.0/00", "0.0.0.0/0.0.0.0", "000.0.0.0/0"),
            *("203.0.113.0/255.255.255.0", "203.0.113.0/0.0.0.255", "203.0.113.0/024"),
            *("203.0.113.0", "203.0.113.7/24", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113/24"),
            *("203.0.113.0/24 ", " 203.0.113.0/24", "203.0.113.0/24\n", "203.0.113.0/+24"),
            *(
                "203.0.113.00/24",
                "0xcb.0.113.0/24",
                "203.0.113.0/\u0662\u0664",
                "2001:db8::/32",
                "::/0",
            ),
            *("203.0.113.0//24", "203.0.113.0/24/24", "/24", "", "office", 24),
        ],
    ),
    "vpcCidr": (
        ["10.0.0.0/16", "10.255.0.0/16", "172.20.0.0/18", "192.168.224.0/19", "100.64.0.0/16"],
        [
            *("10.0.0.0/016", "10.0.0.0/255.255.0.0", "10.0.0.0/0.0.255.255", "10.00.0.0/16"),
            *("10.0.0.0/16 ", "10.0.0.0/16\n", "10.0.0.0", "10.0.0.1/16", "010.0.0.0/16"),
            *("10.0.0.0/15", "10.0.0.0/20", "8.8.0.0/16", "fd00::/16", "", 10.0, 16),
        ],
    ),
    "availabilityZones[]": (
        ["us-east-1a", "us-east-1f"],
        [
            *("us-east-2a", "us-west-1a", "eu-west-1a", "us-gov-east-1a", "us-east-11a"),
            *("us-east-1", "us-east-1A", "US-EAST-1a", "us-east-1-bos-1a", "use1-az1", "a", "", 1),
            *("us-east-1a ", "us-east-1a\n"),
        ],
    ),
    "interfaceEndpoints[]": (
        ["ssm", "ecr.api", "execute-api", "sagemaker.runtime", "s3express", "kms-fips"],
        [
            *("com.amazonaws.us-east-1.ssm", "ecr..api", "ecr.", ".ecr", "SSM", "ssm ", "ssm-", ""),
            *("s3", "dynamodb", "ecr/api", "ssm\n"),
        ],
    ),
    "api.corsOrigins[]": (
        [
            *("*", "https://app.acme.io", "http://app.acme.io", "http://localhost:3000"),
            *("https://app.acme.io:8443", "http://app.acme.io:443", "https://app.acme.io:80"),
            *("https://127.0.0.1:8443", "https://xn--mnchen-3ya.de", "https://a", "https://1a.io"),
            *("https://a-b.acme.io", "https://app.acme.io:65535", "https://app.acme.io:1"),
            f"https://{'a' * 63}.io",
        ],
        [
            *("https://App.Acme.io", "HTTPS://app.acme.io", "Https://app.acme.io"),
            *("https://app.acme.io:443", "http://app.acme.io:80", "https://app.acme.io:0443"),
            *("https://app.acme.io:99999", "https://app.acme.io:65536", "https://app.acme.io:0"),
            *("https://app.acme.io:08443", "https://app.acme.io:", "https://app.acme.io:x"),
            *(
                "https://app.acme.io:-1",
                "https://app.acme.io:\u0663",
                f"https://app.acme.io:{'9' * 5000}",
            ),
            *("https://app.acme.io/", "https://app.acme.io/x", "https://app.acme.io?x=1"),
            *("https://app.acme.io#x", "https://me@app.acme.io", "https://me:pw@app.acme.io"),
            *(
                "https://münchen.de",
                "https://xn--a.de",
                "https://xn--.de",
                "https://xn--MNCHEN-3ya.de",
            ),
            *("https://app..acme.io", "https://app.acme.io.", "https://.acme.io", "https://-a.io"),
            *("https://a-.io", "https://a_b.io", "https://*.acme.io", "https://app acme.io"),
            *("https://1.2.3", "https://256.1.1.1", "https://01.2.3.4", "https://0x7f.0.0.1"),
            *("https://app.1", "https://app.0x1", f"https://{'a' * 64}.io", "https://"),
            *(f"https://{'.'.join(['a' * 63] * 4)}.io", "app.acme.io", "//app.acme.io"),
            *("ftp://app.acme.io", "https:app.acme.io", "https:/app.acme.io", "null", "", "**"),
            *(" https://app.acme.io", "https://app.acme.io ", "https://app.acme.io\n"),
            *("https://[::1]:3000", "file://", 443),
        ],
    ),
    "database.engineVersion": (
        ["14", "17", "18", "17.1", "17.10", "16.0", 17],
        [
            *(17.1, 17.10, 16.0, 13, 19, 170, "13.4", "19", "017", "17.", ".17", "17.01", "17.00"),
            *("17.1.1", "17.100", "v17", "17 ", "17\n", "\u0661\u0667", "", "latest", True),
        ],
    ),
    "cache.engineVersion": (
        ["7.1", "7.0", "6.2"],
        [7.1, 7.0, 6.2, 7, 6, "7", "7.10", "07.1", "7.1.0", "7.x", "7.1 ", "", "8.0", True],
    ),
    "database.instanceClass": (
        [
            *(
                "db.t3.medium",
                "db.t4g.micro",
                "db.r6g.2xlarge",
                "db.m8i.96xlarge",
                "db.x2iedn.xlarge",
            ),
            *("db.t2.small", "db.m6gd.large", "db.r4.16xlarge", "db.c6gd.medium"),
        ],
        [
            *("db.t2.micro", "db.m1.small", "db.m2.xlarge", "db.m3.medium", "db.m4.large"),
            *("db.r3.large", "db.t1.micro", "db.serverless", "db.m5.2large", "db.m5.0xlarge"),
            *("db.m5.02xlarge", "db.m5.huge", "DB.m5.large", "db.m5.Large", "t3.medium", "db.m5"),
            *("cache.t3.micro", "db.m5.large ", "db.m5.large\n", "db.m\u0665.large", ""),
        ],
    ),
    "cache.nodeType": (
        [
            *("cache.t3.micro", "cache.t4g.small", "cache.t2.medium", "cache.m7g.large"),
            *("cache.r6gd.xlarge", "cache.r6gd.16xlarge", "cache.r7g.2xlarge", "cache.c7gn.large"),
            *("cache.m4.10xlarge", "cache.r4.large"),
        ],
        [
            *("cache.t1.micro", "cache.m1.small", "cache.m2.xlarge", "cache.m3.medium"),
            *("cache.c1.xlarge", "cache.r3.large", "cache.t3.large", "cache.t4g.2xlarge"),
            *("cache.m5.micro", "cache.r6g.medium", "cache.r6gd.large", "cache.r6gd.2large"),
            *("cache.m5.0xlarge", "cache.m5.02xlarge", "db.t3.micro", "cache.m5", "cache.M5.large"),
            *("cache.m5.large\n", ""),
        ],
    ),
    "cache.notificationTopicArn": (
        ["", "arn:aws:sns:us-east-1:123456789012:events"],
        [
            *("arn:aws:sns:us-east-2:123456789012:events", "arn:aws:sns:us-east-1:1234:events"),
            *("arn:aws:sqs:us-east-1:123456789012:events", "arn:aws:sns::123456789012:events"),
            *("arn:aws:sns:us-east-1:123456789012:", "arn:aws:sns:us-east-1:123456789012:a:b"),
            *("arn:aws:sns:us-east-1:123456789012:events.fifo", "arn:aws:sns:x", "events"),
            f"arn:aws:sns:us-east-1:123456789012:{'a' * 257}",
        ],
    ),
    "alarmEmails[]": (
        [
            *("oncall@acme.io", "on.call+alarms@mail.acme.co.uk", "OnCall@Acme.io", "o'n_c@a-b.io"),
            *("admin@example.com", "oncall@xn--mnchen-3ya.de", f"{'a' * 64}@acme.io"),
        ],
        [
            *("oncall", "oncall@", "@acme.io", "oncall@acme", "a@b@acme.io", "on call@acme.io"),
            *("oncall@acme..io", "oncall@.acme.io", "oncall@acme.io.", ".oncall@acme.io"),
            *("on..call@acme.io", "oncall.@acme.io", "oncall@-acme.io", "oncall@acme_x.io"),
            *("oncall@acme.1", "oncall@1.2.3.4", "oncall@[1.2.3.4]", "öncall@acme.io"),
            *(
                "oncall@münchen.de",
                '"on call"@acme.io',
                "On Call <oncall@acme.io>",
                "a@a.io,b@a.io",
            ),
            *("a@a.io;b@a.io", "oncall@acme.io ", "oncall@acme.io\n", f"{'a' * 65}@acme.io"),
            *(f"oncall@{'a' * 64}.io", f"o@{'.'.join(['a' * 60] * 5)}.io", "", 1, 1.5),
        ],
    ),
    "slackWebhookUrl": (
        ["", "https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:8000/_local/slack"],
        [
            *("https://hooks.slack.com:99999/x", "https://hooks.slack.com:0/x", "https://:443/x"),
            *("http://hooks.slack.com/x", "https://hooks.slack.com/a b", "hooks.slack.com/x"),
            *(
                "https://hooks.slack.com/é",
                "https://hooks.slack.com/x\n",
                "https://hooks.slack.com:x/",
            ),
            *("https://hooks.slack.com/\x00", 1.5),
        ],
    ),
    "monitoring.runbookUrl": (
        ["docs/runbook.md", "https://wiki.acme.io/runbook"],
        ["", "https://wiki.acme.io/runbook#alarms", "a b", "a" * 201, "a\n", 1.5],
    ),
    # A number is taken as the text that `pulumi config set --path` makes of it, too.
    "api.cacheSize": (
        [0.5, "0.5", 1.6, "1.6", 118, "118", 118.0, "118.0"],
        [
            0.6,
            "0,5",
            ".5",
            "0.5 ",
            " 0.5",
            "5e-1",
            "+0.5",
            "1_18",
            "\u0660.\u0665",
            "nan",
            "",
            True,
        ],
    ),
    "monitoring.thresholds.apiErrorPercent": (
        [2.5, "2.5", 5, "5", 100, 0.001],
        ["2,5", "2.5 ", "1_0", "1e1", "inf", "nan", 0, 100.1, float("inf"), float("nan"), "", True],
    ),
    "api.quotaPerDay": (
        [0, 10, 2**31 - 1],
        [-1, 2**31, 10**400, 1.5, 10.0, "10", "", True],
    ),
}
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
