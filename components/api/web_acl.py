"""AWS WAF before the API."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

# WAF Developer Guide, "AWS Managed Rules rule groups list".
MANAGED_RULE_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
# It refuses bodies over 8 KB; ours are JSON documents whose size the handlers limit themselves.
COUNTED_RULES = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
RATE_WINDOW_SECONDS = 300
_NONE: Any = {"none": {}}


@dataclass(frozen=True, kw_only=True)
class WebAclArgs:
    """What the web ACL is made from.

    Attributes:
        acl_name: physical name, also the metrics' name.
        stage_arn: the stage it protects.
        rate_limit: requests from one address in five minutes.
    """

    acl_name: str
    stage_arn: pulumi.Input[str]
    rate_limit: int


class WebAcl(pulumi.ComponentResource):
    """A regional web ACL on one API stage.

    Creates the ACL (AWS's reputation, common and bad-input rules, and a rate limit by address,
    which also bounds guesses of API keys) and its association.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:api:WebAcl", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            name=args.acl_name,
            description="Protects the API",
            scope="REGIONAL",
            default_action={"allow": {}},
            rules=[
                _rate_rule(len(MANAGED_RULE_GROUPS), args.rate_limit),
                *(_managed_rule(index, group) for index, group in enumerate(MANAGED_RULE_GROUPS)),
            ],
            visibility_config=_visibility(args.acl_name),
            opts=child,
        )
        aws.wafv2.WebAclAssociation(
            f"{name}-association", resource_arn=args.stage_arn, web_acl_arn=acl.arn, opts=child
        )
        self.name = acl.name
        self.register_outputs({"name": self.name})


def _rate_rule(priority: int, limit: int) -> Any:
    return {
        "name": "RateByAddress",
        "priority": priority,
        "action": {"block": {}},
        "statement": {
            "rate_based_statement": {
                "limit": limit,
                "aggregate_key_type": "IP",
                "evaluation_window_sec": RATE_WINDOW_SECONDS,
            }
        },
        "visibility_config": _visibility("RateByAddress"),
    }


def _managed_rule(priority: int, group: str) -> Any:
    counted: Any = {"count": {}}
    return {
        "name": group,
        "priority": priority,
        "override_action": _NONE,
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group,
                "rule_action_overrides": [
                    {"name": rule, "action_to_use": counted}
                    for rule in COUNTED_RULES.get(group, ())
                ],
            }
        },
        "visibility_config": _visibility(group),
    }


def _visibility(metric_name: str) -> Any:
    return {
        "cloudwatch_metrics_enabled": True,
        "sampled_requests_enabled": True,
        "metric_name": metric_name,
    }
