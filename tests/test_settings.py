import json
import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import settings
from components.shared.setting import allowed, is_secret
from local.engine.workspace import create_workspace, stacks
from settings import Settings, SettingsError, parse
from tests.pulumi_recorder import ROOT, Recorder, record, run_program
from tests.walks import examples

RETENTIONS = "1, 3, 5, 7, 14, 30, 60, 90"

PROTECTED = {"deletionProtection": True, "alarmEmails": ["oncall@acme.io"]}

# The key, its value, and what the message says besides both.
BAD_INPUT: dict[str, tuple[dict[str, Any], str, str, list[str]]] = {
    "NAT gateways between one and the zones": (
        {"natGateways": 2},
        "natGateways",
        "2",
        ["there are 3 zones", "0 to 4", "above 1 only as many as availabilityZoneCount"],
    ),
    "negative NAT gateways": (
        {"natGateways": -1},
        "natGateways",
        "-1",
        ["0 to 4"],
    ),
    "NAT gateways as text": (
        {"natGateways": "three"},
        "natGateways",
        '"three"',
        ["0 to 4"],
    ),
    "NAT gateways as a fraction": ({"natGateways": 1.5}, "natGateways", "1.5", ["0 to 4"]),
    "a VPC block that is no network": (
        {"vpcCidr": "the office"},
        "vpcCidr",
        '"the office"',
        ["/16 to /19", "10.0.0.0/16"],
    ),
    "a VPC block with host bits": (
        {"vpcCidr": "10.0.0.1/16"},
        "vpcCidr",
        '"10.0.0.1/16"',
        ["has host bits set", "/16 to /19"],
    ),
    "a public VPC block": (
        {"vpcCidr": "8.8.0.0/16"},
        "vpcCidr",
        '"8.8.0.0/16"',
        ["not within the private ranges", "/16 to /19"],
    ),
    "a VPC block that is too small": (
        {"vpcCidr": "10.0.0.0/24"},
        "vpcCidr",
        '"10.0.0.0/24"',
        ["too small", "/16 to /19"],
    ),
    "a retention that CloudWatch does not offer": (
        {"logRetentionDays": 31},
        "logRetentionDays",
        "31",
        [RETENTIONS],
    ),
    "a flow-log retention that CloudWatch does not offer": (
        {"flowLogRetentionDays": 0},
        "flowLogRetentionDays",
        "0",
        [RETENTIONS],
    ),
    "a replica without backups": (
        {"database": {"backupRetentionDays": 0, "replicaCount": 1}},
        "database.replicaCount",
        "1",
        ["(a replica needs backups of its source);", "database.backupRetentionDays of at least 1"],
    ),
    "one cache node with failover": (
        {"cache": {"nodeCount": 1}},
        "cache.nodeCount",
        "1",
        ["failover needs a second node", "at least 2 with cache.automaticFailover"],
    ),
    "a database class that is none": (
        {"database": {"instanceClass": "t3.medium"}},
        "database.instanceClass",
        '"t3.medium"',
        ["db.t4g.micro"],
    ),
    "a cache node type that is none": (
        {"cache": {"nodeType": "db.t3.micro"}},
        "cache.nodeType",
        '"db.t3.micro"',
        ["cache.t4g.micro"],
    ),
    "any origin in a protected stack": (
        {**PROTECTED, "api": {"corsOrigins": ["*"]}},
        "api.corsOrigins",
        '["*"]',
        [
            "(aws-platform:deletionProtection is true, and any site could call the API)",
            "https://app.example.com",
            "`pulumi config set --path 'aws-platform:api.corsOrigins[0]' <yours>`",
        ],
    ),
    "an example's origin in a protected stack": (
        {**PROTECTED, "api": {"corsOrigins": ["https://a.io", "https://app.example.com:8443"]}},
        "api.corsOrigins",
        '["https://a.io", "https://app.example.com:8443"]',
        [
            "no page of yours is at example.com)",
            "`pulumi config set --path 'aws-platform:api.corsOrigins[1]' <yours>`",
        ],
    ),
    "an example's addresses in a protected stack": (
        {
            "deletionProtection": True,
            "api": {"corsOrigins": ["https://a.io"]},
            "alarmEmails": ["a@b.example", "a@acme.io", "b@Example.org"],
        },
        "alarmEmails",
        '["a@b.example", "a@acme.io", "b@Example.org"]',
        [
            "nobody reads mail to example and example.org)",
            "`pulumi config set --path 'aws-platform:alarmEmails[0]' <yours>`"
            " and `pulumi config set --path 'aws-platform:alarmEmails[2]' <yours>`",
            "(or `pulumi config rm --path 'aws-platform:alarmEmails[2]'`)",
        ],
    ),
    "more addresses than a budget warns": (
        {"alarmEmails": [f"{number}@acme.io" for number in range(11)]},
        "alarmEmails",
        '"0@acme.io"',
        ["these are 11", "at most 10 different e-mail addresses"],
    ),
    "zones of another region": (
        {"availabilityZones": ["us-east-1a", "us-west-2a", "us-west-2b"]},
        "availabilityZones",
        '["us-east-1a", "us-west-2a", "us-west-2b"]',
        ["the stack's region is us-east-1"],
    ),
    "a topic of another region": (
        {"cache": {"notificationTopicArn": "arn:aws:sns:us-west-2:123456789012:events"}},
        "cache.notificationTopicArn",
        '"arn:aws:sns:us-west-2:123456789012:events"',
        ["the stack's region is us-east-1"],
    ),
    "a version that is no text": (
        {"database": {"engineVersion": 17.1}},
        "database.engineVersion",
        "17.1",
        ["YAML", "in quotes", "14 to 18"],
    ),
    "an origin with a path": (
        {"api": {"corsOrigins": ["https://app.example.com/"]}},
        "api.corsOrigins[0]",
        '"https://app.example.com/"',
        ["a list of different origins"],
    ),
    "any origin beside another": (
        {"api": {"corsOrigins": ["*", "https://app.example.com"]}},
        "api.corsOrigins",
        '["*", "https://app.example.com"]',
        ["* lets any site in", '["*"]'],
    ),
    "no origin": ({"api": {"corsOrigins": []}}, "api.corsOrigins", "[]", ["at least one"]),
    "SSH for everyone": (
        {"companyCidrs": ["0.0.0.0/0"]},
        "companyCidrs",
        '["0.0.0.0/0"]',
        ["SSH would be open to everyone"],
    ),
    "one company network twice": (
        {"companyCidrs": ["203.0.113.0/24", "203.0.113.0/24"]},
        "companyCidrs",
        "203.0.113.0/24",
        ["listed twice", "different IPv4 networks"],
    ),
    "one address twice": (
        {"alarmEmails": ["a@example.com", "a@example.com"]},
        "alarmEmails",
        "a@example.com",
        ["listed twice"],
    ),
    "an interface endpoint where there is a gateway": (
        {"interfaceEndpoints": ["s3"]},
        "interfaceEndpoints",
        '["s3"]',
        ["gateway endpoints already", "secretsmanager"],
    ),
    "one interface endpoint twice": (
        {"interfaceEndpoints": ["ssm", "ssm"]},
        "interfaceEndpoints",
        '["ssm", "ssm"]',
        ["different service names"],
    ),
    "fewer pinned zones than zones": (
        {"availabilityZones": ["us-east-1a"]},
        "availabilityZones",
        '["us-east-1a"]',
        ["there are 3 zones", "as many as availabilityZoneCount, or none"],
    ),
    "an engine version of the other engine": (
        {"cache": {"engine": "valkey", "engineVersion": "7.1"}},
        "cache.engineVersion",
        '"7.1"',
        ["valkey has no such version", "valkey: 7.2 or 8.0"],
    ),
    "storage that cannot grow": (
        {"database": {"allocatedStorage": 100, "maxAllocatedStorage": 105}},
        "database.maxAllocatedStorage",
        "105",
        ["could not grow by 10 %", "at least 10 % more than database.allocatedStorage"],
    ),
    "a part that is no object": (
        {"cache": "redis"},
        "cache",
        '"redis"',
        ["an object with any of engine,"],
    ),
    "protection as text": (
        {"deletionProtection": "yes"},
        "deletionProtection",
        '"yes"',
        ["true or false"],
    ),
}


