from typing import Any

import pulumi
import pytest

from components.shared.tagging import component_tag
from tests.pulumi_recorder import Recorder


def tagged(type_: str, props: dict[str, Any]) -> Any:
    args = pulumi.ResourceTransformArgs(
        custom=True, type_=type_, name="one", props=props, opts=pulumi.ResourceOptions()
    )
    return component_tag("network")(args)


@pytest.mark.parametrize(
    "type_",
    [
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:lambda/function:Function",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:rds/instance:Instance",
    ],
)
def test_a_taggable_resource_gets_its_components_name(type_: str) -> None:
    assert tagged(type_, {"a": 1}).props == {"a": 1, "tags": {"Component": "network"}}


def test_tags_that_a_resource_has_already_stay() -> None:
    assert tagged("aws:ec2/vpc:Vpc", {"tags": {"Name": "main"}}).props["tags"] == {
        "Name": "main",
        "Component": "network",
    }


@pytest.mark.parametrize(
    "type_",
    [
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:lambda/layerVersion:LayerVersion",
        "awsx:ec2:Vpc",
        "random:index/randomId:RandomId",
        "aws-platform:network:Network",
        "pulumi:providers:aws",
    ],
)
def test_what_cannot_have_tags_is_left_alone(type_: str) -> None:
    assert tagged(type_, {"a": 1}) is None


def test_each_component_of_the_program_tags_what_is_in_it(prod: Recorder) -> None:
    tops = [
        one for one in prod.resources if one.type.startswith("aws-platform:") and not one.parent
    ]

    assert {"network", "data", "api"} <= {one.name for one in tops}
    for top in tops:
        args = pulumi.ResourceTransformArgs(
            custom=True,
            type_="aws:ec2/vpc:Vpc",
            name="one",
            props={},
            opts=pulumi.ResourceOptions(),
        )
        results: list[Any] = [transform(args) for transform in top.options.transforms or ()]
        assert [one.props["tags"] for one in results] == [{"Component": top.name}]
