"""The tags of every type: the named calls are the service's, and tags follow their changes."""

from typing import Any

import pytest

from local.provider.aws.described import DescribedType
from local.provider.aws.sns import Topic
from local.provider.aws.tagging import Tagging
from local.provider.connection import Connection
from local.provider.outputs import outputs_of
from local.provider.registry import resource_types
from tests.local.provider.aws.lifecycle import deploy

TAGGINGS = [
    pytest.param(kind.token, kind.tagging, id=kind.token)
    for kind in resource_types()
    if issubclass(kind, DescribedType) and kind.tagging
]


@pytest.mark.parametrize(("token", "tagging"), TAGGINGS)
def test_its_calls_are_the_services(aws: Connection, token: str, tagging: Tagging) -> None:
    client = aws.client(tagging.service)
    for method, parameters in (
        (tagging.read, {tagging.resource}),
        (tagging.tag, {tagging.resource, tagging.parameter}),
        (tagging.untag, {tagging.resource, tagging.keys}),
    ):
        assert parameters <= _operation(client, method).input_shape.members.keys(), method
    shape = _operation(client, tagging.read).output_shape
    for name in tagging.tags.split("."):
        shape = shape.members[name]
    if tagging.form is None:
        assert shape.type_name == "map"
    else:
        assert set(tagging.form) <= shape.member.members.keys()
    assert tagging.output in outputs_of(token)


def test_tags_are_added_changed_and_taken_away(aws: Connection) -> None:
    topic = deploy(aws, Topic(), name="t", tagsAll={"a": "1", "b": "1"})
    topic.update(tagsAll={"b": "2", "c": "1"})
    assert _tags(aws, topic.id) == {"b": "2", "c": "1"}
    topic.update(tagsAll={})
    assert _tags(aws, topic.id) == {}


def test_tags_of_aws_itself_are_no_drift() -> None:
    class Answer:
        @staticmethod
        def list_tags(**_: Any) -> dict[str, Any]:
            return {"Tags": {"aws:cloudformation:stack-name": "s", "own": "1"}}

    class Aws:
        region, account_id, partition = "us-east-1", "123456789012", "aws"

        @staticmethod
        def client(service: str) -> Any:
            return Answer

    tagging = Tagging(service="lambda", resource="Resource", read="list_tags", form=None)
    assert tagging.described(Aws(), {"arn": "a"}) == {"own": "1"}


def _operation(client: Any, method: str) -> Any:
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])


def _tags(aws: Connection, arn: str) -> dict[str, str]:
    answer = aws.client("sns").list_tags_for_resource(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
