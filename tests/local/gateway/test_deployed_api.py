"""What is read of a deployment, against a stage made by hand in an embedded AWS."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.gateway.deployed_api import Limit, MethodSettings, deployed_api

BODY = {"openapi": "3.0.1", "info": {"title": "t"}, "paths": {}}


@pytest.fixture(scope="module")
def clients() -> Iterator[AwsClients]:
    with EmbeddedAws() as aws:
        yield AwsClients(aws.access)


@pytest.fixture(scope="module")
def stage(clients: AwsClients) -> dict[str, Any]:
    """An API with a stage and a plan; what they are called."""
    client = clients("apigateway")
    api = client.create_rest_api(name="a")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="MOCK",
        requestTemplates={"application/json": "{}"},
    )
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(
        restApiId=api,
        stageName="blue",
        deploymentId=deployment,
        cacheClusterEnabled=True,
        cacheClusterSize="0.5",
        variables={"color": "blue"},
    )
    settings = {
        "/*/*/throttling/rateLimit": "50",
        "/*/*/throttling/burstLimit": "60",
        "/*/*/caching/enabled": "false",
        "/~1v1~1products/GET/caching/enabled": "true",
        "/~1v1~1products/GET/caching/ttlInSeconds": "7",
        "/~1v1~1products/GET/throttling/rateLimit": "5",
        "/~1v1~1products/GET/throttling/burstLimit": "6",
    }
    client.update_stage(
        restApiId=api,
        stageName="blue",
        patchOperations=[
            {"op": "replace", "path": path, "value": value} for path, value in settings.items()
        ],
    )
    keys = [
        client.create_api_key(name=name, enabled=enabled)
        for name, enabled in (("good", True), ("disabled", False), ("unrelated", True))
    ]
    plan = client.create_usage_plan(
        name="p",
        apiStages=[{"apiId": api, "stage": "blue"}],
        throttle={"rateLimit": 2.0, "burstLimit": 3},
        quota={"limit": 9, "period": "WEEK"},
    )["id"]
    for key in keys[:2]:
        client.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    return {"api": api, "deployment": deployment, "key": keys[0], "root": root}


def export(stage: dict[str, Any], body: Any) -> dict[str, Any]:
    resources = [
        {"type": "aws:apigateway/restApi:RestApi", "id": stage["api"], "inputs": {"body": body}},
        {"type": "aws:apigateway/stage:Stage", "id": "s", "outputs": {"stageName": "blue"}},
    ]
    return {"deployment": {"resources": resources}}


def test_stage_settings_and_keys_are_those_of_the_deployment(
    stage: dict[str, Any], clients: AwsClients
) -> None:
    api = deployed_api(export(stage, json.dumps(BODY)), clients)
    assert (api.id, api.stage, api.deployment_id) == (stage["api"], "blue", stage["deployment"])
    assert api.cache_cluster
    assert api.stage_variables == {"color": "blue"}
    assert api.resource_ids == {"/": stage["root"]}
    everywhere = MethodSettings(limit=Limit(rate=50, burst=60))
    assert api.settings_of("/v1/orders", "ANY") == everywhere
    products = api.settings_of("/v1/products", "GET")
    assert products == MethodSettings(
        limit=Limit(rate=5, burst=6), cached=True, cache_ttl_seconds=7
    )
    # A disabled key, and one of no plan of this stage, open nothing.
    (key,) = api.keys
    assert (key.id, key.value) == (stage["key"]["id"], stage["key"]["value"])
    assert (key.limit, key.quota, key.quota_period) == (Limit(rate=2, burst=3), 9, "WEEK")


def test_a_body_that_the_state_holds_as_a_secret_is_read(
    stage: dict[str, Any], clients: AwsClients
) -> None:
    secret = {"4dabf18193072939515e22adb298388d": "1b4", "plaintext": json.dumps(json.dumps(BODY))}
    assert deployed_api(export(stage, secret), clients).body.paths == ()


def test_a_deployment_without_an_api_is_told() -> None:
    with pytest.raises(LookupError, match="RestApi"):
        deployed_api({"deployment": {}}, "http://127.0.0.1:1")
