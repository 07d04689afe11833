"""What is said where an account has no log role for API Gateway yet."""

from __future__ import annotations

import pulumi

REFUSAL = "CloudWatch Logs role ARN must be set in account settings to enable logging"
"""API Gateway's own words, for access logs and for execution logs."""


def log_role_is_missing(name: str) -> pulumi.ResourceHookBinding:
    """For the stage, the first that logs, in a stack that does not set the role itself.

    No lookup can tell before: the provider has none of these settings, and what is not set is
    unknown to a preview.

    Args:
        name: the component's name, which the hook's begins with.
    """

    def say(failure: pulumi.ErrorHookArgs) -> bool:
        if any(REFUSAL in error for error in failure.errors):
            pulumi.log.error(
                "The account has no log role for API Gateway in this region, which its first stack"
                " there sets. Let this stack be the one:"
                " `pulumi config set --path api.ownsAccountRole true`, then `pulumi up` again."
            )
        return False

    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-log-role", say)])
