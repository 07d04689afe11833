"""Deletion protection of a whole stack: one switch, no resource half protected."""

import pulumi

# Replaced in normal life, and each needed by a protected resource: a destroy that is refused
# stops there before it reaches them.
REPLACED_TYPES = frozenset(
    {
        "aws:apigateway/deployment:Deployment",
        "aws:lambda/layerVersion:LayerVersion",
    }
)
# What people can't make again.
DATA_TYPES = frozenset(
    {
        "aws:cognito/userPool:UserPool",
        "aws:dynamodb/table:Table",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:kms/key:Key",
        "aws:rds/instance:Instance",
    }
)


def protect_stack() -> None:
    """Protect every resource registered from now on, and keep data even where it is removed.

    The way out is to set `deletionProtection` to false, `pulumi up`, then `pulumi destroy`.
    """
    pulumi.runtime.register_resource_transform(protect)


def protect(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """The transform behind `protect_stack`; a resource that opted out by itself stays so."""
    opts = args.opts
    if opts.protect is False:
        return None
    # Said outright either way: the engine hands a parent's protection to its children.
    opts.protect = args.type_ not in REPLACED_TYPES
    if args.type_ in DATA_TYPES:
        opts.retain_on_delete = True
    return pulumi.ResourceTransformResult(args.props, opts)
