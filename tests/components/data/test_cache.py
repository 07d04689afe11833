import json
from typing import Any

import pytest

from components.data.cache import Cache, CacheArgs
from components.data.cache_settings import CacheSettings
from tests.pulumi_recorder import ACCOUNT_ID, Recorder, record

PREFIX = "aws-platform-test"


def cache(*, prefix: str = PREFIX, deletion_protection: bool = False, **settings: Any) -> Recorder:
    return record(
        lambda: Cache(
            "cache",
            CacheArgs(
                name_prefix=prefix,
                account_id=ACCOUNT_ID,
                settings=CacheSettings.model_validate(settings),
                subnet_ids=["subnet-a", "subnet-b"],
                security_group_id="sg-cache",
                kms_key_arn="arn:key",
                log_retention_days=30,
                deletion_protection=deletion_protection,
            ),
        )
    )


@pytest.fixture(scope="module")
def default() -> Recorder:
    return cache()


def test_the_replication_group_has_every_setting_of_the_source(default: Recorder) -> None:
    assert default.one("ReplicationGroup").inputs == {
        "replicationGroupId": f"{PREFIX}-abc123",
        "description": "Redis cluster for application caching",
        "engine": "redis",
        "engineVersion": "7.1",
        "nodeType": "cache.t3.micro",
        "numCacheClusters": 2,
        "port": 6379,
        "subnetGroupName": "cache-subnets",
        "securityGroupIds": ["sg-cache"],
        "parameterGroupName": "cache-parameters-redis7",
        "atRestEncryptionEnabled": True,
        "kmsKeyId": "arn:key",
        "transitEncryptionEnabled": True,
        "authToken": "generated",
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "snapshotRetentionLimit": 5,
        "snapshotWindow": "03:00-05:00",
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "autoMinorVersionUpgrade": True,
        "logDeliveryConfigurations": [
            {
                "destination": f"/aws/elasticache/{PREFIX}-{kind}",
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": kind,
            }
            for kind in ("slow-log", "engine-log")
        ],
    }


def test_the_parameter_group_is_the_sources(default: Recorder) -> None:
    assert default.one("ParameterGroup").inputs == {
        "family": "redis7",
        "description": "Custom parameter group for Redis",
        "parameters": [
            {"name": "maxmemory-policy", "value": "allkeys-lru"},
            {"name": "timeout", "value": "300"},
        ],
    }


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("redis", "6.2", "redis6.x"),
        ("redis", "7.0", "redis7"),
        ("valkey", "7.2", "valkey7"),
        ("valkey", "8.0", "valkey8"),
    ],
)
def test_each_engine_version_has_the_parameter_family_that_aws_names(
    engine: str, version: str, family: str
) -> None:
    recorded = cache(engine=engine, engineVersion=version)

    assert recorded.one("ParameterGroup").inputs["family"] == family
    assert recorded.one("ReplicationGroup").inputs["engine"] == engine
    assert recorded.one("ReplicationGroup").inputs["engineVersion"] == version


def test_it_lives_in_the_private_subnets(default: Recorder) -> None:
    assert default.one("SubnetGroup").inputs == {
        "description": "Subnet group for ElastiCache",
        "subnetIds": ["subnet-a", "subnet-b"],
    }


def test_its_logs_have_groups_with_retention_that_elasticache_may_write(default: Recorder) -> None:
    groups = default.of("LogGroup")
    policy = default.one("LogResourcePolicy")
    (statement,) = json.loads(policy.inputs["policyDocument"])["Statement"]

    assert [one.inputs["retentionInDays"] for one in groups] == [30, 30]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert set(statement["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert set(statement["Resource"]) == {f"arn:aws:::{one.name}:*" for one in groups}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}
    assert default.one("ReplicationGroup").depends_on == (policy.name,)


def test_the_token_is_one_that_elasticache_takes(default: Recorder) -> None:
    inputs = default.one("RandomPassword").inputs

    assert inputs["special"] is False
    assert 16 <= inputs["length"] <= 128


def test_the_token_is_nowhere_in_plain_text(default: Recorder) -> None:
    assert default.one("ReplicationGroup").secret == {"authToken"}
    assert default.one("SecretVersion").secret == {"secretString"}
    for one in default.resources:
        plain = {key: value for key, value in one.inputs.items() if key not in one.secret}
        assert "generated" not in json.dumps(plain)


def test_the_secret_holds_the_token_and_where_to_use_it(default: Recorder) -> None:
    assert default.one("Secret").inputs["name"] == f"{PREFIX}/cache-credentials-abc123"
    assert default.one("Secret").inputs["kmsKeyId"] == "arn:key"
    assert json.loads(default.one("SecretVersion").inputs["secretString"]) == {
        "authToken": "generated",
        "host": "cache-group.cache.example.com",
        "port": 6379,
    }


def test_a_single_node_has_no_failover_and_no_second_zone() -> None:
    inputs = cache(nodeCount=1, automaticFailover=False).one("ReplicationGroup").inputs

    assert inputs["numCacheClusters"] == 1
    assert inputs["automaticFailoverEnabled"] is False
    assert inputs["multiAzEnabled"] is False


def test_every_cache_setting_reaches_the_replication_group() -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:cache"
    inputs = (
        cache(
            nodeType="cache.r7g.large",
            nodeCount=3,
            snapshotRetentionDays=0,
            notificationTopicArn=topic,
        )
        .one("ReplicationGroup")
        .inputs
    )

    assert inputs["nodeType"] == "cache.r7g.large"
    assert inputs["numCacheClusters"] == 3
    assert inputs["snapshotRetentionLimit"] == 0
    assert inputs["notificationTopicArn"] == topic


@pytest.mark.parametrize(
    ("node_type", "tiered"),
    [("cache.r6gd.xlarge", True), ("cache.r6g.xlarge", None), ("cache.t4g.micro", None)],
)
def test_nodes_with_an_ssd_keep_data_there_too(node_type: str, tiered: bool | None) -> None:
    inputs = cache(nodeType=node_type).one("ReplicationGroup").inputs

    assert inputs.get("dataTieringEnabled") is tiered


def test_protection_takes_a_final_snapshot() -> None:
    inputs = cache(deletion_protection=True).one("ReplicationGroup").inputs

    assert inputs["finalSnapshotIdentifier"] == f"{PREFIX}-abc123-final"


def test_an_identifier_stays_within_what_elasticache_allows() -> None:
    # The longest stack name gives this prefix; the real suffix has eight digits, the mock's six.
    recorded = cache(prefix="aws-platform-" + "s" * 20, deletion_protection=True)
    identifier = recorded.one("ReplicationGroup").inputs["replicationGroupId"]

    assert len(identifier) + 2 <= 40
    assert identifier.endswith("-abc123")
