import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from contract.deployed import deployed_body
from local.provider.aws.apigateway import (
    Account,
    ApiKey,
    Deployment,
    MethodSettings,
    RestApi,
    Stage,
    UsagePlan,
    UsagePlanKey,
)
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

FUNCTIONS = ("users", "products", "orders", "authorizer")
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:access"


def function_uri(name: str) -> str:
    return (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:123456789012:function:{name}/invocations"
    )


def functions(aws: Connection) -> None:
    """The functions that the body calls."""
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    for name in FUNCTIONS:
        aws.client("lambda").create_function(
            FunctionName=name,
            Role="arn:aws:iam::123456789012:role/r",
            Runtime="python3.13",
            Handler="a.b",
            Code={"ZipFile": b"zip"},
        )


def body(**changes: Any) -> dict[str, Any]:
    document = deployed_body(
        title="api",
        function_uris={name: function_uri(name) for name in FUNCTIONS},
        authorizer_uri=function_uri("authorizer"),
        authorizer_ttl_seconds=300,
        cors_origins=["*"],
    )
    return {**json.loads(json.dumps(document)), **changes}


def rest_api(aws: Connection, **changes: Any) -> Deployed:
    functions(aws)
    inputs: dict[str, Any] = {
        "name": "serverless-api",
        "description": "Serverless API",
        "body": json.dumps(body()),
        "endpointConfiguration": {"types": "REGIONAL"},
    }
    return deploy(aws, RestApi(), **{**inputs, **changes})


def resources(aws: Connection, api_id: str) -> dict[str, dict[str, Any]]:
    answer = aws.client("apigateway").get_resources(restApiId=api_id, limit=500, embed=["methods"])
    return {item["path"]: item.get("resourceMethods", {}) for item in answer["items"]}


def method(aws: Connection, api_id: str, path: str, verb: str) -> dict[str, Any]:
    client = aws.client("apigateway")
    items = client.get_resources(restApiId=api_id, limit=500)["items"]
    resource_id = next(item["id"] for item in items if item["path"] == path)
    answer = client.get_method(restApiId=api_id, resourceId=resource_id, httpMethod=verb)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_the_api_has_exactly_the_methods_of_its_body(aws: Connection) -> None:
    api = rest_api(aws)
    expected = {
        path: {
            "ANY" if name == "x-amazon-apigateway-any-method" else name.upper()
            for name in operations
        }
        for path, operations in body()["paths"].items()
    }
    found = {path: set(methods) for path, methods in resources(aws, api.id).items() if methods}
    assert found == expected
    state = api.state
    assert state["arn"] == f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    assert state["executionArn"] == f"arn:aws:execute-api:us-east-1:123456789012:{api.id}"
    assert state["endpointConfiguration"]["types"] == "REGIONAL"
    assert state["rootResourceId"]


def test_a_signed_in_method_has_authorizer_key_and_function(aws: Connection) -> None:
    api = rest_api(aws)
    found = method(aws, api.id, "/v1/orders/{proxy+}", "ANY")
    authorizers = aws.client("apigateway").get_authorizers(restApiId=api.id)["items"]
    assert found["authorizationType"] == "CUSTOM"
    assert found["authorizerId"] == authorizers[0]["id"]
    assert found["apiKeyRequired"] is True
    assert found["requestParameters"] == {"method.request.path.proxy": True}
    assert found["methodIntegration"]["type"] == "AWS_PROXY"
    assert found["methodIntegration"]["uri"] == function_uri("orders")
    assert found["methodIntegration"]["timeoutInMillis"] == 29_000
    assert authorizers[0]["type"] == "REQUEST"
    assert authorizers[0]["authorizerResultTtlInSeconds"] == 300
    assert "x-api-key" in authorizers[0]["identitySource"]


def test_a_public_method_has_neither_authorizer_nor_key(aws: Connection) -> None:
    api = rest_api(aws)
    found = method(aws, api.id, "/v1/products", "GET")
    assert found["authorizationType"] == "NONE"
    assert found["apiKeyRequired"] is False


def test_the_mock_health_check_has_its_templates(aws: Connection) -> None:
    api = rest_api(aws)
    integration = method(aws, api.id, "/health", "GET")["methodIntegration"]
    assert integration["type"] == "MOCK"
    assert integration["requestTemplates"] == {"application/json": '{"statusCode": 200}'}
    answer = integration["integrationResponses"]["200"]
    assert "$context.requestTime" in answer["responseTemplates"]["application/json"]
    assert answer["responseParameters"]["method.response.header.Access-Control-Allow-Origin"]


