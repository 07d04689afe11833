"""The limits of CloudFormation's schemas, as they are applied to Pulumi's types."""

import importlib
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import jsonschema
import pytest

from local.provider.aws.described import DescribedType, RecordedType
from local.provider.aws.schema.check import (
    Checked,
    checked_type,
    compiled,
    schema_failures,
    violations,
)
from local.provider.aws.schema.differences import DIFFERENCES, SEARCHED
from local.provider.aws.schema.files import Node, schema
from local.provider.aws.schema.names import PROPERTIES, TYPES, cloudformation_type, place
from local.provider.outputs import inputs_of
from local.provider.registry import resource_types

LIMITS = frozenset(
    ["enum", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "pattern"]
)
NOT_FOR_PYTHON = re.compile(r"\^\(\?s\)|.*\\p\{L\}\\p\{Z\}\\p\{N\}.*")
"""Of a message whose pattern is left out, and of tags, which are not checked."""
KINDS = [
    kind for kind in resource_types() if issubclass(kind, (DescribedType, RecordedType))
]  # fmt: skip
TABLES = {
    kind.token: {**dict.fromkeys(sorted(getattr(kind, "handled", ())), ""), **kind.table}
    for kind in KINDS
}


def checked_properties(token: str) -> Iterator[tuple[Checked, list[str]]]:
    """The properties of a type that the schema limits, with their Pulumi names from the top."""
    root = checked_type(token)
    if root is not None:
        yield from _limited(root, TABLES[token], [])


def _limited(block: Checked, table: Any, names: list[str]) -> Iterator[tuple[Checked, list[str]]]:
    for name, target in table.items():
        member = block.member(name, table)
        if member is None:
            continue
        if LIMITS & {*member.node, *(member.items or {})}:
            yield member, [*names, name]
        if isinstance(target, tuple):
            yield from _limited(member, target[1], [*names, name])


CHECKED = [
    pytest.param(token, member, names, id=f"{token.rpartition(':')[2]}.{'.'.join(names)}")
    for token in TABLES
    for member, names in checked_properties(token)
]


def test_most_types_are_checked() -> None:
    assert len(CHECKED) > 250
    assert {row.values[0] for row in CHECKED} >= {
        "aws:cognito/userPool:UserPool",
        "aws:dynamodb/table:Table",
        "aws:lambda/function:Function",
        "aws:rds/instance:Instance",
        "aws:sqs/queue:Queue",
    }


@pytest.mark.parametrize(("token", "member", "names"), CHECKED)
def test_a_checked_property_is_one_of_the_sdk(
    token: str, member: Checked, names: list[str]
) -> None:
    assert names[0] in inputs_of(token)
    cls = _sdk_class(token)
    for name, inner in pairwise(names):
        cls = _block_class(cls, name)
        assert inner in _pulumi_names(cls), f"{cls.__name__} has no {inner}"


@pytest.mark.parametrize(("token", "member", "names"), CHECKED)
def test_limits_are_those_that_json_schema_sees(
    token: str, member: Checked, names: list[str]
) -> None:
    node = member.node if member.items is None else member.items
    limits = {key: item for key, item in node.items() if key in LIMITS - {"pattern"}}
    for value in _values_at_the_limits(limits):
        taken = jsonschema.Draft7Validator(limits).is_valid(value)
        assert (list(violations(limits, value)) == []) == taken, repr(value)


@pytest.mark.parametrize(("token", "member", "names"), CHECKED)
def test_a_list_may_be_as_long_as_json_schema_says(
    token: str, member: Checked, names: list[str]
) -> None:
    sizes = {key: member.node[key] for key in ("minItems", "maxItems") if key in member.node}
    for size in {limit + step for limit in sizes.values() for step in (-1, 0, 1)} - {-1, 0}:
        elements = [{}] * size
        taken = jsonschema.Draft7Validator(sizes).is_valid(elements)
        assert (list(member.failures("here", elements, {})) == []) == taken, size


