from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.elasticache import ParameterGroup, ReplicationGroup, SubnetGroup
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

TOKEN = "0123456789abcdefghij"


def subnet_group(aws: Connection) -> Deployed:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.10.0/24")["Subnet"]["SubnetId"]
    return deploy(aws, SubnetGroup(), name="cache", subnetIds=[subnet], description="Private")


def inputs(**changes: Any) -> dict[str, Any]:
    return {
        "replicationGroupId": "app-cache",
        "description": "Redis for application caching",
        "engine": "redis",
        "engineVersion": "7.1",
        "nodeType": "cache.t3.micro",
        "numCacheClusters": 2,
        "port": 6379,
        "automaticFailoverEnabled": True,
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "authToken": TOKEN,
        "snapshotRetentionLimit": 5,
        "snapshotWindow": "03:00-05:00",
        "maintenanceWindow": "sun:05:00-sun:06:00",
        "logDeliveryConfigurations": [
            {
                "destination": "/aws/elasticache/redis",
                "destinationType": "cloudwatch-logs",
                "logFormat": "json",
                "logType": "slow-log",
            }
        ],
        **changes,
    }


def group(aws: Connection) -> dict[str, Any]:
    answer = aws.client("elasticache").describe_replication_groups(ReplicationGroupId="app-cache")
    return answer["ReplicationGroups"][0]


def test_a_cache_exists_with_nodes_encryption_and_log_delivery(aws: Connection) -> None:
    subnets = subnet_group(aws)
    deployed = deploy(
        aws, ReplicationGroup(), **inputs(subnetGroupName=subnets.id, tagsAll={"Project": "p"})
    )
    found = group(aws)
    assert found["MemberClusters"] == ["app-cache-001", "app-cache-002"]
    assert found["AutomaticFailover"] == "enabled"
    assert found["TransitEncryptionEnabled"] is True
    assert found["AtRestEncryptionEnabled"] is True
    assert found["AuthTokenEnabled"] is True
    assert found["SnapshotRetentionLimit"] == 5
    logs = found["LogDeliveryConfigurations"][0]
    assert logs["LogType"] == "slow-log"
    assert logs["DestinationDetails"]["CloudWatchLogsDetails"]["LogGroup"] == (
        "/aws/elasticache/redis"
    )
    state = deployed.state
    assert state["primaryEndpointAddress"].startswith("master.app-cache.")
    assert state["readerEndpointAddress"].startswith("replica.app-cache.")
    assert state["memberClusters"] == found["MemberClusters"]
    assert state["arn"] == ("arn:aws:elasticache:us-east-1:123456789012:replicationgroup:app-cache")
    assert "authToken" in ReplicationGroup.secret_outputs


def test_a_cache_without_numbers_of_nodes_has_one(aws: Connection) -> None:
    given = inputs(automaticFailoverEnabled=False)
    del given["numCacheClusters"]
    deploy(aws, ReplicationGroup(), **given)
    assert group(aws)["MemberClusters"] == ["app-cache-001"]


def test_a_changed_cache_is_changed_in_place(aws: Connection) -> None:
    deployed = deploy(aws, ReplicationGroup(), **inputs(tagsAll={"a": "1"}))
    deployed.update(
        nodeType="cache.t4g.small",
        snapshotRetentionLimit=None,
        description="Bigger",
        tagsAll={"b": "2"},
    )
    found = group(aws)
    assert found["CacheNodeType"] == "cache.t4g.small"
    assert found["SnapshotRetentionLimit"] == 0
    assert found["Description"] == "Bigger"
    tags = aws.client("elasticache").list_tags_for_resource(ResourceName=found["ARN"])["TagList"]
    assert tags == [{"Key": "b", "Value": "2"}]


def test_another_number_of_nodes_replaces_nothing(aws: Connection) -> None:
    deployed = deploy(aws, ReplicationGroup(), **inputs())
    state = deployed.update(numCacheClusters=1, automaticFailoverEnabled=False)
    assert state["memberClusters"] == ["app-cache-001"]


def test_nodes_that_tier_data_are_made_where_that_is_asked_for(aws: Connection) -> None:
    tiered = inputs(nodeType="cache.r6gd.xlarge", dataTieringEnabled=True)
    assert failures(ReplicationGroup(), tiered) == {}
    deploy(aws, ReplicationGroup(), **tiered)
    assert group(aws)["CacheNodeType"] == "cache.r6gd.xlarge"


def test_a_new_token_is_rotated_in(aws: Connection) -> None:
    deployed = deploy(aws, ReplicationGroup(), **inputs())
    deployed.update(authToken=TOKEN[::-1], authTokenUpdateStrategy="ROTATE")
    assert group(aws)["AuthTokenEnabled"] is True


def test_a_deleted_cache_reads_as_gone(aws: Connection) -> None:
    deployed = deploy(aws, ReplicationGroup(), **inputs())
    deployed.delete()
    assert deployed.read() is None


