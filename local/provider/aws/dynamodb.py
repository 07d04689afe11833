"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import (
    Table as NameTable,
)
from local.provider.aws.parameters import (
    capitalised,
    changed,
    given,
)
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

PAY_PER_REQUEST = "PAY_PER_REQUEST"

INDEX: NameTable = capitalised(
    "name",
    "projectionType",
    "hashKey",
    "nonKeyAttributes",
    "rangeKey",
    "readCapacity",
    "writeCapacity",
)


class Table(DescribedType):
    """`aws.dynamodb.Table`; the id is the name."""

    token = "aws:dynamodb/table:Table"
    table = {
        **capitalised(
            "billingMode",
            "deletionProtectionEnabled",
            "hashKey",
            "name",
            "rangeKey",
            "readCapacity",
            "streamEnabled",
            "streamViewType",
            "tableClass",
            "writeCapacity",
        ),
        "attributes": ("AttributeDefinitions", capitalised("name", "type")),
        "globalSecondaryIndexes": (
            "GlobalSecondaryIndexes",
            {**INDEX, "keySchemas": ("KeySchema", capitalised("attributeName", "keyType"))},
        ),
        "localSecondaryIndexes": ("LocalSecondaryIndexes", INDEX),
        "pointInTimeRecovery": ("", capitalised("enabled", "recoveryPeriodInDays")),
        "serverSideEncryption": ("SSESpecification", capitalised("enabled", "kmsKeyArn")),
        "ttl": ("", capitalised("attributeName", "enabled")),
    }
    tagging = Tagging(service="dynamodb", resource="ResourceArn", read="list_tags_of_resource")
    replace_on = frozenset({"name", "hashKey", "rangeKey", "localSecondaryIndexes"})
    auto_name = AutoName(max_length=255)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from _index_rules(inputs)
        yield from _attribute_rules(inputs)
        yield from _capacity_rules(inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        dynamodb = aws.client("dynamodb")
        name: str = inputs["name"]
        on_demand = inputs.get("billingMode") == PAY_PER_REQUEST
        indexes = [
            _index_request(index, on_demand=on_demand)
            for index in elements(inputs, "globalSecondaryIndexes")
        ]
        local_indexes = [
            _index_request({"hashKey": inputs["hashKey"], **index}, on_demand=True)
            for index in elements(inputs, "localSecondaryIndexes")
        ]
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=_attribute_definitions(inputs),
            KeySchema=_key_schema(inputs),
            BillingMode=inputs.get("billingMode") or "PROVISIONED",
            DeletionProtectionEnabled=bool(inputs.get("deletionProtectionEnabled")),
            **self.tagged(inputs),
            **given(
                GlobalSecondaryIndexes=indexes or None,
                LocalSecondaryIndexes=local_indexes or None,
                ProvisionedThroughput=None if on_demand else _throughput(inputs),
                SSESpecification=_encryption(inputs),
                StreamSpecification=_stream(inputs),
                TableClass=inputs.get("tableClass"),
            ),
        )
        self._put_recovery_and_ttl(aws, name, {}, inputs)
        return self.created(aws, name, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        dynamodb = aws.client("dynamodb")
        with ignoring("ResourceNotFoundException"):
            table: dict[str, Any] = dynamodb.describe_table(TableName=id)["Table"]
            if not table:
                return None
            stream = nested(table, "StreamSpecification")
            throughput = nested(table, "ProvisionedThroughput")
            described: Properties = {
                "arn": table["TableArn"],
                "name": id,
                "attributes": [
                    {"name": attribute["AttributeName"], "type": attribute["AttributeType"]}
                    for attribute in table["AttributeDefinitions"]
                ],
                **_keys(table["KeySchema"]),
                "billingMode": nested(table, "BillingModeSummary").get(
                    "BillingMode", "PROVISIONED"
                ),
                "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
                "readCapacity": throughput.get("ReadCapacityUnits", 0),
                "writeCapacity": throughput.get("WriteCapacityUnits", 0),
                "streamEnabled": bool(stream.get("StreamEnabled")),
                "streamViewType": stream.get("StreamViewType", ""),
                "streamArn": table.get("LatestStreamArn") or "",
                "streamLabel": table.get("LatestStreamLabel") or "",
                "tableClass": nested(table, "TableClassSummary").get("TableClass", "STANDARD"),
                "globalSecondaryIndexes": [
                    _index_properties(index) for index in elements(table, "GlobalSecondaryIndexes")
                ],
                "localSecondaryIndexes": [
                    _index_properties(index, local=True)
                    for index in elements(table, "LocalSecondaryIndexes")
                ],
                "serverSideEncryption": _described_encryption(table),
                "ttl": _described_ttl(dynamodb, id),
                "pointInTimeRecovery": _described_recovery(dynamodb, id),
            }
            return described
        return None

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        if changed(old, new, "streamEnabled", "streamViewType"):
            return ("streamArn", "streamLabel")
        return ()

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        dynamodb = aws.client("dynamodb")

        def change(**parameters: Any) -> None:
            dynamodb.update_table(TableName=id, **parameters)

        if changed(old, new, "deletionProtectionEnabled"):
            change(DeletionProtectionEnabled=bool(new.get("deletionProtectionEnabled")))
        if changed(old, new, "tableClass") and new.get("tableClass"):
            change(TableClass=new["tableClass"])
        on_demand = new.get("billingMode") == PAY_PER_REQUEST
        if changed(old, new, "billingMode") or (
            not on_demand and changed(old, new, "readCapacity", "writeCapacity")
        ):
            change(
                BillingMode=new.get("billingMode") or "PROVISIONED",
                **given(ProvisionedThroughput=None if on_demand else _throughput(new)),
            )
        if changed(old, new, "streamEnabled", "streamViewType"):
            if old.get("streamEnabled"):
                change(StreamSpecification={"StreamEnabled": False})
            if new.get("streamEnabled"):
                change(StreamSpecification=_stream(new))
        if changed(old, new, "serverSideEncryption"):
            change(SSESpecification=_encryption(new) or {"Enabled": False})
        for update in _index_updates(old, new, on_demand=on_demand):
            # AWS changes one index a call.
            change(
                AttributeDefinitions=_attribute_definitions(new),
                GlobalSecondaryIndexUpdates=[update],
            )
        self._put_recovery_and_ttl(aws, id, old, new)
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        with ignoring("ResourceNotFoundException"):
            aws.client("dynamodb").delete_table(TableName=id)

    def _put_recovery_and_ttl(self, aws: Aws, name: str, old: Properties, new: Properties) -> None:
        dynamodb = aws.client("dynamodb")
        if changed(old, new, "pointInTimeRecovery"):
            recovery = nested(new, "pointInTimeRecovery")
            enabled = bool(recovery.get("enabled"))
            dynamodb.update_continuous_backups(
                TableName=name,
                PointInTimeRecoverySpecification=given(
                    PointInTimeRecoveryEnabled=enabled,
                    RecoveryPeriodInDays=recovery.get("recoveryPeriodInDays") if enabled else None,
                ),
            )
        old_ttl, new_ttl = nested(old, "ttl"), nested(new, "ttl")
        if bool(old_ttl.get("enabled")) != bool(new_ttl.get("enabled")):
            attribute = new_ttl.get("attributeName") or old_ttl.get("attributeName")
            dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={
                    "Enabled": bool(new_ttl.get("enabled")),
                    "AttributeName": attribute,
                },
            )


