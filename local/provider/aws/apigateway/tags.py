"""Tags of API Gateway's resources."""

from __future__ import annotations

from local.provider.aws.apigateway.error_codes import NOT_FOUND
from local.provider.aws.described import ignoring
from local.provider.aws.parameters import all_tags, changed, removed_tags
from local.provider.resource_type import Aws, Properties


def put_tags(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    """Give the resource its new tags, and take away those that it has no more."""
    client = aws.client("apigateway")
    with ignoring(*NOT_FOUND):
        if removed := removed_tags(old, new):
            client.untag_resource(resourceArn=arn, tagKeys=removed)
        if changed(old, new, "tags", "tagsAll") and all_tags(new):
            client.tag_resource(resourceArn=arn, tags=all_tags(new))
