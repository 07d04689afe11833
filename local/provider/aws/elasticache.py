"""ElastiCache replication groups, their subnet groups and parameter groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.api_object import Answer, Api, ApiObject, in_order
from local.provider.aws.described import DescribedType, RecordedType, ignoring, refuse
from local.provider.aws.parameters import (
    Table,
    capitalised,
    changed,
    given,
    to_request,
)
from local.provider.aws.rules import between, matching, one_of
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

NO_GROUP = ("ReplicationGroupNotFoundFault", "ReplicationGroupNotFound")
TAGGING = Tagging(
    service="elasticache",
    resource="ResourceName",
    tags="TagList",
    tag="add_tags_to_resource",
    untag="remove_tags_from_resource",
)

LONGEST_GROUP_NAME = 40
DATA_TIERING_FAMILY = "r6gd"
FAMILIES_WITHOUT_TLS = frozenset({"t1", "m1", "m2", "m3", "c1", "r3"})
FAMILIES = frozenset(
    {"redis4.0", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9"}
)


class SubnetGroup(ApiObject):
    """`aws.elasticache.SubnetGroup`; the id is the name."""

    token = "aws:elasticache/subnetGroup:SubnetGroup"
    table = {
        "description": "CacheSubnetGroupDescription",
        "name": "CacheSubnetGroupName",
        "subnetIds": "SubnetIds",
    }
    api = Api(
        service="elasticache",
        create="create_cache_subnet_group",
        read="describe_cache_subnet_groups",
        update="modify_cache_subnet_group",
        delete="delete_cache_subnet_group",
        found="CacheSubnetGroups[]",
        gone=("CacheSubnetGroupNotFoundFault", "CacheSubnetGroupNotFound"),
    )
    address = ("name",)
    defaults = {"CacheSubnetGroupDescription": "Managed by Pulumi"}
    tagging = TAGGING
    replace_on = frozenset({"name"})
    auto_name = AutoName(max_length=255, lower=True)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"[a-z0-9-]{1,255}", "1 to 255 lower-case letters, digits and -"
        )

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        subnets = [subnet["SubnetIdentifier"] for subnet in found["Subnets"]]
        return {
            "arn": _arn(aws, "subnetgroup", id),
            "vpcId": found["VpcId"],
            "subnetIds": in_order([one for one in subnets if one], properties.get("subnetIds")),
        }

    def tags(self, aws: Aws, id: str, described: Properties) -> None:
        """moto does not answer with a subnet group's."""


class ParameterGroup(RecordedType):
    """`aws.elasticache.ParameterGroup`, which moto does not have; the id is the name."""

    token = "aws:elasticache/parameterGroup:ParameterGroup"
    table = {
        "description": "Description",
        "family": "CacheParameterGroupFamily",
        "name": "CacheParameterGroupName",
        "parameters": ("ParameterNameValues", {"name": "ParameterName", "value": "ParameterValue"}),
    }
    replace_on = frozenset({"name", "family", "description"})
    auto_name = AutoName(max_length=255, lower=True)

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from super().check(inputs)
        yield from one_of(inputs, "family", FAMILIES)
        yield from matching(
            inputs,
            "name",
            r"[a-z](?!.*--)[a-z0-9-]{0,253}[a-z0-9]",
            "lower-case letters, digits and single -, beginning with a letter",
        )

    def recorded(self, aws: Aws, inputs: Properties) -> Created:
        name: str = inputs["name"]
        return Created(name, {"arn": _arn(aws, "parametergroup", name), "name": name})


SETTINGS: Table = {
    **capitalised(
        "atRestEncryptionEnabled",
        "authToken",
        "autoMinorVersionUpgrade",
        "automaticFailoverEnabled",
        "clusterMode",
        "dataTieringEnabled",
        "engine",
        "engineVersion",
        "ipDiscovery",
        "kmsKeyId",
        "networkType",
        "notificationTopicArn",
        "numNodeGroups",
        "port",
        "replicasPerNodeGroup",
        "replicationGroupId",
        "securityGroupIds",
        "snapshotName",
        "snapshotRetentionLimit",
        "snapshotWindow",
        "transitEncryptionEnabled",
        "transitEncryptionMode",
    ),
    "description": "ReplicationGroupDescription",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "subnetGroupName": "CacheSubnetGroupName",
}
MODIFIED: Table = {
    **capitalised(
        "autoMinorVersionUpgrade",
        "automaticFailoverEnabled",
        "engine",
        "engineVersion",
        "notificationTopicArn",
        "securityGroupIds",
        "snapshotRetentionLimit",
        "snapshotWindow",
        "transitEncryptionEnabled",
        "transitEncryptionMode",
    ),
    "description": "ReplicationGroupDescription",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "parameterGroupName": "CacheParameterGroupName",
}
LOG_DELIVERY: Table = capitalised("destination", "destinationType", "logFormat", "logType")


