"""The parts of a REST API that its body makes."""

import json
from typing import Any

from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.rest_apis import body, function_uri, rest_api


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
