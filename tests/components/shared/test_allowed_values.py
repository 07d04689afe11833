"""Values of settings, held to what AWS's own service models and CloudFormation's schemas say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import boto3
import botocore.loaders
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from components.shared.allowed_values import (
    CACHE_SIZES_GB,
    CACHE_VERSIONS,
    GATEWAY_SERVICES,
    INTERFACE_ENDPOINT_SERVICES,
    LOG_RETENTION_DAYS,
    LONGEST_RUNBOOK_URL,
    POSTGRES_MAJORS,
    is_cache_node_type,
    is_database_instance_class,
    is_postgres_version,
    is_slack_webhook,
    is_topic_arn,
    is_zone_name,
)
from settings import SettingsError, parse

REGION = "us-east-1"
# Aurora's alone, whatever the schema says (RDS User Guide, "DB instance class types").
AURORA_CLASSES = {"db.serverless"}


def cloudformation(resource_type: str) -> Mapping[str, Any]:
    """The schema of a resource type, as CloudFormation publishes it."""
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema


def cloudformation_rule(name: str) -> Any:
    """What cfn-lint knows beyond the schema, from AWS's pricing and describe calls."""
    return json.loads(files("cfnlint.data.schemas.extensions").joinpath(name).read_text())


def of_engine(rule: Any, engine: str, key: str) -> set[str]:
    """The values of a property in a rule that goes by engine."""
    found: set[str] = set()
    for one in rule["allOf"]:
        if one["if"]["properties"].get("Engine", {}).get("const") == engine:
            found |= set(one["then"]["properties"][key]["enum"])
    assert found, f"cfn-lint knows no {key} of {engine}"
    return found


def botocore_shape(service: str, name: str) -> Mapping[str, Any]:
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    return model["shapes"][name]


def test_the_retentions_are_those_of_cloudwatch_logs() -> None:
    days = cloudformation("AWS::Logs::LogGroup")["properties"]["RetentionInDays"]
    assert list(LOG_RETENTION_DAYS) == days["enum"]


def test_the_cache_sizes_are_those_of_api_gateway() -> None:
    sizes = botocore_shape("apigateway", "CacheClusterSize")["enum"]
    assert [f"{size:g}" for size in CACHE_SIZES_GB] == sizes


def test_the_database_classes_are_those_of_postgres() -> None:
    rule = cloudformation_rule("aws_rds_dbinstance/db_instance_class.json")
    classes = of_engine(rule, "postgres", "DBInstanceClass")

    refused = {one for one in classes if not is_database_instance_class(one)}
    assert refused == AURORA_CLASSES


def test_the_postgres_versions_are_those_of_rds() -> None:
    rule = cloudformation_rule("aws_rds_dbinstance/engine_version.json")
    versions = of_engine(rule, "postgres", "EngineVersion")

    taken = {one for one in versions if is_postgres_version(one)}
    assert {one.partition(".")[0] for one in taken} == {str(one) for one in POSTGRES_MAJORS}
    # None that is younger than our oldest is left out.
    left_out = {int(one.partition(".")[0]) for one in versions - taken}
    assert max(left_out) < POSTGRES_MAJORS[0]


def test_the_cache_versions_are_some_of_elasticache() -> None:
    rule = cloudformation_rule("aws_elasticache_cachecluster/engine_version.json")
    for engine, versions in CACHE_VERSIONS.items():
        assert set(versions) <= of_engine(rule, engine, "EngineVersion")


def test_the_node_types_are_those_of_elasticache() -> None:
    rule = cloudformation_rule("aws_elasticache_cachecluster/cachenodetype_enum.json")
    types = rule[REGION]["enum"]

    assert [one for one in types if not is_cache_node_type(one)] == []
    assert not is_cache_node_type("db.t3.micro")


def zones() -> Iterator[str]:
    session = boto3.session.Session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("ec2", partition):
            yield f"{region}a"


def test_the_zones_of_every_region_are_taken() -> None:
    assert [zone for zone in zones() if not is_zone_name(zone)] == []
    for other in ("us-east-1", "us-east-1-bos-1a", "US-EAST-1A", "1a", ""):
        assert not is_zone_name(other)


@pytest.mark.parametrize("partition", boto3.session.Session().get_available_partitions())
def test_a_topic_is_taken_in_every_partition(partition: str) -> None:
    assert is_topic_arn(f"arn:{partition}:sns:us-east-1:123456789012:events")
    assert not is_topic_arn(f"arn:{partition}:sqs:us-east-1:123456789012:events")


def test_no_service_has_both_kinds_of_endpoint_by_default() -> None:
    assert not set(INTERFACE_ENDPOINT_SERVICES) & set(GATEWAY_SERVICES)


def test_a_link_to_the_runbook_leaves_room_in_an_alarms_description() -> None:
    room = botocore_shape("cloudwatch", "AlarmDescription")["max"]
    assert room / 4 > LONGEST_RUNBOOK_URL


RATE_LIMIT = cloudformation("AWS::WAFv2::WebACL")["definitions"]["RateLimit"]
NODES = cloudformation("AWS::ElastiCache::ReplicationGroup")["properties"]["NumCacheClusters"]
MEMORY = cloudformation("AWS::Lambda::Function")["properties"]["MemorySize"]
CONCURRENCY = cloudformation("AWS::Lambda::Function")["properties"]["ReservedConcurrentExecutions"]
BACKUPS = cloudformation("AWS::RDS::DBInstance")["properties"]["BackupRetentionPeriod"]
MOST_BACKUPS = cloudformation_rule("aws_rds_dbinstance/backupretentionperiod.json")["then"]


@pytest.mark.parametrize(
    ("section", "key", "end", "beyond"),
    [
        ("api", "webAclRateLimit", RATE_LIMIT["minimum"], -1),
        ("api", "webAclRateLimit", RATE_LIMIT["maximum"], 1),
        ("cache", "nodeCount", NODES["maximum"], 1),
        ("functions", "memorySize", MEMORY["minimum"], -1),
        ("api", "reservedConcurrency", CONCURRENCY["minimum"], -1),
        ("database", "backupRetentionDays", BACKUPS["minimum"], -1),
        (
            "database",
            "backupRetentionDays",
            MOST_BACKUPS["properties"]["BackupRetentionPeriod"]["maximum"],
            1,
        ),
    ],
)
def test_a_range_ends_where_aws_ends_it(section: str, key: str, end: int, beyond: int) -> None:
    others = {"replicaCount": 0} if section == "database" else {}
    parse({section: {key: end, **others}})
    with pytest.raises(SettingsError, match=f"{section}.{key} is {end + beyond};"):
        parse({section: {key: end + beyond, **others}})


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://hooks.slack.com/services/T/B/x",
        "http://127.0.0.1:8000/_local/slack",
        "http://localhost/x",
        "http://[::1]:8000/x",
    ],
)
def test_a_webhook_is_https_or_of_this_machine(value: str) -> None:
    assert is_slack_webhook(value)


@pytest.mark.parametrize(
    "value",
    [
        "http://hooks.slack.com/services/T/B/x",
        "http://127.0.0.1.example.com/x",
        "http://localhost.example.com/x",
        "http://127.0.0.1@example.com/x",
        "http://[::1/x",
        "ftp://127.0.0.1/x",
        "https://",
        "https://hooks.slack.com/a b",
        "127.0.0.1:8000/x",
    ],
)
def test_nothing_else_is_a_webhook(value: str) -> None:
    assert not is_slack_webhook(value)
