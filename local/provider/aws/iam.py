"""IAM roles, their inline policies and attached managed policies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from local.provider.aws.api_object import Api, ApiObject
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    changed,
    given,
    json_text,
    same_document,
)
from local.provider.aws.rules import json_object
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = ("NoSuchEntity",)
INLINE_POLICY_MAX_CHARACTERS = 10_240
"""IAM and STS quotas: inline policies of a role, white space not counted."""


class Role(DescribedType):
    """`aws.iam.Role`; the id is the name."""

    token = "aws:iam/role:Role"
    handled = frozenset(
        {
            "assumeRolePolicy",
            "description",
            "forceDetachPolicies",
            "inlinePolicies",
            "managedPolicyArns",
            "maxSessionDuration",
            "name",
            "path",
        }
    )
    tagging = Tagging(
        service="iam",
        resource="RoleName",
        output="name",
        read="list_role_tags",
        tag="tag_role",
        untag="untag_role",
    )
    replace_on = frozenset({"name", "path"})
    auto_name = AutoName(max_length=64)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from json_object(inputs, "assumeRolePolicy")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        iam = aws.client("iam")
        name = inputs["name"]
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json_text(inputs["assumeRolePolicy"]),
            Path=inputs.get("path") or "/",
            **self.tagged(inputs),
            **given(
                Description=inputs.get("description"),
                MaxSessionDuration=inputs.get("maxSessionDuration"),
            ),
        )
        self._set_policies(iam, name, {}, inputs)
        return self.created(aws, name, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        iam = aws.client("iam")
        role: dict[str, Any] = {}
        with ignoring(*NOT_FOUND):
            role = iam.get_role(RoleName=id)["Role"]
        if not role:
            return None
        described = {
            "arn": role["Arn"],
            "assumeRolePolicy": same_document(
                properties.get("assumeRolePolicy"), _document(role["AssumeRolePolicyDocument"])
            ),
            "createDate": role["CreateDate"],
            "description": role.get("Description") or "",
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "name": role["RoleName"],
            "path": role["Path"],
            "uniqueId": role["RoleId"],
        }
        if properties.get("managedPolicyArns"):
            attached = iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]
            arns = [policy["PolicyArn"] for policy in attached]
            wanted = properties["managedPolicyArns"]
            described["managedPolicyArns"] = wanted if set(wanted) == set(arns) else arns
        if properties.get("inlinePolicies"):
            described["inlinePolicies"] = [
                self._inline(iam, id, policy) for policy in properties["inlinePolicies"]
            ]
        return described

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        iam = aws.client("iam")
        if changed(old, new, "assumeRolePolicy"):
            iam.update_assume_role_policy(
                RoleName=id, PolicyDocument=json_text(new["assumeRolePolicy"])
            )
        if changed(old, new, "description", "maxSessionDuration"):
            iam.update_role(
                RoleName=id,
                Description=new.get("description") or "",
                MaxSessionDuration=new.get("maxSessionDuration") or 3600,
            )
        self._set_policies(iam, id, old, new)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        iam = aws.client("iam")
        with ignoring(*NOT_FOUND):
            self._set_policies(iam, id, state, {})
            iam.delete_role(RoleName=id)

    def _set_policies(self, iam: Any, name: str, old: Properties, new: Properties) -> None:
        before, after = (set(side.get("managedPolicyArns") or []) for side in (old, new))
        for arn in sorted(before - after):
            with ignoring(*NOT_FOUND):
                iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in sorted(after - before):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        had, wanted = _inline_by_name(old), _inline_by_name(new)
        for policy in sorted(had.keys() - wanted.keys()):
            with ignoring(*NOT_FOUND):
                iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy, document in wanted.items():
            if had.get(policy) != document:
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)

    def _inline(self, iam: Any, role: str, policy: Properties) -> Properties:
        document = None
        with ignoring(*NOT_FOUND):
            answer = iam.get_role_policy(RoleName=role, PolicyName=policy["name"])
            document = _document(answer["PolicyDocument"])
        return {**policy, "policy": same_document(policy.get("policy"), document)}


class RolePolicy(ApiObject):
    """`aws.iam.RolePolicy`; the id is `role:name`."""

    token = "aws:iam/rolePolicy:RolePolicy"
    taggable = False
    table = {"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"}
    api = Api(
        service="iam",
        create="put_role_policy",
        read="get_role_policy",
        update="put_role_policy",
        delete="delete_role_policy",
        gone=NOT_FOUND,
    )
    address = ("role", "name")
    separator = ":"
    documents = frozenset({"policy"})
    replace_on = frozenset({"name", "role"})
    auto_name = AutoName(max_length=128)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from json_object(inputs, "policy")
        policy = inputs.get("policy")
        if isinstance(policy, str):
            size = len("".join(policy.split()))
            if size > INLINE_POLICY_MAX_CHARACTERS:
                yield CheckFailure(
                    "policy", f"is {size} characters, IAM takes {INLINE_POLICY_MAX_CHARACTERS}"
                )


class RolePolicyAttachment(ApiObject):
    """`aws.iam.RolePolicyAttachment`; the id is `role/arn`."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    taggable = False
    table = {"policyArn": "PolicyArn", "role": "RoleName"}
    api = Api(
        service="iam",
        create="attach_role_policy",
        read="list_attached_role_policies",
        delete="detach_role_policy",
        found="AttachedPolicies[]",
        gone=NOT_FOUND,
    )
    address = ("role", "policyArn")
    replace_on = frozenset(table)


def _inline_by_name(properties: Properties) -> dict[str, str]:
    policies: list[Properties] = properties.get("inlinePolicies") or []
    return {
        policy["name"]: json_text(policy["policy"]) for policy in policies if policy.get("name")
    }


def _document(answer: Any) -> str | None:
    return unquote(answer) if isinstance(answer, str) else answer and json.dumps(answer)
