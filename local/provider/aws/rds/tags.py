"""Tags of RDS resources."""

from __future__ import annotations

from local.provider.aws.parameters import removed_tags, tag_list, tags_from
from local.provider.resource_type import Aws, Properties


def read_tags(aws: Aws, arn: str) -> dict[str, str]:
    """The tags that a resource has in RDS."""
    return tags_from(aws.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def put_tags(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    """Change the tags of a resource from those of `old` to those of `new`."""
    rds = aws.client("rds")
    if removed := removed_tags(old, new):
        rds.remove_tags_from_resource(ResourceName=arn, TagKeys=removed)
    if tags := tag_list(new):
        rds.add_tags_to_resource(ResourceName=arn, Tags=tags)