@pytest.mark.parametrize("token", TABLES)
def test_every_pattern_of_a_type_can_be_used(token: str) -> None:
    patterns = {
        node["pattern"]
        for member, _ in checked_properties(token)
        for node in (member.node, member.items or {})
        if "pattern" in node
    }
    if type_name := cloudformation_type(token):
        # Blocks in blocks of the same kind, as a web ACL's statements are, are in no table.
        patterns |= set(_patterns(schema(type_name).get("definitions", {})))
    for pattern in patterns:
        if not NOT_FOR_PYTHON.fullmatch(pattern):
            compiled(pattern)


def test_every_exception_of_a_type_name_is_needed() -> None:
    by_rule = {**TYPES}
    try:
        for token, expected in by_rule.items():
            del TYPES[token]
            assert cloudformation_type(token) != expected or expected is None, token
            assert token in TABLES, f"{token} is no type of the embedded AWS"
    finally:
        TYPES.update(by_rule)
    assert {token for token in TABLES if cloudformation_type(token) is None} == {
        token for token, name in TYPES.items() if name is None
    }


@pytest.mark.parametrize(
    ("token", "path"), [(token, path) for token, rows in PROPERTIES.items() for path in rows]
)
def test_every_exception_of_a_property_name_leads_somewhere_else(token: str, path: str) -> None:
    block, member, table = _walked(token, path)
    assert member is not None, f"{path} is not in the schema"
    node = block.node if block.items is None else block.items
    without = PROPERTIES[token].pop(path)
    try:
        by_rule = place(token, block.type_name, path, table, node["properties"])
    finally:
        PROPERTIES[token][path] = without
    assert by_rule != without


@pytest.mark.parametrize(
    ("token", "path"), [(token, path) for token, rows in DIFFERENCES.items() for path in rows]
)
def test_every_difference_differs_from_the_schema(token: str, path: str) -> None:
    _, member, _ = _walked(token, path)
    assert member is not None, f"{path} is not in the schema"
    difference = DIFFERENCES[token].pop(path)
    checked_type.cache_clear()
    try:
        _, plain, _ = _walked(token, path)
        assert plain is not None
        for keyword, value in difference.keywords.items():
            assert plain.node.get(keyword) != value, f"{keyword} is in the schema already"
    finally:
        DIFFERENCES[token][path] = difference
        checked_type.cache_clear()
    assert difference.reason


def test_every_pattern_for_a_part_of_a_text_is_one_of_a_schema() -> None:
    used = {
        pattern
        for token in TABLES
        if (name := cloudformation_type(token))
        for pattern in _patterns(schema(name))
    }
    assert used >= SEARCHED