def _index_rules(inputs: Properties) -> Iterator[CheckFailure]:
    for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        indexes: list[Properties] = elements(inputs, name)
        names = [index["name"] for index in indexes if "name" in index]
        if len(set(names)) != len(names):
            yield CheckFailure(name, "two indexes have the same name")
        for index in indexes:
            projection = index.get("projectionType")
            if index.get("nonKeyAttributes") and projection not in (None, "INCLUDE"):
                yield CheckFailure(name, "nonKeyAttributes need projectionType INCLUDE")
    if inputs.get("localSecondaryIndexes") and inputs.get("hashKey") and "attributes" in inputs:
        key_count = len(_key_schema(inputs))
        if key_count < 2 and inputs.get("rangeKey", "") == "":
            yield CheckFailure(
                "localSecondaryIndexes", "need a table with a rangeKey (composite primary key)"
            )


def _attribute_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """CreateTable refuses definitions of attributes that are no keys, and keys without one."""
    attributes: list[Properties] | None = inputs.get("attributes")
    if not attributes:
        return
    names = [attribute["name"] for attribute in attributes if "name" in attribute]
    if len(names) < len(attributes):
        return
    used = _key_names(inputs)
    if unused := sorted(set(names) - used):
        yield CheckFailure(
            "attributes",
            f"{', '.join(unused)}: defined, but a key of neither table nor index; only "
            "key attributes are defined",
        )
    if missing := sorted(used - set(names)):
        yield CheckFailure("attributes", f"{', '.join(missing)}: used as a key, but not defined")


def _capacity_rules(inputs: Properties) -> Iterator[CheckFailure]:
    if inputs.get("billingMode") == PAY_PER_REQUEST:
        for name in ("readCapacity", "writeCapacity"):
            if inputs.get(name):
                yield CheckFailure(name, "cannot be set when billingMode is PAY_PER_REQUEST")


