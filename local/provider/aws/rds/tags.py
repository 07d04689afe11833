"""Tags of RDS resources."""

from __future__ import annotations

from local.provider.aws.tagging import Tagging

TAGGING = Tagging(
    service="rds",
    resource="ResourceName",
    tags="TagList",
    tag="add_tags_to_resource",
    untag="remove_tags_from_resource",
)