class ReplicationGroup(DescribedType):
    """`aws.elasticache.ReplicationGroup`; the id is the group's id."""

    token = "aws:elasticache/replicationGroup:ReplicationGroup"
    table = {
        **SETTINGS,
        "numCacheClusters": "NumCacheClusters",
        "logDeliveryConfigurations": ("LogDeliveryConfigurations", LOG_DELIVERY),
    }
    handled = frozenset({"applyImmediately", "authTokenUpdateStrategy", "finalSnapshotIdentifier"})
    replace_on = frozenset(
        {
            "atRestEncryptionEnabled",
            "dataTieringEnabled",
            "kmsKeyId",
            "networkType",
            "port",
            "preferredCacheClusterAzs",
            "replicationGroupId",
            "snapshotName",
            "subnetGroupName",
        }
    )
    tagging = TAGGING
    auto_name = AutoName(property="replicationGroupId", max_length=LONGEST_GROUP_NAME, lower=True)
    secret_outputs = frozenset({"authToken"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs,
            "replicationGroupId",
            rf"(?=.{{1,{LONGEST_GROUP_NAME}}}$)[a-z](?!.*--)[a-z0-9-]*(?<!-)",
            f"1 to {LONGEST_GROUP_NAME} lower-case letters, digits and single -, beginning with a "
            "letter and not ending in -",
        )
        yield from one_of(inputs, "engine", {"redis", "valkey"})
        yield from matching(
            inputs, "nodeType", r"cache\.[a-z0-9-]+\.[a-z0-9]+", "a type such as cache.t4g.micro"
        )
        yield from between(inputs, "snapshotRetentionLimit", 0, 35, "days")
        yield from matching(
            inputs,
            "snapshotWindow",
            r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d",
            "hh:mm-hh:mm in UTC",
        )
        yield from matching(
            inputs,
            "maintenanceWindow",
            r"(?i:(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d-(mon|tue|wed|thu|fri|sat|sun):\d\d:\d\d)",
            "ddd:hh:mm-ddd:hh:mm in UTC",
        )
        yield from _version_rules(inputs)
        yield from _node_rules(inputs)
        yield from _failover_rules(inputs)
        yield from _token_rules(inputs)
        yield from _log_rules(elements(inputs, "logDeliveryConfigurations"))

    def create(self, aws: Aws, inputs: Properties) -> Created:
        if inputs.get("authToken") and not inputs.get("transitEncryptionEnabled"):
            refuse(
                "CreateReplicationGroup",
                "InvalidParameterCombination",
                "Use of an authentication token requires in-transit encryption to be enabled.",
            )
        request = to_request(SETTINGS, inputs)
        nodes = inputs.get("numCacheClusters")
        if nodes and "NumNodeGroups" not in request:
            # moto counts nodes by ReplicasPerNodeGroup only; to AWS both are the same.
            request |= {"NumNodeGroups": 1, "ReplicasPerNodeGroup": nodes - 1}
        logs = [_log_request(block) for block in elements(inputs, "logDeliveryConfigurations")]
        aws.client("elasticache").create_replication_group(
            **request,
            **given(LogDeliveryConfigurations=logs or None),
            **self.tagged(inputs),
        )
        return self.created(aws, inputs["replicationGroupId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        with ignoring(*NO_GROUP):
            groups: list[dict[str, Any]] = aws.client("elasticache").describe_replication_groups(
                ReplicationGroupId=id
            )["ReplicationGroups"]
            # moto keeps a deleted group for ever.
            if not groups or groups[0]["Status"] == "deleting":
                return None
            group = groups[0]
            shards = group["NodeGroups"]
            # moto can't add nodes to a group or take them away; AWS does so in place.
            single = len(shards) == 1
            count = properties.get("numCacheClusters") if single else None
            members = [f"{id}-{number + 1:03}" for number in range(count or 0)]
            members = members or group["MemberClusters"]
            primary: str = shards[0]["PrimaryEndpoint"]["Address"] or "" if shards else ""
            version = str(properties.get("engineVersion") or "")
            clustered = bool(group.get("ClusterEnabled"))
            described: Properties = {
                "arn": _arn(aws, "replicationgroup", id),
                "replicationGroupId": id,
                "description": group["Description"],
                "nodeType": group["CacheNodeType"],
                "engine": group.get("Engine") or properties.get("engine") or "redis",
                "engineVersionActual": version if version.count(".") > 1 else f"{version}.0",
                "clusterEnabled": clustered,
                "configurationEndpointAddress": nested(group, "ConfigurationEndpoint").get(
                    "Address", ""
                ),
                "primaryEndpointAddress": primary,
                # moto leaves the reader's endpoint out of its answer.
                "readerEndpointAddress": primary.replace("master.", "replica.", 1),
                "memberClusters": members,
                "numCacheClusters": len(members),
                "numNodeGroups": len(shards),
                "replicasPerNodeGroup": max(len(members) // max(len(shards), 1) - 1, 0),
                "automaticFailoverEnabled": group["AutomaticFailover"] in {"enabled", "enabling"},
                "multiAzEnabled": group.get("MultiAZ") == "enabled",
                "snapshotRetentionLimit": group["SnapshotRetentionLimit"],
                "atRestEncryptionEnabled": group["AtRestEncryptionEnabled"],
                "transitEncryptionEnabled": group["TransitEncryptionEnabled"],
                **given(kmsKeyId=group.get("KmsKeyId")),
            }
            return described
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        elasticache = aws.client("elasticache")
        names = [name for name in MODIFIED if changed(old, new, name)]
        request = to_request({name: MODIFIED[name] for name in names}, new)
        if changed(old, new, "authToken") and new.get("authToken"):
            request["AuthToken"] = new["authToken"]
            request["AuthTokenUpdateStrategy"] = new.get("authTokenUpdateStrategy") or "ROTATE"
        for name, cleared in (("snapshotRetentionLimit", 0), ("notificationTopicArn", "")):
            if old.get(name) and not new.get(name):
                request[name[0].upper() + name[1:]] = cleared
        if changed(old, new, "logDeliveryConfigurations"):
            request["LogDeliveryConfigurations"] = _log_changes(old, new)
        if request:
            elasticache.modify_replication_group(
                ReplicationGroupId=id, ApplyImmediately=True, **request
            )
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.describe(aws, id, state) is None:
            return
        elasticache = aws.client("elasticache")
        if snapshot := state.get("finalSnapshotIdentifier"):
            # moto ignores DeleteReplicationGroup's FinalSnapshotIdentifier.
            elasticache.create_snapshot(SnapshotName=snapshot, ReplicationGroupId=id)
        with ignoring(*NO_GROUP):
            elasticache.delete_replication_group(ReplicationGroupId=id)


def _version_rules(inputs: Properties) -> Iterator[CheckFailure]:
    engine, version = inputs.get("engine", "redis"), str(inputs.get("engineVersion") or "")
    if not version:
        return
    offered = r"[789]\.\d+" if engine == "valkey" else r"(4|5)\.\d+\.\d+|6\.(x|0|2)|7\.[01]"
    yield from matching(
        {"engineVersion": version}, "engineVersion", offered, f"a version of {engine}"
    )
    group = inputs.get("parameterGroupName")
    if isinstance(group, str) and group.startswith("default."):
        family = group.removeprefix("default.").removesuffix(".cluster.on")
        if family != _family(engine, version):
            yield CheckFailure(
                "parameterGroupName",
                f"{group} is of family {family}; {engine} {version} needs "
                f"{_family(engine, version)}",
            )


def _family(engine: str, version: str) -> str:
    major, _, minor = version.partition(".")
    if engine == "valkey" or major == "7":
        return f"{engine}{major}"
    return f"redis{major}.x" if major == "6" else f"redis{major}.{minor.split('.')[0]}"


def _node_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """ElastiCache user guide, "Data tiering", and "In-transit encryption conditions"."""
    node_type = str(inputs.get("nodeType") or "")
    family = node_type.removeprefix("cache.").partition(".")[0]
    tiered = inputs.get("dataTieringEnabled")
    if family == DATA_TIERING_FAMILY and not tiered:
        yield CheckFailure(
            "dataTieringEnabled", f"using the {node_type} node type, you must enable data tiering"
        )
    if tiered and family and family != DATA_TIERING_FAMILY:
        yield CheckFailure("dataTieringEnabled", f"{node_type} is not of {DATA_TIERING_FAMILY}")
    if inputs.get("transitEncryptionEnabled") and family in FAMILIES_WITHOUT_TLS:
        yield CheckFailure("transitEncryptionEnabled", f"{node_type} has none")


def _failover_rules(inputs: Properties) -> Iterator[CheckFailure]:
    nodes = inputs.get("numCacheClusters")
    if inputs.get("automaticFailoverEnabled") and isinstance(nodes, int) and nodes < 2:
        yield CheckFailure(
            "automaticFailoverEnabled", f"needs at least 2 nodes, numCacheClusters is {nodes}"
        )
    if inputs.get("multiAzEnabled") and inputs.get("automaticFailoverEnabled") is False:
        yield CheckFailure("multiAzEnabled", "needs automaticFailoverEnabled")
    zones: list[Any] | None = inputs.get("preferredCacheClusterAzs")
    if zones and isinstance(nodes, int) and len(zones) != nodes:
        yield CheckFailure("preferredCacheClusterAzs", f"must name {nodes} zones, one a node")


def _token_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """ElastiCache user guide, "Authenticating with the Valkey and Redis OSS AUTH command"."""
    token = inputs.get("authToken")
    if isinstance(token, str) and not re.fullmatch(r'(?:(?![@"/ ])[\x20-\x7e]){16,128}', token):
        yield CheckFailure(
            "authToken", 'must be 16 to 128 printable ASCII characters besides @, ", / and space'
        )
    if token and inputs.get("transitEncryptionEnabled") is False:
        yield CheckFailure("authToken", "needs transitEncryptionEnabled")
    strategies = {"DELETE", "ROTATE", "SET"}
    yield from one_of(inputs, "authTokenUpdateStrategy", strategies)


def _log_rules(configurations: list[Properties]) -> Iterator[CheckFailure]:
    name = "logDeliveryConfigurations"
    for block in configurations:
        yield from one_of(
            {name: block.get("destinationType")}, name, {"cloudwatch-logs", "kinesis-firehose"}
        )
        yield from one_of({name: block.get("logFormat")}, name, {"json", "text"})
        yield from one_of({name: block.get("logType")}, name, {"engine-log", "slow-log"})
    kinds = [block["logType"] for block in configurations if "logType" in block]
    if len(set(kinds)) != len(kinds):
        yield CheckFailure(name, "each logType goes to one destination")


def _log_request(block: Properties) -> dict[str, Any]:
    details = (
        {"CloudWatchLogsDetails": {"LogGroup": block["destination"]}}
        if block["destinationType"] == "cloudwatch-logs"
        else {"KinesisFirehoseDetails": {"DeliveryStream": block["destination"]}}
    )
    return {
        **to_request(_WITHOUT_DESTINATION, block),
        "DestinationDetails": details,
    }


_WITHOUT_DESTINATION: Table = capitalised("destinationType", "logFormat", "logType")


def _log_changes(old: Properties, new: Properties) -> list[dict[str, Any]]:
    after: list[Properties] = elements(new, "logDeliveryConfigurations")
    kept = {block["logType"] for block in after}
    disabled = [
        {"LogType": block["logType"], "Enabled": False}
        for block in elements(old, "logDeliveryConfigurations")
        if block["logType"] not in kept
    ]
    return [*disabled, *({**_log_request(block), "Enabled": True} for block in after)]


def _arn(aws: Aws, kind: str, name: str) -> str:
    return f"arn:{aws.partition}:elasticache:{aws.region}:{aws.account_id}:{kind}:{name}"