def test_validators_models_and_gateway_responses_of_the_body_exist(aws: Connection) -> None:
    api = rest_api(aws)
    client = aws.client("apigateway")
    validators = client.get_request_validators(restApiId=api.id)["items"]
    names = {item["id"]: item["name"] for item in validators}
    found = method(aws, api.id, "/v1/users", "POST")
    assert names[found["requestValidatorId"]] == "body and parameters"
    assert found["requestModels"] == {"application/json": "JsonObject"}
    models = client.get_models(restApiId=api.id)["items"]
    assert [item["name"] for item in models] == ["JsonObject"]
    responses = client.get_gateway_responses(restApiId=api.id)["items"]
    expected = set(body()["x-amazon-apigateway-gateway-responses"])
    assert {item["responseType"] for item in responses} == expected


def _count_calls(aws: Connection) -> list[str]:
    """A list that grows by the name of each API Gateway call from now on."""
    calls: list[str] = []

    def record(model: Any, **_: Any) -> None:
        calls.append(model.name)

    aws.client("apigateway").meta.events.register("before-call.api-gateway", record)
    return calls


def test_an_update_adds_changes_and_removes_what_differs_and_nothing_else(
    aws: Connection,
) -> None:
    api = rest_api(aws)
    untouched = method(aws, api.id, "/v1/orders", "ANY")
    calls = _count_calls(aws)
    changed = body()
    del changed["paths"]["/v1/users/{userId}"]
    changed["paths"]["/v2/status"] = changed["paths"].pop("/health")
    integration = changed["paths"]["/v1/users"]["get"]["x-amazon-apigateway-integration"]
    integration["timeoutInMillis"] = 5000
    del changed["x-amazon-apigateway-gateway-responses"]["THROTTLED"]
    api.update(body=json.dumps(changed), description="New")
    # One changed, two moved; a preflight is a method too.
    assert calls.count("PutMethod") == 3
    paths = resources(aws, api.id)
    assert "/v1/users/{userId}" not in paths
    assert "/health" not in paths
    assert set(paths["/v2/status"]) == {"GET", "OPTIONS"}
    listing = method(aws, api.id, "/v1/users", "GET")
    assert listing["methodIntegration"]["timeoutInMillis"] == 5000
    assert method(aws, api.id, "/v1/orders", "ANY") == untouched
    responses = aws.client("apigateway").get_gateway_responses(restApiId=api.id)["items"]
    assert "THROTTLED" not in {item["responseType"] for item in responses}


def test_a_changed_authorizer_is_the_one_its_methods_have(aws: Connection) -> None:
    api = rest_api(aws)
    changed = body()
    scheme = changed["components"]["securitySchemes"]["authorizer"]
    scheme["x-amazon-apigateway-authorizer"]["authorizerResultTtlInSeconds"] = 0
    api.update(body=json.dumps(changed))
    authorizers = aws.client("apigateway").get_authorizers(restApiId=api.id)["items"]
    assert [item["authorizerResultTtlInSeconds"] for item in authorizers] == [0]
    found = method(aws, api.id, "/v1/orders", "ANY")
    assert found["authorizerId"] == authorizers[0]["id"]


def test_a_body_that_calls_a_missing_function_is_refused(aws: Connection) -> None:
    functions(aws)
    aws.client("lambda").delete_function(FunctionName="orders")
    with pytest.raises(ClientError, match="Function not found: orders"):
        deploy(aws, RestApi(), name="api", body=json.dumps(body()))


def test_binary_types_are_set_and_changed(aws: Connection) -> None:
    api = rest_api(aws, binaryMediaTypes=["image/png", "*/*"])
    assert api.state["binaryMediaTypes"] == ["image/png", "*/*"]
    api.update(binaryMediaTypes=["image/png", "application/pdf"])
    found = aws.client("apigateway").get_rest_api(restApiId=api.id)["binaryMediaTypes"]
    assert found == ["image/png", "application/pdf"]


def test_an_api_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    api = rest_api(aws)
    api.delete()
    assert api.read() is None


def test_a_body_that_api_gateway_refuses_fails_the_check() -> None:
    paths = {"/a/{id}": {}, "/a/{proxy+}": {}}
    document = json.dumps(body(paths=paths))
    assert "already has a variable path part" in failures(RestApi(), {"body": document})["body"]


def deployment(aws: Connection, api: Deployed) -> Deployed:
    return deploy(aws, Deployment(), restApi=api.id, description="body", triggers={"body": "hash"})


