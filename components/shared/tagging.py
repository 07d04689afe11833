"""The `Component` tag, put on every taggable resource of a component."""

from typing import Any, cast

import pulumi
import pulumi_aws as aws


def component_tag(component: str) -> pulumi.ResourceTransform:
    """A transform that tags a component's resources, the awsx children included.

    The tags that are the same for the whole stack are the provider's `default_tags`.

    Args:
        component: the tag's value, for example `network`.
    """

    def tag(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not _is_taggable(args.type_):
            return None
        tags: dict[str, Any] = {**cast(dict[str, Any], args.props.get("tags") or {})}
        tags["Component"] = component
        return pulumi.ResourceTransformResult({**args.props, "tags": tags}, args.opts)

    return tag


def _is_taggable(type_: str) -> bool:
    """Whether a type such as `aws:ec2/vpc:Vpc` has provider-level tags."""
    package, _, rest = type_.partition(":")
    if package != "aws":
        return False
    module, _, name = rest.partition("/")
    class_name = name.partition(":")[2]
    namespace = getattr(aws, "lambda_" if module == "lambda" else module, None)
    return hasattr(getattr(namespace, class_name, None), "tags_all")
