"""A monthly budget that mails its warnings."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

# Percent of the budget, spent or foreseen, that mails a warning.
WARNINGS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
ENVIRONMENT_TAG = "Environment"


def cost_budget(
    name: str,
    *,
    name_prefix: str,
    environment_name: str,
    monthly_usd: int,
    emails: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> aws.budgets.Budget:
    """A budget on everything that carries the environment's tag.

    Costs are found by the tag `Environment` once it is activated as a cost allocation tag
    (AWS Billing User Guide, "Activating user-defined cost allocation tags").

    Args:
        name: logical name.
        name_prefix: `<project>-<stack>`, the beginning of its name.
        environment_name: value of the tag.
        monthly_usd: the limit in US dollars a month.
        emails: who is warned.
        opts: resource options.
    """
    return aws.budgets.Budget(
        name,
        name=f"{name_prefix}-monthly",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount=str(monthly_usd),
        limit_unit="USD",
        cost_filters=[
            {"name": "TagKeyValue", "values": [f"user:{ENVIRONMENT_TAG}${environment_name}"]}
        ],
        notifications=[
            {
                "notification_type": kind,
                "comparison_operator": "GREATER_THAN",
                "threshold": percent,
                "threshold_type": "PERCENTAGE",
                "subscriber_email_addresses": list(emails),
            }
            for kind, percent in WARNINGS
        ]
        if emails
        else None,
        opts=opts,
    )