def stage(aws: Connection, **changes: Any) -> Deployed:
    api = rest_api(aws)
    inputs: dict[str, Any] = {
        "restApi": api.id,
        "deployment": deployment(aws, api).id,
        "stageName": "prod",
        "description": "The prod environment",
        "accessLogSettings": {
            "destinationArn": LOGS,
            "format": json.dumps({"requestId": "$context.requestId"}),
        },
        "cacheClusterEnabled": True,
        "cacheClusterSize": "0.5",
        "xrayTracingEnabled": True,
        "variables": {"colour": "blue"},
        "tagsAll": {"Project": "p"},
    }
    return deploy(aws, Stage(), **{**inputs, **changes})


def found_stage(aws: Connection, deployed: Deployed) -> dict[str, Any]:
    return aws.client("apigateway").get_stage(
        restApiId=deployed.inputs["restApi"], stageName="prod"
    )


def test_a_stage_exists_with_logs_cache_tracing_and_variables(aws: Connection) -> None:
    deployed = stage(aws)
    found = found_stage(aws, deployed)
    api = deployed.inputs["restApi"]
    assert found["accessLogSettings"]["destinationArn"] == LOGS
    assert found["cacheClusterEnabled"] is True
    assert found["cacheClusterSize"] == "0.5"
    assert found["tracingEnabled"] is True
    assert found["variables"] == {"colour": "blue"}
    assert deployed.id == f"ags-{api}-prod"
    assert deployed.state["invokeUrl"] == f"https://{api}.execute-api.us-east-1.amazonaws.com/prod"
    assert deployed.state["executionArn"].endswith(f":{api}/prod")
    assert deployed.state["arn"] == f"arn:aws:apigateway:us-east-1::/restapis/{api}/stages/prod"


def test_a_stage_moves_to_a_new_deployment_before_the_old_one_goes(aws: Connection) -> None:
    deployed = stage(aws)
    api = Deployed(aws, RestApi(), deployed.inputs["restApi"], {}, {})
    first = Deployed(aws, Deployment(), deployed.inputs["deployment"], {}, {"restApi": api.id})
    with pytest.raises(ClientError, match="Active stages pointing to this deployment"):
        first.delete()
    deployed.update(deployment=deployment(aws, api).id)
    first.delete()
    assert first.read() is None


def test_a_changed_stage_is_changed_in_aws(aws: Connection) -> None:
    deployed = stage(aws)
    deployed.update(
        cacheClusterEnabled=None,
        cacheClusterSize=None,
        xrayTracingEnabled=False,
        variables={"size": "big"},
        accessLogSettings=None,
        description="Changed",
    )
    found = found_stage(aws, deployed)
    assert found["cacheClusterEnabled"] is False
    assert found["tracingEnabled"] is False
    assert found["variables"] == {"size": "big"}
    assert "accessLogSettings" not in found
    assert found["description"] == "Changed"


def test_a_deleted_stage_reads_as_gone(aws: Connection) -> None:
    deployed = stage(aws)
    deployed.delete()
    assert deployed.read() is None


def test_settings_of_one_method_stand_beside_those_of_all(aws: Connection) -> None:
    deployed = stage(aws)
    address = {"restApi": deployed.inputs["restApi"], "stageName": "prod"}
    everywhere = {
        "metricsEnabled": True,
        "loggingLevel": "INFO",
        "throttlingRateLimit": 1000,
        "throttlingBurstLimit": 2000,
        "cachingEnabled": False,
    }
    deploy(aws, MethodSettings(), **address, methodPath="*/*", settings=everywhere)
    cached = deploy(
        aws,
        MethodSettings(),
        **address,
        methodPath="v1/products/{proxy+}/GET",
        settings={"cachingEnabled": True, "cacheTtlInSeconds": 60},
    )
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["*/*"]["throttlingBurstLimit"] == 2000
    assert settings["*/*"]["cachingEnabled"] is False
    assert settings["v1~1products~1{proxy+}/GET"]["cachingEnabled"] is True
    cached.update(settings={"cachingEnabled": True, "cacheTtlInSeconds": 120})
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["v1~1products~1{proxy+}/GET"]["cacheTtlInSeconds"] == 120
    deployed.assert_no_drift()
    cached.delete()
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["v1~1products~1{proxy+}/GET"]["cachingEnabled"] is False