def _key_names(inputs: Properties) -> set[str]:
    names = {inputs.get("hashKey"), inputs.get("rangeKey")}
    for index in elements(inputs, "globalSecondaryIndexes"):
        names |= {key["AttributeName"] for key in _key_schema(index)}
    names |= {index.get("rangeKey") for index in elements(inputs, "localSecondaryIndexes")}
    return {name for name in names if name}


def _key_schema(keys: Properties) -> list[dict[str, str]]:
    if keys.get("keySchemas"):
        return [
            {"AttributeName": key["attributeName"], "KeyType": key["keyType"]}
            for key in keys["keySchemas"]
        ]
    return [
        {"AttributeName": keys[name], "KeyType": kind}
        for name, kind in (("hashKey", "HASH"), ("rangeKey", "RANGE"))
        if keys.get(name)
    ]


def _keys(schema: list[dict[str, str]]) -> Properties:
    names = {"HASH": "hashKey", "RANGE": "rangeKey"}
    return {names[key["KeyType"]]: key["AttributeName"] for key in schema}


def _attribute_definitions(inputs: Properties) -> list[dict[str, str]]:
    return [
        {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
        for attribute in inputs["attributes"]
    ]


def _throughput(properties: Properties) -> dict[str, int]:
    return {
        "ReadCapacityUnits": properties.get("readCapacity") or 1,
        "WriteCapacityUnits": properties.get("writeCapacity") or 1,
    }


def _stream(inputs: Properties) -> dict[str, Any] | None:
    if not inputs.get("streamEnabled"):
        return None
    return {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}


def _encryption(inputs: Properties) -> dict[str, Any] | None:
    encryption = inputs.get("serverSideEncryption")
    if not encryption or not encryption.get("enabled"):
        return None
    return given(Enabled=True, SSEType="KMS", KMSMasterKeyId=encryption.get("kmsKeyArn"))


def _index_request(index: Properties, *, on_demand: bool) -> dict[str, Any]:
    return given(
        IndexName=index["name"],
        KeySchema=_key_schema(index),
        Projection=given(
            ProjectionType=index["projectionType"],
            NonKeyAttributes=index.get("nonKeyAttributes") or None,
        ),
        ProvisionedThroughput=None if on_demand else _throughput(index),
    )


def _index_properties(index: dict[str, Any], *, local: bool = False) -> Properties:
    throughput = nested(index, "ProvisionedThroughput")
    properties: Properties = {
        "name": index["IndexName"],
        "projectionType": index["Projection"]["ProjectionType"],
        "nonKeyAttributes": elements(index["Projection"], "NonKeyAttributes"),
        **_keys(index["KeySchema"]),
    }
    if local:
        del properties["hashKey"]
        return properties
    properties["readCapacity"] = throughput.get("ReadCapacityUnits", 0)
    properties["writeCapacity"] = throughput.get("WriteCapacityUnits", 0)
    return properties


def _index_updates(
    old: Properties, new: Properties, *, on_demand: bool
) -> Iterator[dict[str, Any]]:
    before = _indexes_by_name(old)
    after = _indexes_by_name(new)
    requests = {name: _index_request(index, on_demand=on_demand) for name, index in after.items()}
    for name, index in before.items():
        if name not in after or _index_shape(index) != _index_shape(after[name]):
            yield {"Delete": {"IndexName": name}}
    for name, index in after.items():
        if name not in before or _index_shape(index) != _index_shape(before[name]):
            yield {"Create": requests[name]}
        elif not on_demand and _throughput(index) != _throughput(before[name]):
            yield {"Update": {"IndexName": name, "ProvisionedThroughput": _throughput(index)}}


def _indexes_by_name(properties: Properties) -> dict[str, Properties]:
    return {index["name"]: index for index in elements(properties, "globalSecondaryIndexes")}


def _index_shape(index: Properties) -> tuple[Any, ...]:
    others = sorted(elements(index, "nonKeyAttributes"))
    return _key_schema(index), index.get("projectionType"), others


def _described_encryption(table: dict[str, Any]) -> Properties:
    encryption = nested(table, "SSEDescription")
    enabled = encryption.get("Status") in {"ENABLED", "UPDATING"}
    return {
        "enabled": enabled,
        "kmsKeyArn": (encryption.get("KMSMasterKeyArn") or "") if enabled else "",
    }


def _described_ttl(dynamodb: Any, name: str) -> Properties:
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    enabled = ttl.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
    return {"enabled": enabled, "attributeName": ttl.get("AttributeName", "") if enabled else ""}


def _described_recovery(dynamodb: Any, name: str) -> Properties:
    backups = dynamodb.describe_continuous_backups(TableName=name)
    recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    described: Properties = {"enabled": enabled}
    if enabled:
        # moto forgets the period; 35 days is AWS's default.
        described["recoveryPeriodInDays"] = recovery.get("RecoveryPeriodInDays", 35)
    return described
