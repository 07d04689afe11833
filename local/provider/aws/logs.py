"""CloudWatch log groups, resource policies and saved queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from local.provider.aws.api_object import Api, ApiObject
from local.provider.aws.described import DescribedType, RecordedType, ignoring
from local.provider.aws.parameters import (
    changed,
    same_names,
)
from local.provider.aws.rules import json_object
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NOT_FOUND = ("ResourceNotFoundException",)
RESOURCE_POLICY_MAX_CHARACTERS = 5120
"""Amazon CloudWatch Logs API reference, PutResourcePolicy."""


class LogGroup(DescribedType):
    """`aws.cloudwatch.LogGroup`; the id is the name."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    handled = frozenset(
        {
            "deletionProtectionEnabled",
            "kmsKeyId",
            "logGroupClass",
            "name",
            "retentionInDays",
            "skipDestroy",
        }
    )
    tagging = Tagging(
        service="logs",
        resource="resourceArn",
        tags="tags",
        parameter="tags",
        keys="tagKeys",
        created_with="tags",
        form=None,
    )
    replace_on = frozenset({"logGroupClass", "name"})
    auto_name = AutoName(max_length=512)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        logs = aws.client("logs")
        name = inputs["name"]
        key = {"kmsKeyId": inputs["kmsKeyId"]} if inputs.get("kmsKeyId") else {}
        logs.create_log_group(logGroupName=name, **self.tagged(inputs), **key)
        self._retain(logs, name, inputs)
        return self.created(aws, name, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        answer = aws.client("logs").describe_log_groups(logGroupNamePrefix=id)
        for group in answer["logGroups"]:
            if group["logGroupName"] == id:
                return {
                    "arn": (group["arn"] or "").removesuffix(":*"),
                    "kmsKeyId": group.get("kmsKeyId") or properties.get("kmsKeyId"),
                    "logGroupClass": group.get("logGroupClass") or "STANDARD",
                    "name": id,
                    "retentionInDays": group.get("retentionInDays") or 0,
                }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        logs = aws.client("logs")
        if changed(old, new, "retentionInDays"):
            self._retain(logs, id, new)
        if changed(old, new, "kmsKeyId"):
            if new.get("kmsKeyId"):
                logs.associate_kms_key(logGroupName=id, kmsKeyId=new["kmsKeyId"])
            else:
                logs.disassociate_kms_key(logGroupName=id)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if state.get("skipDestroy"):
            return
        with ignoring(*NOT_FOUND):
            aws.client("logs").delete_log_group(logGroupName=id)

    def _retain(self, logs: Any, name: str, inputs: Properties) -> None:
        days = inputs.get("retentionInDays")
        if days:
            logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        else:
            with ignoring(*NOT_FOUND):
                logs.delete_retention_policy(logGroupName=name)


class LogResourcePolicy(ApiObject):
    """`aws.cloudwatch.LogResourcePolicy`; the id is the policy's name."""

    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    taggable = False
    table = same_names("policyDocument", "policyName")
    api = Api(
        service="logs",
        create="put_resource_policy",
        read="describe_resource_policies",
        update="put_resource_policy",
        delete="delete_resource_policy",
        found="resourcePolicies[]",
        gone=NOT_FOUND,
    )
    address = ("policyName",)
    documents = frozenset({"policyDocument"})
    replace_on = frozenset({"policyName"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from json_object(inputs, "policyDocument")
        size = len(str(inputs.get("policyDocument", "")))
        if size > RESOURCE_POLICY_MAX_CHARACTERS:
            yield CheckFailure(
                "policyDocument",
                f"is {size} characters, CloudWatch Logs takes {RESOURCE_POLICY_MAX_CHARACTERS}",
            )


class QueryDefinition(RecordedType):
    """`aws.cloudwatch.QueryDefinition`; moto has no `put_query_definition`."""

    token = "aws:cloudwatch/queryDefinition:QueryDefinition"
    taggable = False
    table = same_names("logGroupNames", "name", "queryString")

    def recorded(self, aws: Aws, inputs: Properties) -> Created:
        id = str(uuid4())
        return Created(id, {"queryDefinitionId": id})

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        return {"queryDefinitionId": id}