def test_a_plan_limits_the_keys_of_a_stage(aws: Connection) -> None:
    deployed = stage(aws)
    plan = deploy(
        aws,
        UsagePlan(),
        name="plan",
        description="Limits",
        apiStages=[{"apiId": deployed.inputs["restApi"], "stage": "prod"}],
        throttleSettings={"rateLimit": 1000, "burstLimit": 2000},
        quotaSettings={"limit": 10_000, "period": "DAY"},
    )
    key = deploy(aws, ApiKey(), name="first", description="The first key")
    link = deploy(aws, UsagePlanKey(), keyId=key.id, keyType="API_KEY", usagePlanId=plan.id)
    found = aws.client("apigateway").get_usage_plan(usagePlanId=plan.id)
    assert found["throttle"] == {"rateLimit": 1000, "burstLimit": 2000}
    assert found["quota"] == {"limit": 10_000, "period": "DAY"}
    assert key.state["value"] == link.state["value"]
    assert len(key.state["value"]) == 40
    assert "value" in ApiKey.secret_outputs
    assert "value" in UsagePlanKey.secret_outputs
    plan.update(throttleSettings={"rateLimit": 5, "burstLimit": 10}, quotaSettings=None)
    found = aws.client("apigateway").get_usage_plan(usagePlanId=plan.id)
    assert found["throttle"] == {"rateLimit": 5, "burstLimit": 10}
    assert "quota" not in found
    for resource in (link, key, plan):
        resource.delete()
        assert resource.read() is None


def test_a_plan_for_a_stage_that_is_not_there_is_refused(aws: Connection) -> None:
    api = rest_api(aws)
    with pytest.raises(ClientError, match="Invalid stage"):
        deploy(aws, UsagePlan(), name="p", apiStages=[{"apiId": api.id, "stage": "none"}])


def test_an_api_of_a_usage_plan_is_not_deleted(aws: Connection) -> None:
    deployed = stage(aws)
    api = Deployed(aws, RestApi(), deployed.inputs["restApi"], {}, {})
    deploy(aws, UsagePlan(), name="p", apiStages=[{"apiId": api.id, "stage": "prod"}])
    with pytest.raises(ClientError, match="from the usage plan p first"):
        api.delete()


def test_a_key_is_switched_off(aws: Connection) -> None:
    key = deploy(aws, ApiKey(), name="first", value="a" * 20)
    key.update(enabled=False)
    found = aws.client("apigateway").get_api_key(apiKey=key.id, includeValue=True)
    assert found["enabled"] is False
    assert found["value"] == "a" * 20
    read = imported(aws, ApiKey(), key.id)
    assert read is not None
    assert read["name"] == "first"


def test_the_regions_role_for_logs_is_set_and_taken_away(aws: Connection) -> None:
    role = "arn:aws:iam::123456789012:role/logs"
    account = deploy(aws, Account(), cloudwatchRoleArn=role)
    assert aws.client("apigateway").get_account()["cloudwatchRoleArn"] == role
    account.delete()
    assert not aws.client("apigateway").get_account().get("cloudwatchRoleArn")


@pytest.mark.parametrize(
    ("kind", "inputs", "refused"),
    [
        (Stage(), {"stageName": "a b"}, "stageName"),
        (Stage(), {"cacheClusterSize": "1"}, "cacheClusterSize"),
        (Stage(), {"variables": {"a": "b c"}}, "variables"),
        (Stage(), {"accessLogSettings": {"format": "$context.path"}}, "accessLogSettings"),
        (Stage(), {"accessLogSettings": {"destinationArn": "logs"}}, "accessLogSettings"),
        (Stage(), {"canarySettings": {}}, "canarySettings"),
        (MethodSettings(), {"methodPath": "/v1/GET"}, "methodPath"),
        (MethodSettings(), {"settings": {"loggingLevel": "DEBUG"}}, "loggingLevel"),
        (MethodSettings(), {"settings": {"cacheTtlInSeconds": 3601}}, "cacheTtlInSeconds"),
        (UsagePlan(), {"quotaSettings": {"period": "YEAR"}}, "quotaSettings"),
        (UsagePlan(), {"quotaSettings": {"period": "DAY", "offset": 1}}, "offset"),
        (ApiKey(), {"value": "short"}, "value"),
        (RestApi(), {"endpointConfiguration": {"types": "LOCAL"}}, "endpointConfiguration"),
        (RestApi(), {"parameters": {"a": "b"}}, "parameters"),
    ],
)
def test_what_api_gateway_refuses_is_refused(
    kind: RestApi, inputs: dict[str, Any], refused: str
) -> None:
    assert refused in failures(kind, inputs)
