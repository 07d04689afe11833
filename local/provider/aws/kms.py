"""KMS keys and aliases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.provider.aws.api_object import Answer, Api, ApiObject
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

NOT_FOUND = ("NotFoundException",)
DEFAULT_DELETION_DAYS = 30
GONE_STATES = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


class Key(DescribedType):
    """`aws.kms.Key`, symmetric; deleting one schedules its deletion, as AWS does."""

    token = "aws:kms/key:Key"
    handled = frozenset(
        {
            "bypassPolicyLockoutSafetyCheck",
            "customerMasterKeySpec",
            "deletionWindowInDays",
            "description",
            "enableKeyRotation",
            "isEnabled",
            "keyUsage",
            "multiRegion",
            "policy",
            "rotationPeriodInDays",
        }
    )
    tagging = Tagging(
        service="kms",
        resource="KeyId",
        output="keyId",
        read="list_resource_tags",
        form=("TagKey", "TagValue"),
    )
    replace_on = frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from json_object(inputs, "policy")

    def create(self, aws: Aws, inputs: Properties) -> Created:
        kms = aws.client("kms")
        answer = kms.create_key(
            Description=inputs.get("description") or "",
            **self.tagged(inputs),
            **given(
                KeyUsage=inputs.get("keyUsage"),
                KeySpec=inputs.get("customerMasterKeySpec"),
                MultiRegion=inputs.get("multiRegion"),
                Policy=json_text(inputs["policy"]) if inputs.get("policy") else None,
            ),
        )
        id = answer["KeyMetadata"]["KeyId"]
        self._switch(kms, id, {}, inputs)
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        kms = aws.client("kms")
        key: dict[str, Any] = {}
        with ignoring(*NOT_FOUND):
            key = kms.describe_key(KeyId=id)["KeyMetadata"]
        if not key or key["KeyState"] in GONE_STATES:
            return None
        rotation = kms.get_key_rotation_status(KeyId=id)
        enabled = bool(rotation["KeyRotationEnabled"])
        policy = kms.get_key_policy(KeyId=id, PolicyName="default")["Policy"]
        return {
            "arn": key["Arn"],
            "customerMasterKeySpec": key.get("KeySpec", "SYMMETRIC_DEFAULT"),
            "description": key.get("Description", ""),
            "enableKeyRotation": enabled,
            "isEnabled": key["Enabled"],
            "keyId": key["KeyId"],
            "keyUsage": key.get("KeyUsage") or "ENCRYPT_DECRYPT",
            "multiRegion": key.get("MultiRegion", False),
            "policy": same_document(properties.get("policy"), policy),
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 365) if enabled else 0,
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        kms = aws.client("kms")
        if changed(old, new, "description"):
            kms.update_key_description(KeyId=id, Description=new.get("description") or "")
        if changed(old, new, "policy") and new.get("policy"):
            kms.put_key_policy(KeyId=id, PolicyName="default", Policy=json_text(new["policy"]))
        self._switch(kms, id, old, new)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring("NotFoundException", "KMSInvalidStateException"):
            aws.client("kms").schedule_key_deletion(
                KeyId=id,
                PendingWindowInDays=state.get("deletionWindowInDays") or DEFAULT_DELETION_DAYS,
            )

    def _switch(self, kms: Any, id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "enableKeyRotation", "rotationPeriodInDays"):
            if new.get("enableKeyRotation"):
                period = given(RotationPeriodInDays=new.get("rotationPeriodInDays"))
                kms.enable_key_rotation(KeyId=id, **period)
            elif old.get("enableKeyRotation"):
                kms.disable_key_rotation(KeyId=id)
        was, wanted = old.get("isEnabled", True), new.get("isEnabled", True)
        if was != wanted:
            (kms.enable_key if wanted else kms.disable_key)(KeyId=id)


class Alias(ApiObject):
    """`aws.kms.Alias`; the id is the alias, `alias/` included."""

    token = "aws:kms/alias:Alias"
    taggable = False
    table = {"name": "AliasName", "targetKeyId": "TargetKeyId"}
    api = Api(
        service="kms",
        create="create_alias",
        read="list_aliases",
        update="update_alias",
        delete="delete_alias",
        found="Aliases[]",
        gone=NOT_FOUND,
    )
    address = ("name",)
    replace_on = frozenset({"name"})
    auto_name = AutoName(max_length=256)

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        target: str = found["TargetKeyId"]
        arn = (
            f"arn:{aws.partition}:kms:{aws.region}:{aws.account_id}:key/{target}"
            if target
            else None
        )
        given_target = properties.get("targetKeyId")
        return {
            "arn": found["AliasArn"],
            "targetKeyArn": arn,
            "targetKeyId": given_target if given_target in {target, arn} else target,
        }
