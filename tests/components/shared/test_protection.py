from typing import Any

import pulumi
import pytest

from components.shared.protection import protect
from tests.pulumi_recorder import Recorder


def protected(type_: str, **options: Any) -> Any:
    args = pulumi.ResourceTransformArgs(
        custom=True,
        type_=type_,
        name="one",
        props={"a": 1},
        opts=pulumi.ResourceOptions(**options),
    )
    return protect(args)


@pytest.mark.parametrize(
    "type_",
    ["aws:ec2/vpc:Vpc", "aws:iam/role:Role", "random:index/randomPassword:RandomPassword"],
)
def test_resources_are_protected_and_still_deleted_when_removed_from_the_program(
    type_: str,
) -> None:
    result = protected(type_)

    assert result.props == {"a": 1}
    assert result.opts.protect is True
    assert not result.opts.retain_on_delete


@pytest.mark.parametrize(
    "type_",
    [
        "aws:rds/instance:Instance",
        "aws:dynamodb/table:Table",
        "aws:cognito/userPool:UserPool",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:kms/key:Key",
    ],
)
def test_data_is_protected_and_kept_even_when_removed_from_the_program(type_: str) -> None:
    result = protected(type_)

    assert result.opts.protect is True
    assert result.opts.retain_on_delete is True


@pytest.mark.parametrize(
    "type_", ["aws:apigateway/deployment:Deployment", "aws:lambda/layerVersion:LayerVersion"]
)
def test_what_is_replaced_in_normal_life_can_be_replaced(type_: str) -> None:
    # Left to the engine, it would inherit the protection of its component.
    assert protected(type_).opts.protect is False


def test_a_resource_that_opted_out_stays_unprotected() -> None:
    assert protected("random:index/randomPassword:RandomPassword", protect=False) is None


def test_the_types_with_exceptions_are_types_of_the_program(prod: Recorder) -> None:
    from components.shared.protection import DATA_TYPES, REPLACED_TYPES

    assert {one.type for one in prod.resources} >= DATA_TYPES | REPLACED_TYPES


def test_prod_protects_the_whole_stack_and_dev_nothing(dev: Recorder, prod: Recorder) -> None:
    assert prod.transforms == [protect]
    assert dev.transforms == []


def test_prod_turns_on_the_protection_of_aws_itself_everywhere(
    dev: Recorder, prod: Recorder
) -> None:
    def switches(recorded: Recorder) -> set[Any]:
        return {
            one.inputs[key]
            for one in recorded.resources
            for key in ("deletionProtection", "deletionProtectionEnabled")
            if key in one.inputs
        }

    assert switches(prod) == {True, "ACTIVE"}
    assert switches(dev) == {False, "INACTIVE"}