# What is set, and the setting left at its default that does not go with it.
BAD_WITH_A_DEFAULT: dict[str, tuple[dict[str, Any], str]] = {
    "a replica": ({"database": {"backupRetentionDays": 0}}, "database.replicaCount is 1"),
    "the storage's limit": (
        {"database": {"allocatedStorage": 2000}},
        "database.maxAllocatedStorage is 1000",
    ),
    "the engine's version": ({"cache": {"engine": "valkey"}}, 'cache.engineVersion is "7.1"'),
    "the origins": (PROTECTED, 'api.corsOrigins is ["*"]'),
    "the origins, beside others of their section": (
        {**PROTECTED, "api": {"webAcl": True}},
        'api.corsOrigins is ["*"]',
    ),
    "the addresses": (
        {"deletionProtection": True, "api": {"corsOrigins": ["https://a.io"]}},
        'alarmEmails is ["admin@example.com"]',
    ),
}


KEYS = [key for key, _ in settings.described_settings()]
SECTIONS = sorted({key.rpartition(".")[0] for key in KEYS if "." in key})
LINE = re.compile(
    r"aws-platform:(?P<key>[\w.\[\]]+) is (?:(?P<unknown>not a setting; .+)|.*; allowed: \S.*)"
)


def nested(key: str, value: Any) -> dict[str, Any]:
    for part in reversed(key.split(".")):
        value = {part: value}
    return value


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: merged(first[key], value)
        for key, value in second.items()
        if isinstance(value, dict) and isinstance(first.get(key), dict)
    }
    return {**first, **second, **both}


