from typing import Any

import pytest

from components.api.web_acl import WebAcl, WebAclArgs
from tests.pulumi_recorder import Recorder, record


@pytest.fixture(scope="module")
def acl() -> Recorder:
    return record(
        lambda: WebAcl(
            "acl",
            WebAclArgs(
                acl_name="aws-platform-test-api",
                stage_arn="arn:stage",
                rate_limit=99,
            ),
        )
    )


def rules(recorded: Recorder) -> dict[str, Any]:
    found = recorded.one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
    return {one["name"]: one for one in found}


def test_it_lets_through_what_no_rule_refuses(acl: Recorder) -> None:
    inputs = acl.one("aws:wafv2/webAcl:WebAcl").inputs

    assert inputs["name"] == "aws-platform-test-api"
    assert inputs["scope"] == "REGIONAL"
    assert inputs["defaultAction"] == {"allow": {}}


def test_awss_rules_refuse_known_attacks(acl: Recorder) -> None:
    found = rules(acl)

    for name in (
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ):
        group = found.pop(name)
        statement = group["statement"]["managedRuleGroupStatement"]
        assert (statement["vendorName"], statement["name"]) == ("AWS", name)
        assert group["overrideAction"] == {"none": {}}
    assert set(found) == {"RateByAddress"}


def test_only_the_limit_on_bodies_is_counted_instead_of_refused(acl: Recorder) -> None:
    overrides = {
        name: rule["statement"]["managedRuleGroupStatement"]["ruleActionOverrides"]
        for name, rule in rules(acl).items()
        if name != "RateByAddress"
    }

    assert {name: value for name, value in overrides.items() if value} == {
        "AWSManagedRulesCommonRuleSet": [
            {"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}
        ]
    }


def test_an_address_that_asks_too_often_is_refused(acl: Recorder) -> None:
    rule = rules(acl)["RateByAddress"]

    assert rule["action"] == {"block": {}}
    assert rule["statement"]["rateBasedStatement"] == {
        "limit": 99,
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
    }


def test_every_rule_has_a_place_of_its_own_and_a_metric(acl: Recorder) -> None:
    found = rules(acl)

    assert sorted(one["priority"] for one in found.values()) == [0, 1, 2, 3]
    for name, one in found.items():
        assert one["visibilityConfig"]["metricName"] == name
        assert one["visibilityConfig"]["cloudwatchMetricsEnabled"] is True


def test_it_stands_before_the_stage(acl: Recorder) -> None:
    assert acl.one("WebAclAssociation").inputs == {
        "resourceArn": "arn:stage",
        "webAclArn": "arn:aws:::acl-acl",
    }
