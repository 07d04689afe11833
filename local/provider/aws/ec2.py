"""What the EC2 resource types have in common: tags, and answers by id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from local.provider.aws.api_object import Api, ApiObject
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import all_tags, removed_tags, tag_list, tags_from
from local.provider.resource_type import Aws, Properties

GONE = ("NotFound", ".Malformed")
"""Ends of the codes by which EC2 says that there is no such resource."""


class Ec2Type(DescribedType):
    """A type of the EC2 API, tagged by its id."""

    tag_type: ClassVar[str] = ""
    """EC2's name of the type in tag specifications, for example `vpc`."""

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str] | None:
        if not self.taggable:
            return None
        filters = [{"Name": "resource-id", "Values": [id]}]
        return tags_from(aws.client("ec2").describe_tags(Filters=filters)["Tags"])

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        self.modify(aws, id, old, new)
        self._retag(aws, id, old, new)
        return self.outputs(aws, id, new)

    def modify(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        """Change everything but the tags; most types have nothing else to change in place."""

    def tagged(self, inputs: Properties) -> dict[str, Any]:
        """The `TagSpecifications` of a create call."""
        tags = tag_list(inputs)
        specification = {"ResourceType": self.tag_type, "Tags": tags}
        return {"TagSpecifications": [specification]} if tags else {}

    def _retag(self, aws: Aws, id: str, old: Properties, new: Properties) -> None:
        if not self.taggable:
            return
        removed = [{"Key": key} for key in removed_tags(old, new)]
        if removed:
            aws.client("ec2").delete_tags(Resources=[id], Tags=removed)
        if all_tags(new) and all_tags(new) != all_tags(old):
            aws.client("ec2").create_tags(Resources=[id], Tags=tag_list(new))


class Ec2Object(Ec2Type, ApiObject):
    """A type of one EC2 object."""

    def complete(self, aws: Aws, id: str, inputs: Properties) -> None:
        self.modify(aws, id, {}, inputs)


def ec2_api(noun: str) -> Api:
    """The API of an EC2 object, whose calls are named after it, as in `create_route_table`.

    Args:
        noun: EC2's name of the object, for example `RouteTable`.
    """
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", noun).lower()
    return Api(
        service="ec2",
        create=f"create_{words}",
        read=f"describe_{words}s",
        delete=f"delete_{words}",
        found=f"{noun}s[]",
        id=f"{noun}.{noun}Id",
        gone=GONE,
    )


def first(operation: Any, field: str, **parameters: Any) -> dict[str, Any] | None:
    """The one item of a describe call; None where there is none.

    Args:
        operation: a describe method of the boto3 client.
        field: the list's name in the answer.
        parameters: the ids or filters to look for.
    """
    items: list[dict[str, Any]] = []
    with ignoring(*GONE):
        items = operation(**parameters)[field]
    return items[0] if items else None


def listed(answer: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    """A list in an answer of AWS; empty where it is left out."""
    return (answer or {}).get(name) or []


def filters(**values: str | Iterable[str]) -> list[dict[str, Any]]:
    """EC2 filters; underscores stand for hyphens."""
    return [
        {
            "Name": name.replace("_", "-"),
            "Values": [value] if isinstance(value, str) else list(value),
        }
        for name, value in values.items()
    ]


def arn(aws: Aws, kind: str, id: str) -> str:
    """ARN of an EC2 resource of this account (Service Authorization Reference, Amazon EC2)."""
    return f"arn:{aws.partition}:ec2:{aws.region}:{aws.account_id}:{kind}/{id}"
