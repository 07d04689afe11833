"""Secrets, their versions and their policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    changed,
    given,
    json_text,
    same_document,
)
from local.provider.aws.rules import json_object, matching
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

MISSING = "ResourceNotFoundException"
DEFAULT_RECOVERY_DAYS = 30
NAME_PATTERN = r"[\w/+=.@-]{1,512}"
NAME_MEANING = "1 to 512 letters, digits and /_+=.@-"
"""AWS Secrets Manager API reference, CreateSecret."""


class Secret(DescribedType):
    """`aws.secretsmanager.Secret`; the id is the ARN."""

    token = "aws:secretsmanager/secret:Secret"
    handled = frozenset(
        {
            "description",
            "forceOverwriteReplicaSecret",
            "kmsKeyId",
            "name",
            "namePrefix",
            "policy",
            "recoveryWindowInDays",
        }
    )
    tagging = Tagging(service="secretsmanager", resource="SecretId", read="describe_secret")
    replace_on = frozenset({"name", "namePrefix"})
    auto_name = AutoName(max_length=512)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(inputs, "name", NAME_PATTERN, NAME_MEANING)
        yield from matching(inputs, "namePrefix", NAME_PATTERN, NAME_MEANING)
        days = inputs.get("recoveryWindowInDays")
        if days is not None and days != 0 and not 7 <= days <= 30:
            yield CheckFailure("recoveryWindowInDays", f"{days} is neither 0 nor 7 to 30 days")
        yield from json_object(inputs, "policy")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        client = aws.client("secretsmanager")
        # The real provider's suffix of a prefix is 26 digits; hexadecimal ones are as good.
        name = inputs.get("name") or f"{inputs['namePrefix']}{uuid4().hex[:26]}"
        answer = client.create_secret(
            Name=name,
            Description=inputs.get("description") or "",
            **self.tagged(inputs),
            **given(KmsKeyId=inputs.get("kmsKeyId")),
        )
        arn = answer["ARN"]
        if inputs.get("policy"):
            client.put_resource_policy(SecretId=arn, ResourcePolicy=json_text(inputs["policy"]))
        return self.created(aws, arn, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        client = aws.client("secretsmanager")
        secret: dict[str, Any] = {}
        with ignoring(MISSING):
            secret = client.describe_secret(SecretId=id)
        if not secret or secret.get("DeletedDate"):
            return None
        described = {
            "arn": secret["ARN"],
            "description": secret.get("Description", ""),
            "kmsKeyId": secret.get("KmsKeyId") or "",
            "name": secret["Name"],
            "recoveryWindowInDays": properties.get("recoveryWindowInDays", DEFAULT_RECOVERY_DAYS),
        }
        if properties.get("policy"):
            answer = client.get_resource_policy(SecretId=id)
            described["policy"] = same_document(properties["policy"], answer.get("ResourcePolicy"))
        return described

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        client = aws.client("secretsmanager")
        if changed(old, new, "description", "kmsKeyId"):
            client.update_secret(
                SecretId=id,
                Description=new.get("description") or "",
                **given(KmsKeyId=new.get("kmsKeyId")),
            )
        if changed(old, new, "policy"):
            if new.get("policy"):
                client.put_resource_policy(SecretId=id, ResourcePolicy=json_text(new["policy"]))
            else:
                client.delete_resource_policy(SecretId=id)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        days = state.get("recoveryWindowInDays", DEFAULT_RECOVERY_DAYS)
        window: dict[str, Any] = (
            {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        )
        with ignoring(MISSING, "InvalidRequestException"):
            aws.client("secretsmanager").delete_secret(SecretId=id, **window)


class SecretVersion(DescribedType):
    """`aws.secretsmanager.SecretVersion`; the id is `secret ARN|version`."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"
    taggable = False
    handled = frozenset({"secretBinary", "secretId", "secretString", "versionStages"})
    replace_on = frozenset({"secretBinary", "secretId", "secretString"})
    secret_outputs = frozenset({"secretBinary", "secretString"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        if inputs.get("secretBinary") and inputs.get("secretString"):
            yield CheckFailure("secretBinary", "a version holds a text or bytes, not both")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        answer = aws.client("secretsmanager").put_secret_value(
            SecretId=inputs["secretId"],
            **given(
                SecretString=inputs.get("secretString"),
                SecretBinary=inputs.get("secretBinary"),
                VersionStages=inputs.get("versionStages"),
            ),
        )
        return self.created(aws, f"{answer['ARN']}|{answer['VersionId']}", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        secret, _, version = id.rpartition("|")
        value: dict[str, Any] = {}
        with ignoring(MISSING, "InvalidRequestException"):
            value = aws.client("secretsmanager").get_secret_value(
                SecretId=secret, VersionId=version
            )
        if not value:
            return None
        return {
            "arn": value["ARN"],
            "secretArn": value["ARN"],
            "secretId": properties.get("secretId") or secret,
            "secretString": value.get("SecretString"),
            "versionId": version,
            "versionStages": value.get("VersionStages"),
            "hasSecretStringWo": False,
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        secret, _, version = id.rpartition("|")
        before, after = (set(side.get("versionStages") or []) for side in (old, new))
        for stage in sorted(after - before):
            aws.client("secretsmanager").update_secret_version_stage(
                SecretId=secret, VersionStage=stage, MoveToVersionId=version
            )
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        """A version without stages is AWS's to remove; the current one goes with its secret."""