def problems(given: dict[str, Any], secret: Iterable[str] = ()) -> list[str]:
    """The lines of the message about given values; none where they are taken."""
    try:
        parse(given, secret)
    except SettingsError as error:
        return [line.strip() for line in str(error).splitlines() if line.startswith("  ")]
    return []


def refused(overrides: dict[str, Any], **options: Any) -> str:
    """Runs the program with bad settings and gives the message, after which nothing may exist."""
    recorder = Recorder()
    with pytest.raises(SettingsError) as error:
        run_program("dev", overrides, recorder=recorder, **options)
    assert recorder.resources == []
    assert recorder.calls == []
    return str(error.value)


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_stops_before_any_resource_and_says_what_is_allowed(case: str) -> None:
    overrides, key, value, allowed = BAD_INPUT[case]

    message = refused(overrides)

    (line,) = [line for line in message.splitlines() if line.startswith("  ")]
    assert line.startswith(f"  aws-platform:{key} is ")
    assert value in line
    for words in allowed:
        assert words in line


@pytest.mark.parametrize("case", BAD_WITH_A_DEFAULT)
def test_a_default_that_does_not_go_with_what_is_set_is_named_as_a_default(case: str) -> None:
    given, expected = BAD_WITH_A_DEFAULT[case]

    [line] = problems(given)

    assert line.startswith(f"aws-platform:{expected} by default (")
    assert line.partition("; allowed: ")[2]


def test_the_engine_shows_the_message_without_a_traceback() -> None:
    # Pulumi's language host prints RunError's message alone and exits with 1.
    assert issubclass(SettingsError, pulumi.RunError)


def test_the_message_says_what_to_do_next() -> None:
    message = refused({"natGateways": 2})

    assert message.startswith("This setting is not usable, so nothing was changed:")
    assert "pulumi config set --path aws-platform:<key> <value>" in message