@pytest.mark.parametrize(
    ("token", "inputs", "where", "reason"),
    [
        (
            "aws:sqs/queue:Queue",
            {"visibilityTimeoutSeconds": 43_201},
            "visibilityTimeoutSeconds",
            "43201 is outside what AWS takes: 0 to 43200",
        ),
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            {"fromPort": -2},
            "fromPort",
            "-2 is outside what AWS takes: -1 or more",
        ),
        (
            "aws:cloudwatch/logGroup:LogGroup",
            {"logGroupClass": "GLACIER"},
            "logGroupClass",
            "'GLACIER' is not one of STANDARD, INFREQUENT_ACCESS, DELIVERY",
        ),
        (
            "aws:cognito/userPool:UserPool",
            {"passwordPolicy": {"minimumLength": 5}},
            "passwordPolicy.minimumLength",
            "5 is outside what AWS takes: 6 to 99",
        ),
        (
            "aws:dynamodb/table:Table",
            {"globalSecondaryIndexes": [{}, {"projectionType": "SOME"}]},
            "globalSecondaryIndexes[1].projectionType",
            "'SOME' is not one of ALL, INCLUDE, KEYS_ONLY",
        ),
        (
            "aws:lambda/function:Function",
            {"layers": ["x"]},
            "layers[0]",
            "'x' does not match",
        ),
        (
            "aws:lambda/function:Function",
            {"architectures": ["arm64", "x86_64"]},
            "architectures",
            "has 2 elements, AWS takes 1 to 1",
        ),
        (
            "aws:lambda/function:Function",
            {"description": "x" * 257},
            "description",
            f"'{'x' * 79}… is 257 characters long, AWS takes 0 to 256",
        ),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"dimensions": {f"d{index}": "v" for index in range(31)}},
            "dimensions",
            "has 31 elements, AWS takes 0 to 30",
        ),
        (
            "aws:iam/role:Role",
            {"tags": {f"t{index}": "v" for index in range(51)}},
            "tags",
            "has 51 elements, AWS takes 0 to 50",
        ),
        (
            "aws:iam/role:Role",
            {"name": "rôle"},
            "name",
            "'rôle' does not match",
        ),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"metric": {"namespace": ":a"}}]},
            "metricQueries[0].metric.namespace",
            "':a' does not match",
        ),
        (
            "aws:wafv2/webAcl:WebAcl",
            {"rules": [{"statement": {"notStatement": {"statements": [{"x": 1}]}}, "name": "a b"}]},
            "rules[0].name",
            "'a b' does not match",
        ),
    ],
)
def test_a_failure_names_the_property_the_value_and_what_is_allowed(
    token: str, inputs: dict[str, Any], where: str, reason: str
) -> None:
    [failure] = schema_failures(token, TABLES[token], inputs)
    assert failure.property == where
    assert failure.reason.startswith(reason)


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 0}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"namespace": "MyApp:Orders"}),
        ("aws:cognito/userPool:UserPool", {"smsVerificationMessage": "Code {####}.\nBye"}),
        ("aws:cognito/userPool:UserPool", {"schemas": []}),
        ("aws:cognito/userPool:UserPool", {"emailVerificationSubject": "Zürich für alle"}),
        ("aws:dynamodb/table:Table", {"streamViewType": ""}),
        ("aws:lambda/function:Function", {"reservedConcurrentExecutions": -1}),
        ("aws:rds/parameterGroup:ParameterGroup", {"name": "default.postgres17"}),
        (
            "aws:sqs/queue:Queue",
            {"tags": {"Key": "x" * 999, "delaySeconds": "-1"}, "unheardOf": -1},
        ),
        ("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", {"queueUrl": ""}),
    ],
)
def test_what_aws_takes_passes(token: str, inputs: dict[str, Any]) -> None:
    assert list(schema_failures(token, TABLES[token], inputs)) == []


def test_a_pattern_is_for_the_whole_text() -> None:
    name = "aws:cloudwatch/queryDefinition:QueryDefinition"
    refused = list(schema_failures(name, TABLES[name], {"logGroupNames": ["a b", "/aws/x"]}))
    assert [failure.property for failure in refused] == ["logGroupNames[0]"]


def _walked(token: str, path: str) -> tuple[Checked, Checked | None, Any]:
    """The block that a property stands in, the property, and the block's table."""
    block = member = checked_type(token)
    table: Any = TABLES[token]
    inner = table
    for name in path.split("."):
        assert member is not None
        block, table = member, inner
        target = table.get(name)
        inner = target[1] if isinstance(target, tuple) else {}
        member = block.member(name, table)
    assert block is not None
    return block, member, table


def _values_at_the_limits(node: Node) -> Iterator[Any]:
    for keyword in ("minimum", "maximum"):
        if keyword in node:
            yield from (node[keyword] - 1, node[keyword], node[keyword] + 1)
    for keyword in ("minLength", "maxLength"):
        if keyword in node:
            yield from (
                "x" * size for size in (node[keyword] - 1, node[keyword], node[keyword] + 1)
            )
    yield from node.get("enum", ())
    if "enum" in node:
        yield from ("no such value", math.pi)


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for item in node.values():
            yield from _patterns(item)


def _sdk_class(token: str) -> Any:
    package, module, name = token.split(":")
    module = module.partition("/")[0]
    sdk = f"pulumi_{package}.{'lambda_' if module == 'lambda' else module}"
    return getattr(importlib.import_module(sdk), f"{name}Args")


def _block_class(cls: Any, name: str) -> Any:
    attribute = _pulumi_names(cls)[name]
    annotation = str(attribute.fget.__annotations__["return"])
    found = re.search(r"(\w+Args)\b", annotation)
    assert found, f"{cls.__name__}.{name} is no block: {annotation}"
    module = importlib.import_module(cls.__module__.rpartition(".")[0])
    return getattr(module, found[1])


def _pulumi_names(cls: Any) -> dict[str, property]:
    return {
        getattr(member.fget, "_pulumi_name", attribute): member
        for attribute, member in vars(cls).items()
        if isinstance(member, property)
    }
