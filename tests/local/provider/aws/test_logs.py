import json

import pytest

from local.provider.aws.logs import LogGroup, LogResourcePolicy, QueryDefinition
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []}, indent=2)


def test_a_log_group_keeps_its_retention(aws: Connection):
    group = deploy(aws, LogGroup(), name="/aws/lambda/f", retentionInDays=7, tagsAll={"a": "1"})
    assert group.state["arn"].endswith(":log-group:/aws/lambda/f")
    assert group.update(retentionInDays=30, tagsAll={"b": "2"})["retentionInDays"] == 30
    tags = aws.client("logs").list_tags_for_resource(resourceArn=group.state["arn"])["tags"]
    assert tags == {"b": "2"}
    assert group.update(retentionInDays=None)["retentionInDays"] == 0
    group.delete()
    assert group.read() is None


def test_a_group_with_a_longer_name_is_another_group(aws: Connection):
    group = deploy(aws, LogGroup(), name="api")
    deploy(aws, LogGroup(), name="api-2")
    group.delete()
    assert group.read() is None


@pytest.mark.parametrize("days", [0, 1, 365, 3653])
def test_retentions_that_cloudwatch_offers_pass(days: int):
    assert failures(LogGroup(), {"retentionInDays": days}) == {}


@pytest.mark.parametrize("days", [2, 45, 366, -1])
def test_other_retentions_are_refused(days: int):
    assert failures(LogGroup(), {"retentionInDays": days}).keys() == {"retentionInDays"}


def test_a_resource_policy_is_put_changed_and_taken_away(aws: Connection):
    policy = deploy(aws, LogResourcePolicy(), policyName="p", policyDocument=POLICY)
    changed = POLICY.replace("2012-10-17", "2008-10-17")
    policy.update(policyDocument=changed)
    [found] = aws.client("logs").describe_resource_policies()["resourcePolicies"]
    assert json.loads(found["policyDocument"]) == json.loads(changed)
    policy.delete()
    assert policy.read() is None
    long = json.dumps({"Statement": "x" * 5120})
    assert failures(LogResourcePolicy(), {"policyDocument": long}).keys() == {"policyDocument"}


def test_a_saved_query_is_recorded_only_and_keeps_its_id(aws: Connection):
    query = deploy(aws, QueryDefinition(), name="q", queryString="fields @message")
    before = query.id
    assert query.update(queryString="fields @timestamp")["queryDefinitionId"] == before
    assert QueryDefinition.recorded_only