def test_a_final_snapshot_is_taken_under_its_name(aws: Connection) -> None:
    deployed = deploy(aws, ReplicationGroup(), **inputs(finalSnapshotIdentifier="last"))
    deployed.delete()
    snapshots = aws.client("elasticache").describe_snapshots()["Snapshots"]
    assert [item["SnapshotName"] for item in snapshots] == ["last"]


def test_a_cache_is_imported_by_its_id(aws: Connection) -> None:
    deploy(aws, ReplicationGroup(), **inputs())
    read = imported(aws, ReplicationGroup(), "app-cache")
    assert read is not None
    assert read["numCacheClusters"] == 2


def test_a_subnet_group_knows_its_vpc(aws: Connection) -> None:
    deployed = subnet_group(aws)
    assert deployed.state["vpcId"].startswith("vpc-")
    found = aws.client("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName="cache")
    listed = found["CacheSubnetGroups"][0]["Subnets"]
    assert [item["SubnetIdentifier"] for item in listed] == deployed.state["subnetIds"]


def test_a_subnet_group_changes_in_place_and_goes_once_no_cache_uses_it(aws: Connection) -> None:
    deployed = subnet_group(aws)
    vpc = deployed.state["vpcId"]
    other = aws.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.11.0/24")["Subnet"]
    subnets = [*deployed.state["subnetIds"], other["SubnetId"]]
    state = deployed.update(subnetIds=subnets, description="Two zones")
    assert (state["subnetIds"], state["description"]) == (subnets, "Two zones")
    cache = deploy(aws, ReplicationGroup(), **inputs(subnetGroupName="cache"))
    with pytest.raises(ClientError, match="CacheSubnetGroupInUse"):
        deployed.delete()
    cache.delete()
    deployed.delete()
    assert deployed.read() is None


def test_a_parameter_group_is_recorded_with_the_arn_aws_would_give(aws: Connection) -> None:
    deployed = deploy(
        aws,
        ParameterGroup(),
        name="cache",
        family="redis7",
        parameters=[{"name": "maxmemory-policy", "value": "allkeys-lru"}],
    )
    assert deployed.state["arn"] == (
        "arn:aws:elasticache:us-east-1:123456789012:parametergroup:cache"
    )
    assert ParameterGroup.recorded_only
    assert "family" in failures(ParameterGroup(), {"name": "cache", "family": "redis6"})


def test_a_token_needs_encryption_in_transit(aws: Connection) -> None:
    given = inputs()
    del given["transitEncryptionEnabled"]
    with pytest.raises(ClientError, match="requires in-transit encryption"):
        deploy(aws, ReplicationGroup(), **given)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"replicationGroupId": "a" * 41}, "replicationGroupId"),
        ({"replicationGroupId": "App"}, "replicationGroupId"),
        ({"replicationGroupId": "app-"}, "replicationGroupId"),
        ({"replicationGroupId": "a--b"}, "replicationGroupId"),
        ({"numCacheClusters": 1}, "automaticFailoverEnabled"),
        ({"automaticFailoverEnabled": False, "multiAzEnabled": True}, "multiAzEnabled"),
        ({"authToken": "short"}, "authToken"),
        ({"authToken": "a" * 129}, "authToken"),
        ({"authToken": "has@at-sign-in-it"}, "authToken"),
        ({"authToken": 'has"quote-in-it-x'}, "authToken"),
        ({"authToken": "has a space in it"}, "authToken"),
        ({"transitEncryptionEnabled": False}, "authToken"),
        ({"engineVersion": "6.3"}, "engineVersion"),
        ({"engine": "valkey", "engineVersion": "6.2"}, "engineVersion"),
        ({"parameterGroupName": "default.redis6.x"}, "parameterGroupName"),
        ({"nodeType": "db.t3.micro"}, "nodeType"),
        ({"nodeType": "cache.r6gd.xlarge"}, "dataTieringEnabled"),
        ({"nodeType": "cache.r6gd.xlarge", "dataTieringEnabled": False}, "dataTieringEnabled"),
        ({"nodeType": "cache.r6g.xlarge", "dataTieringEnabled": True}, "dataTieringEnabled"),
        ({"nodeType": "cache.m3.large"}, "transitEncryptionEnabled"),
        ({"snapshotWindow": "3-5"}, "snapshotWindow"),
        (
            {"logDeliveryConfigurations": [{"logType": "error-log"}]},
            "logDeliveryConfigurations",
        ),
        ({"userGroupIds": ["u"]}, "userGroupIds"),
    ],
)
def test_what_elasticache_refuses_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(ReplicationGroup(), inputs(**changes))


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [("redis", "7.1", "redis7"), ("redis", "6.2", "redis6.x"), ("valkey", "8.0", "valkey8")],
)
def test_the_default_parameter_group_of_the_version_is_taken(
    engine: str, version: str, family: str
) -> None:
    changes = {
        "engine": engine,
        "engineVersion": version,
        "parameterGroupName": f"default.{family}",
    }
    assert failures(ReplicationGroup(), inputs(**changes)) == {}
