import json

from tests.pulumi_recorder import Recorder

DATABASE = "aws:rds/instance:Instance"


def test_prod_has_the_primary_and_the_replica_of_the_source(prod: Recorder) -> None:
    classes = {one.name: one.inputs["instanceClass"] for one in prod.of(DATABASE)}
    primary = prod.one(DATABASE, "data-database-primary").inputs

    assert classes == {
        "data-database-primary": "db.t3.medium",
        "data-database-replica-1": "db.t3.small",
    }
    assert (primary["allocatedStorage"], primary["maxAllocatedStorage"]) == (100, 1000)
    assert primary["multiAz"] is True
    assert primary["backupRetentionPeriod"] == 7


def test_dev_has_one_small_database_in_one_zone(dev: Recorder) -> None:
    inputs = dev.one(DATABASE).inputs

    assert inputs["instanceClass"] == "db.t4g.micro"
    assert inputs["allocatedStorage"] == 20
    assert inputs["multiAz"] is False


def test_prod_has_two_cache_nodes_and_dev_one(dev: Recorder, prod: Recorder) -> None:
    nodes = [one.one("ReplicationGroup").inputs["numCacheClusters"] for one in (dev, prod)]

    assert nodes == [1, 2]


def test_database_and_cache_each_have_their_own_tier_and_group(prod: Recorder) -> None:
    subnets = {one.name: one.inputs["subnetIds"] for one in prod.of("SubnetGroup")}

    assert all(name.startswith("database-") for name in subnets["data-database-subnets"])
    assert all(name.startswith("private-") for name in subnets["data-cache-subnets"])
    for instance in prod.of(DATABASE):
        assert instance.inputs["vpcSecurityGroupIds"] == ["network-sg-database-id"]
    assert prod.one("ReplicationGroup").inputs["securityGroupIds"] == ["network-sg-cache-id"]


def test_one_key_encrypts_database_cache_table_and_their_secrets(prod: Recorder) -> None:
    key = "arn:aws:::data-key-key"

    assert prod.one(DATABASE, "data-database-primary").inputs["kmsKeyId"] == key
    assert prod.one("ReplicationGroup").inputs["kmsKeyId"] == key
    encryption = prod.one("aws:dynamodb/table:Table").inputs["serverSideEncryption"]
    assert encryption == {"enabled": True, "kmsKeyArn": key}
    data_secrets = [one for one in prod.of("Secret") if one.name.startswith(("data-", "api-"))]
    assert len(data_secrets) == 3
    assert {one.inputs["kmsKeyId"] for one in data_secrets} == {key}


def test_the_outputs_name_the_endpoints_and_where_the_credentials_are(prod: Recorder) -> None:
    credentials = prod.one("SecretVersion", "data-database-credentials-version")

    assert prod.outputs["databaseEndpoint"] == "data-database-primary.db.example.com"
    assert prod.outputs["readReplicaEndpoint"] == "data-database-replica-1.db.example.com"
    assert prod.outputs["redisEndpoint"] == "data-cache-group.cache.example.com"
    assert prod.outputs["databaseSecretArn"] == f"arn:aws:secretsmanager:::{credentials.name}"
    assert (
        json.loads(credentials.inputs["secretString"])["host"] == prod.outputs["databaseEndpoint"]
    )


def test_without_a_replica_there_is_no_endpoint_of_one(dev: Recorder) -> None:
    assert dev.outputs["readReplicaEndpoint"] is None
