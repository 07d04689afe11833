from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.wafv2 import WebAcl, WebAclAssociation
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported


def visibility(name: str) -> dict[str, Any]:
    return {
        "cloudwatchMetricsEnabled": True,
        "metricName": name,
        "sampledRequestsEnabled": True,
    }


def rate_rule(limit: int, **changes: Any) -> dict[str, Any]:
    return {
        "name": "rate",
        "priority": 1,
        "action": {"block": {}},
        "statement": {
            "rateBasedStatement": {
                "limit": limit,
                "aggregateKeyType": "IP",
                "evaluationWindowSec": 300,
            }
        },
        "visibilityConfig": visibility("rate"),
        **changes,
    }


MANAGED = {
    "name": "common",
    "priority": 0,
    "overrideAction": {"none": {}},
    "statement": {
        "managedRuleGroupStatement": {
            "vendorName": "AWS",
            "name": "AWSManagedRulesCommonRuleSet",
            "ruleActionOverrides": [
                {"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}
            ],
        }
    },
    "visibilityConfig": visibility("common"),
}
ACL: dict[str, Any] = {
    "name": "api",
    "scope": "REGIONAL",
    "defaultAction": {"allow": {}},
    "description": "Guards the API",
    "rules": [MANAGED, rate_rule(2000)],
    "visibilityConfig": visibility("api"),
}


def stage_arn(aws: Connection) -> str:
    """The ARN of a stage made for the test."""
    apigateway = aws.client("apigateway")
    api = apigateway.create_rest_api(name="api")["id"]
    root = apigateway.get_resources(restApiId=api)["items"][0]["id"]
    address = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    apigateway.put_method(**address, authorizationType="NONE")
    apigateway.put_integration(**address, type="MOCK")
    deployment = apigateway.create_deployment(restApiId=api)["id"]
    apigateway.create_stage(restApiId=api, stageName="prod", deploymentId=deployment)
    return f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/prod"


def found(aws: Connection, acl_id: str) -> dict[str, Any]:
    return aws.client("wafv2").get_web_acl(Name="api", Scope="REGIONAL", Id=acl_id)["WebACL"]


def test_a_web_acl_exists_with_managed_and_rate_rules(aws: Connection) -> None:
    acl = deploy(aws, WebAcl(), **ACL, tagsAll={"Project": "p"})
    rules = found(aws, acl.id)["Rules"]
    statement = rules[0]["Statement"]["ManagedRuleGroupStatement"]
    assert statement["RuleActionOverrides"][0]["ActionToUse"] == {"Count": {}}
    assert rules[1]["Statement"]["RateBasedStatement"]["Limit"] == 2000
    assert rules[1]["VisibilityConfig"]["CloudWatchMetricsEnabled"] is True
    assert acl.state["arn"].endswith(f"regional/webacl/api/{acl.id}")
    tags = aws.client("wafv2").list_tags_for_resource(ResourceARN=acl.state["arn"])
    assert tags["TagInfoForResource"]["TagList"] == [{"Key": "Project", "Value": "p"}]


def test_a_changed_web_acl_is_changed_in_aws(aws: Connection) -> None:
    acl = deploy(aws, WebAcl(), **ACL)
    acl.update(rules=[rate_rule(100)])
    assert [rule["Name"] for rule in found(aws, acl.id)["Rules"]] == ["rate"]


def test_a_rule_changed_by_someone_else_shows_at_a_refresh(aws: Connection) -> None:
    acl = deploy(aws, WebAcl(), **ACL)
    other = WebAcl().update(aws, acl.id, acl.state, {**ACL, "rules": [rate_rule(77)]})
    assert other["rules"] == [rate_rule(77)]
    read = acl.read()
    assert read is not None
    assert read["rules"] == [rate_rule(77)]


def test_a_web_acl_is_imported_by_id_name_and_scope(aws: Connection) -> None:
    acl = deploy(aws, WebAcl(), **ACL)
    read = imported(aws, WebAcl(), f"{acl.id}/api/REGIONAL")
    assert read is not None
    assert read["rules"] == ACL["rules"]


def test_a_web_acl_goes_only_after_its_association(aws: Connection) -> None:
    acl = deploy(aws, WebAcl(), **ACL)
    association = deploy(
        aws, WebAclAssociation(), webAclArn=acl.state["arn"], resourceArn=stage_arn(aws)
    )
    with pytest.raises(ClientError, match="being used by another resource"):
        acl.delete()
    association.delete()
    assert association.read() is None
    acl.delete()
    assert acl.read() is None


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"scope": "GLOBAL"}, "scope"),
        ({"rules": [rate_rule(5)]}, "rules[0].statement.rateBasedStatement.limit"),
        ({"rules": [rate_rule(100), rate_rule(100, name="other")]}, "rules"),
        ({"rules": [{**MANAGED, "action": {"block": {}}}]}, "rules"),
        ({"rules": [rate_rule(100, overrideAction={"none": {}})]}, "rules"),
        ({"ruleJson": "[]"}, "ruleJson"),
    ],
)
def test_what_waf_refuses_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(WebAcl(), {**ACL, **changes})
