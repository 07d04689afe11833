"""Physical names of a stack with the longest name that is allowed, against AWS's own limits.

Lengths and forms are those of the service's API reference, at the operation that makes the
resource.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from functools import cache

import pytest

from components.shared.environment import STACK_NAME_PATTERN
from tests.pulumi_recorder import PROJECT, ROOT, Recorder, config_of, record

LONGEST = 20
STACKS = (
    "a" * LONGEST,
    # As many hyphens as there can be, and two whose cut off prefix would end with one.
    "a-b-c-d-e-f-g-h-i-jk",
    "abcdefghijklmnopq-rs",
    "abcdefghijklmnop-qrs",
)
SOME_NAME = re.compile(r"[\w./:@-]+")
"""What a name looks like, other than a document, a description or an address."""

WORDS = r"[A-Za-z0-9_-]+"
RDS = r"[a-z](?!.*--)[a-z0-9-]*[a-z0-9]"
LIMITS: Mapping[tuple[str, str], tuple[int | None, str]] = {
    # API Gateway documents no length for these.
    ("aws:apigateway/apiKey:ApiKey", "name"): (None, r"[\w -]+"),
    ("aws:apigateway/restApi:RestApi", "name"): (None, r"[\w -]+"),
    ("aws:apigateway/usagePlan:UsagePlan", "name"): (None, r"[\w -]+"),
    ("aws:apigateway/stage:Stage", "stageName"): (128, WORDS),
    ("aws:budgets/budget:Budget", "name"): (100, r"[^:\\]+"),
    ("aws:cloudwatch/compositeAlarm:CompositeAlarm", "alarmName"): (255, r".+"),
    ("aws:cloudwatch/dashboard:Dashboard", "dashboardName"): (255, WORDS),
    ("aws:cloudwatch/logGroup:LogGroup", "name"): (512, r"[.\-_/#A-Za-z0-9]+"),
    ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyName"): (255, r"[^:*/]+"),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"): (255, r".+"),
    ("aws:cloudwatch/queryDefinition:QueryDefinition", "name"): (255, r".+"),
    ("aws:cognito/userPool:UserPool", "name"): (128, r"[\w\s+=,.@-]+"),
    ("aws:cognito/userPoolClient:UserPoolClient", "name"): (128, r"[\w\s+=,.@-]+"),
    ("aws:dynamodb/table:Table", "name"): (255, r"[A-Za-z0-9_.-]{3,}"),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "finalSnapshotIdentifier"): (255, RDS),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupId"): (40, RDS),
    ("aws:kms/alias:Alias", "name"): (256, r"alias/(?!aws/)[a-zA-Z0-9/_-]+"),
    ("aws:lambda/function:Function", "name"): (64, WORDS),
    ("aws:lambda/layerVersion:LayerVersion", "layerName"): (140, WORDS),
    ("aws:pipes/pipe:Pipe", "name"): (64, r"[.\-_A-Za-z0-9]+"),
    ("aws:rds/instance:Instance", "finalSnapshotIdentifier"): (255, RDS),
    ("aws:rds/instance:Instance", "identifier"): (63, RDS),
    ("aws:secretsmanager/secret:Secret", "name"): (512, r"[A-Za-z0-9/_+=.@-]+"),
    ("aws:sns/topic:Topic", "name"): (256, WORDS),
    ("aws:sqs/queue:Queue", "name"): (80, WORDS),
    ("aws:wafv2/webAcl:WebAcl", "name"): (128, r"[\w-]+"),
}
"""How long a name may be, in characters, and of what form, by type and input."""

NAMED_BY_PULUMI: Mapping[str, tuple[str, int]] = {
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:elasticache/parameterGroup:ParameterGroup": ("name", 255),
    "aws:elasticache/subnetGroup:SubnetGroup": ("name", 255),
    "aws:iam/role:Role": ("name", 64),
    "aws:iam/rolePolicy:RolePolicy": ("name", 128),
    "aws:lambda/permission:Permission": ("statementId", 100),
    "aws:rds/parameterGroup:ParameterGroup": ("name", 255),
    "aws:rds/subnetGroup:SubnetGroup": ("name", 255),
    "aws:sqs/queue:Queue": ("name", 80),
}
PULUMI_ADDS = len("-1a2b3c4")


@cache
def program(stack: str) -> Recorder:
    """The program as a stack of this name, with all that prod has and a Slack webhook."""
    webhook = {f"{PROJECT}:slackWebhookUrl": "https://hooks.slack.com/services/T0/B0/x"}
    return record(
        lambda: runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__"),
        stack=stack,
        config={**config_of("prod"), **webhook},
    )


def test_no_longer_name_is_allowed_than_the_ones_tried() -> None:
    for stack in STACKS:
        assert len(stack) == LONGEST
        assert STACK_NAME_PATTERN.fullmatch(stack)
    assert not STACK_NAME_PATTERN.fullmatch("a" * (LONGEST + 1))


@pytest.mark.parametrize("stack", STACKS)
def test_every_name_has_the_length_and_form_that_aws_takes(stack: str) -> None:
    checked: set[tuple[str, str]] = set()
    for one in program(stack).resources:
        for key, value in one.inputs.items():
            if (one.type, key) in LIMITS and isinstance(value, str):
                length, form = LIMITS[one.type, key]
                assert re.fullmatch(form, value), f"{one.name}: {value}"
                assert length is None or len(value) <= length, f"{one.name}: {value}"
                checked.add((one.type, key))
    assert checked == set(LIMITS)


def test_no_other_input_is_a_name_that_holds_the_stacks() -> None:
    stack = STACKS[0]
    # However far it is cut off.
    mark = stack[: LONGEST // 2]
    known = {
        value
        for one in program(stack).resources
        for key, value in one.inputs.items()
        if (one.type, key) in LIMITS
    }
    others = {
        (one.type, key): value
        for one in program(stack).resources
        for key, value in one.inputs.items()
        if isinstance(value, str) and mark in value and SOME_NAME.fullmatch(value)
        # A reference to something that has its name from elsewhere.
        if value not in known
    }

    assert others == {}


def test_what_pulumi_names_has_room_for_its_suffix() -> None:
    checked: set[str] = set()
    for one in program(STACKS[0]).resources:
        key, length = NAMED_BY_PULUMI.get(one.type, ("", 0))
        if key and key not in one.inputs:
            assert len(one.name) + PULUMI_ADDS <= length, one.name
            checked.add(one.type)
    assert checked == set(NAMED_BY_PULUMI)


@pytest.mark.parametrize("stack", STACKS)
def test_no_two_resources_of_a_type_have_one_name(stack: str) -> None:
    names = [
        (one.type, key, value)
        for one in program(stack).resources
        for key, value in one.inputs.items()
        if (one.type, key) in LIMITS
    ]

    assert len(set(names)) == len(names) > 60
