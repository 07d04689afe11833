import json

import pytest

from local.provider.aws.iam import Role, RolePolicy, RolePolicyAttachment
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported


def trust(service: str) -> str:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


@pytest.fixture
def role(aws: Connection) -> Deployed:
    return deploy(aws, Role(), name="r", assumeRolePolicy=trust("lambda"), tagsAll={"a": "1"})


@pytest.fixture
def managed_policy(aws: Connection) -> str:
    answer = aws.client("iam").create_policy(PolicyName="m", PolicyDocument=allow("sqs:*"))
    return answer["Policy"]["Arn"]


def test_a_role_trusts_whom_it_says_and_is_changed_in_place(aws: Connection, role: Deployed):
    role.update(assumeRolePolicy=trust("rds"), description="d", tagsAll={"b": "2"})
    found = aws.client("iam").get_role(RoleName="r")["Role"]
    assert found["AssumeRolePolicyDocument"] == json.loads(trust("rds"))
    assert found["Description"] == "d"
    assert found["Tags"] == [{"Key": "b", "Value": "2"}]


def test_a_role_goes_with_the_policies_it_declared(aws: Connection, managed_policy: str):
    role = deploy(
        aws,
        Role(),
        name="r",
        assumeRolePolicy=trust("lambda"),
        managedPolicyArns=[managed_policy],
        inlinePolicies=[{"name": "i", "policy": allow("logs:PutLogEvents")}],
    )
    iam = aws.client("iam")
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["i"]
    role.update(inlinePolicies=[{"name": "j", "policy": allow("xray:Put*")}])
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["j"]
    role.delete()
    assert role.read() is None


def test_an_inline_policy_of_its_own_follows_its_changes(aws: Connection, role: Deployed):
    policy = deploy(aws, RolePolicy(), name="p", role="r", policy=allow("sqs:SendMessage"))
    policy.update(policy=allow("sqs:DeleteMessage"))
    found = aws.client("iam").get_role_policy(RoleName="r", PolicyName="p")
    assert found["PolicyDocument"]["Statement"][0]["Action"] == "sqs:DeleteMessage"
    read = imported(aws, RolePolicy(), policy.id)
    assert read is not None
    assert (read["role"], read["name"]) == ("r", "p")
    policy.delete()
    assert policy.read() is None


def test_an_attachment_holds_until_it_is_deleted(
    aws: Connection, role: Deployed, managed_policy: str
):
    attachment = deploy(aws, RolePolicyAttachment(), role="r", policyArn=managed_policy)
    attached = aws.client("iam").list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [managed_policy]
    attachment.delete()
    assert attachment.read() is None


def test_what_iam_refuses_is_refused():
    assert failures(Role(), {"name": "a b"}).keys() == {"name"}
    assert failures(Role(), {"name": "x" * 65}).keys() == {"name"}
    assert failures(Role(), {"assumeRolePolicy": "[]"}).keys() == {"assumeRolePolicy"}
    assert failures(Role(), {"permissionsBoundary": "arn:x"}).keys() == {"permissionsBoundary"}
    long = json.dumps({"Statement": ["x" * 10_240]})
    assert failures(RolePolicy(), {"policy": long}).keys() == {"policy"}