def test_several_bad_settings_are_listed_together() -> None:
    message = refused(
        {"natGateways": 9, "vpcCidr": "nowhere", "cache": {"nodeCount": 0}, "natGatways": 1}
    )

    assert message.startswith("These 4 settings are not usable")
    for key in ("natGateways", "vpcCidr", "cache.nodeCount", "natGatways"):
        assert f"\n  aws-platform:{key} is " in message


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"natGateway": 1}, "natGateway is not a setting; did you mean natGateways?"),
        ({"vpc_cidr": "10.0.0.0/16"}, "vpc_cidr is not a setting; did you mean vpcCidr?"),
        (
            {"database": {"instanceclass": "db.t3.micro"}},
            "database.instanceclass is not a setting; did you mean database.instanceClass?",
        ),
        ({"api": {"corsOrigin": []}}, "did you mean api.corsOrigins?"),
        (
            {"monitoring": {"thresholds": {"functionError": 1}}},
            "did you mean monitoring.thresholds.functionErrors?",
        ),
        ({"zzz": 1}, "zzz is not a setting; the settings here are alarmEmails, api, "),
        ({"cache": {"zzz": 1}}, "the settings here are automaticFailover, engine, "),
    ],
)
def test_an_unknown_key_is_answered_with_the_one_that_was_meant(
    overrides: dict[str, Any], expected: str
) -> None:
    assert expected in refused(overrides)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (
            "database.replicaCount",
            2,
            "database.replicaCount is a path, which needs --path;"
            " use `pulumi config set --path aws-platform:database.replicaCount 2`,"
            " then `pulumi config rm aws-platform:database.replicaCount`",
        ),
        (
            "companyCidrs[0]",
            "198.51.100.0/24",
            "companyCidrs[0] is a path, which needs --path;"
            " use `pulumi config set --path 'aws-platform:companyCidrs[0]' 198.51.100.0/24`,"
            " then `pulumi config rm 'aws-platform:companyCidrs[0]'`",
        ),
        (
            "database.replicacount",
            2,
            "database.replicacount is not a setting; did you mean database.replicaCount?",
        ),
        ("natGateways[0]", 2, "natGateways[0] is not a setting; did you mean natGateways?"),
    ],
)
def test_a_path_that_was_set_without_path_is_answered_with_the_commands(
    key: str, value: object, expected: str
) -> None:
    assert problems({key: value}) == [f"aws-platform:{expected}"]


@pytest.mark.parametrize("old", settings.MOVED)
@pytest.mark.parametrize("flag", ["--path ", ""], ids=["in its section", "set without --path"])
def test_a_key_that_moved_is_answered_with_where_it_went(old: str, flag: str) -> None:
    new = settings.MOVED[old]
    [line] = problems(nested(old, "a value") if flag else {old: "a value"})

    assert new in KEYS
    assert line == (
        f"aws-platform:{old} is now {new};"
        f" use `pulumi config set --path aws-platform:{new} 'a value'`,"
        f" then `pulumi config rm {flag}aws-platform:{old}`"
    )


def test_commands_never_show_an_encrypted_value() -> None:
    for key in ("api.logLevel", "database.replicaCount"):
        [line] = problems({key: "s3cret"}, secret=[key])
        assert "`pulumi config set --secret --path aws-platform:" in line
        assert "<value>`" in line
        assert "s3cret" not in line


@pytest.mark.parametrize("key", ["slackWebhookUrl", "slackWebhookURL", "slackWebhookUrl[0]"])
def test_a_secret_is_never_in_a_message(key: str) -> None:
    message = refused({key: "http://hooks.slack.com/services/T0/B0/s3cret"})

    assert key in message
    assert "s3cret" not in message


def test_a_value_that_is_encrypted_in_the_config_is_never_in_a_message() -> None:
    message = refused({"alarmEmails": ["s3cret"]}, secret=["alarmEmails"])

    assert "aws-platform:alarmEmails[0] is [secret]" in message
    assert "s3cret" not in message


def test_the_reason_never_repeats_an_encrypted_value() -> None:
    message = refused({"vpcCidr": "10.0.0.77/16"}, secret=["vpcCidr"])

    assert "aws-platform:vpcCidr is [secret]; allowed: a private IPv4 network" in message
    assert "10.0.0.77" not in message


