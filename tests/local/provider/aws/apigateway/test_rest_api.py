"""REST APIs of API Gateway."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.apigateway.rest_api import RestApi
from local.provider.aws.apigateway.usage_plan import UsagePlan
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.rest_apis import body, functions, rest_api
from tests.local.provider.aws.apigateway.stages import stage
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures


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


def test_an_api_of_a_usage_plan_is_not_deleted(aws: Connection) -> None:
    deployed = stage(aws)
    api = Deployed(aws, RestApi(), deployed.inputs["restApi"], {}, {})
    deploy(aws, UsagePlan(), name="p", apiStages=[{"apiId": api.id, "stage": "prod"}])
    with pytest.raises(ClientError, match="from the usage plan p first"):
        api.delete()


def test_a_body_that_api_gateway_refuses_fails_the_check() -> None:
    paths = {"/a/{id}": {}, "/a/{proxy+}": {}}
    document = json.dumps(body(paths=paths))
    assert "already has a variable path part" in failures(RestApi(), {"body": document})["body"]


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"endpointConfiguration": {"types": "LOCAL"}}, "endpointConfiguration"),
        ({"parameters": {"a": "b"}}, "parameters"),
    ],
)
def test_what_api_gateway_refuses_of_an_api_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    assert refused in failures(RestApi(), inputs)