def test_a_secret_is_not_in_what_the_settings_print() -> None:
    given = {"slackWebhookUrl": "https://hooks.slack.com/services/T0/B0/s3cret"}
    assert "s3cret" not in repr(parse(given))


def test_a_stack_without_a_region_is_told_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)

    with pytest.raises(
        SettingsError, match=r"aws:region is not set.*`pulumi config set aws:region <"
    ):
        record(lambda: pulumi.export("region", settings.region()))


def test_the_region_comes_from_the_config_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    def region(config: dict[str, str]) -> str:
        exported = record(lambda: pulumi.export("region", settings.region()), config=config)
        return exported.outputs["region"]

    assert region({}) == "eu-west-1"
    assert region({"aws:region": "us-west-2"}) == "us-west-2"


def test_a_region_that_cannot_be_used_names_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-wset-1")

    def refusal(config: dict[str, str]) -> str:
        with pytest.raises(SettingsError) as refused:
            record(lambda: pulumi.export("region", settings.region()), config=config)
        return str(refused.value)

    assert (
        refusal({}) == 'AWS_REGION is "eu-wset-1", which is no AWS region; did you mean eu-west-1?'
    )
    assert refusal({"aws:region": "us-iso-east-1"}).startswith(
        'aws:region is "us-iso-east-1", where'
    )


def test_without_any_config_the_settings_are_the_sources() -> None:
    default = parse({})

    assert default.vpc_cidr == "10.0.0.0/16"
    assert default.availability_zone_count == 3
    assert default.nat_gateways == 1
    assert (default.flow_log_retention_days, default.log_retention_days) == (30, 30)
    assert default.company_cidrs == ("203.0.113.0/24",)
    assert len(default.interface_endpoints) == 7
    assert default.deletion_protection is False
    assert default.database.instance_class == "db.t3.medium"
    assert default.database.replica_instance_class == "db.t3.small"
    assert (default.cache.node_type, default.cache.node_count) == ("cache.t3.micro", 2)
    assert (default.api.throttling_rate_limit, default.api.throttling_burst_limit) == (1000, 2000)
    assert default.api.cors_origins == ("*",)
    assert default.alarm_emails == ("admin@example.com",)
    assert default.slack_webhook_url == ""


@pytest.mark.parametrize("stack", stacks(ROOT))
def test_the_stacks_here_are_valid(tmp_path: Path, stack: str) -> None:
    """The CLI may have rewritten them, and a team may have put in what is theirs."""
    workspace = create_workspace(ROOT, stack, tmp_path)
    config = yaml.safe_load(workspace.stack_file.read_text())["config"]

    record(settings.load, stack=stack, config=config)


def test_a_protected_stack_is_refused_at_once_for_all_that_is_a_teams_own() -> None:
    origins = ["https://app.example.com"]
    lines = problems({"deletionProtection": True, "api": {"corsOrigins": origins}})

    assert [line.partition(" is ")[0] for line in lines] == [
        "aws-platform:api.corsOrigins",
        "aws-platform:alarmEmails",
    ]
    for line in lines:
        assert "put in yours with `pulumi config set --path 'aws-platform:" in line


def test_an_unprotected_stack_may_have_examples() -> None:
    given = {"alarmEmails": ["admin@example.com"], "api": {"corsOrigins": ["https://a.test"]}}
    assert parse(given).alarm_emails == ("admin@example.com",)


def test_a_protected_stack_may_be_called_by_a_page_on_a_developers_machine() -> None:
    origins = ["https://acme.io", "http://localhost:3000"]
    assert parse({**PROTECTED, "api": {"corsOrigins": origins}}).api.cors_origins == tuple(origins)


@pytest.mark.parametrize(
    ("config", "read"),
    [
        ('{"engineVersion": "16.10"}', "16.10"),
        ('{"engineVersion": 16}', "16"),
        ('{"engineVersion": "16.4"}', "16.4"),
    ],
)
def test_a_version_keeps_its_digits_as_it_is_written(config: str, read: str) -> None:
    found: list[Settings] = []
    record(lambda: found.append(settings.load()), config={"aws-platform:database": config})

    assert found[0].database.engine_version == read


def test_a_version_whose_zeros_yaml_dropped_is_refused() -> None:
    # What the CLI makes of `engineVersion: 17.10`.
    with pytest.raises(SettingsError, match=r"engineVersion is 17\.1 \(YAML .* in quotes\)"):
        record(settings.load, config={"aws-platform:database": '{"engineVersion": 17.1}'})


@pytest.mark.parametrize(("config", "read"), [("2.5", 2.5), ('"2.5"', 2.5), ("2", 2.0)])
def test_a_fraction_is_taken_where_one_is_wanted(config: str, read: float) -> None:
    found: list[Settings] = []
    thresholds = f'{{"thresholds": {{"apiErrorPercent": {config}}}}}'
    record(lambda: found.append(settings.load()), config={"aws-platform:monitoring": thresholds})

    assert found[0].monitoring.thresholds.api_error_percent == read


def test_a_region_that_cannot_be_used_refuses_no_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-esat-1")
    zones = '["us-east-1a", "us-east-1b", "us-east-1c"]'
    # It is the region that is refused, where that is read.
    record(settings.load, config={"aws-platform:availabilityZones": zones})


def test_settings_cannot_change_while_the_program_runs() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse({}).nat_gateways = 3


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=5,
)
ANYTHING = st.sampled_from(
    [0, 1, 2, 3, 4, 35, 2000, 0.5, "", "valkey", "8.0", True, False, ["*"], [], {}, {"no": 1}]
)


@given(
    keys=st.tuples(st.sampled_from([*KEYS, *SECTIONS]), st.sampled_from([*KEYS, *SECTIONS])),
    values=st.tuples(ANYTHING, ANYTHING),
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_whatever_is_refused_is_named_as_people_write_it_with_what_is_allowed(
    keys: tuple[str, str], values: tuple[Any, Any]
) -> None:
    given = merged(nested(keys[0], values[0]), nested(keys[1], values[1]))
    for line in problems(given):
        found = LINE.fullmatch(line)
        assert found, line
        key = found["key"].partition("[")[0]
        assert key in {*KEYS, *SECTIONS} or found["unknown"], line
        # The program's names have underscores, people's have none.
        assert "_" not in line


def test_any_two_bad_settings_are_both_named_with_what_they_take() -> None:
    fields = dict(settings.described_settings())
    for pair in combinations(KEYS, 2):
        lines = problems(merged(*(nested(key, {"no": "value"}) for key in pair)))
        for key in pair:
            shown = "[secret]" if is_secret(fields[key]) else '{"no": "value"}'
            assert f"aws-platform:{key} is {shown}; allowed: {allowed(fields[key])}" in lines


@given(key=st.sampled_from([*KEYS, *SECTIONS]) | st.text(max_size=12), junk=JUNK)
@example(key="deletionProtection", junk=True)
@hypothesis_settings(max_examples=300, deadline=None)
def test_any_value_of_any_key_is_either_taken_or_refused_by_name(key: str, junk: Any) -> None:
    message = ""
    try:
        parse(nested(key, junk))
    except SettingsError as error:
        message = str(error)
    assert not message or f"aws-platform:{key.split('.')[0]}" in message


@given(text=st.text(max_size=30) | JUNK.map(json.dumps), key=st.sampled_from(KEYS))
@hypothesis_settings(max_examples=40, deadline=None)
def test_any_text_in_the_config_is_either_taken_or_refused(text: str, key: str) -> None:
    whole_key = f"aws-platform:{key.split('.')[0]}"
    message = ""
    try:
        record(settings.load, config={whole_key: text})
    except SettingsError as error:
        message = str(error)
    assert not message or whole_key in message


@st.composite
def valid_settings(draw: st.DrawFn) -> dict[str, Any]:
    """A subset of the settings with values that each of them allows."""
    zones = draw(st.integers(2, 4))
    protected = draw(st.booleans())
    origins = [["https://app.acme.io"], ["https://a.acme.io", "http://localhost:3000"]]
    emails = st.lists(st.sampled_from(["a@acme.io", "b@acme.io"]), unique=True)
    failover = draw(st.booleans())
    backups = draw(st.integers(0, 35))
    storage = draw(st.integers(20, 1000))
    retention = st.sampled_from([1, 7, 30, 365, 3653])
    engine, version = draw(st.sampled_from([("redis", "6.2"), ("redis", "7.1"), ("valkey", "8.0")]))
    thresholds = {"functionErrors": draw(st.integers(1, 50)), "apiErrorPercent": 2.5}
    everything: dict[str, Any] = {
        "vpcCidr": draw(st.sampled_from(["10.0.0.0/16", "172.20.0.0/18", "192.168.0.0/19"])),
        "natGateways": draw(st.sampled_from([0, 1, zones])),
        "flowLogRetentionDays": draw(retention),
        "logRetentionDays": draw(retention),
        "interfaceEndpoints": draw(
            st.lists(st.sampled_from(["ssm", "lambda", "ecr.api", "sqs"]), unique=True)
        ),
        "companyCidrs": draw(
            st.lists(st.sampled_from(["203.0.113.0/24", "198.51.100.7/32"]), unique=True)
        ),
        "database": {
            "engineVersion": draw(st.sampled_from(["14", "16.4", "18"])),
            "instanceClass": draw(st.sampled_from(["db.t4g.micro", "db.r6g.2xlarge"])),
            "allocatedStorage": storage,
            "maxAllocatedStorage": draw(st.sampled_from([0, storage * 2])),
            "multiAz": draw(st.booleans()),
            "backupRetentionDays": backups,
            "replicaCount": draw(st.integers(0, 5)) if backups else 0,
        },
        "cache": {
            "engine": engine,
            "engineVersion": version,
            "automaticFailover": failover,
            "nodeCount": draw(st.integers(2 if failover else 1, 6)),
        },
        "monitoring": {
            "thresholds": thresholds,
            "burnRateAlarms": draw(st.booleans()),
            "monthlyBudgetUsd": draw(st.sampled_from([0, 100])),
        },
        "slackWebhookUrl": draw(st.sampled_from(["", "https://hooks.slack.com/services/T/B/x"])),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(everything))))
    return {
        "availabilityZoneCount": zones,
        # It must agree with the number of zones.
        "natGateways": everything["natGateways"],
        "deletionProtection": protected,
        "alarmEmails": draw(emails),
        "api": {
            "corsOrigins": draw(st.sampled_from(origins if protected else [*origins, ["*"]])),
            "cacheEnabled": draw(st.booleans()),
            "cacheSize": draw(st.sampled_from([0.5, 6.1, 118])),
            "webAcl": draw(st.booleans()),
            "ownsAccountRole": draw(st.booleans()),
            "cursorKeyVersion": draw(st.integers(1, 3)),
            "quotaPerDay": draw(st.sampled_from([0, 10])),
            "reservedConcurrency": draw(st.sampled_from([0, 5])),
        },
        **{key: everything[key] for key in chosen},
    }


@pytest.mark.walk
@given(chosen=valid_settings(), preview=st.booleans())
@hypothesis_settings(max_examples=examples(3, 25), deadline=None)
def test_every_combination_of_valid_settings_makes_a_whole_platform(
    chosen: dict[str, Any], preview: bool
) -> None:
    recorded = run_program("dev", chosen, preview=preview)

    assert recorded.one("awsx:ec2:Vpc").inputs["availabilityZoneNames"][0] == "us-east-1a"
    assert len(recorded.of("aws:apigateway/stage:Stage")) == 1
    assert {"vpcId", "databaseEndpoint", "apiUrl"} <= set(recorded.outputs)
