"""API Gateway's logs in an account with and without a role for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws

ROLE = "arn:aws:iam::123456789012:role/logs"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:access"
WORDS = "CloudWatch Logs role ARN must be set in account settings to enable logging"

Patch = Callable[[str, str, str], Any]


@pytest.fixture(scope="module")
def new_account() -> Iterator[Any]:
    with EmbeddedAws(first_stack=True) as aws:
        yield AwsClients(aws.access)("apigateway")


@pytest.fixture(scope="module")
def account() -> Iterator[Any]:
    with EmbeddedAws() as aws:
        yield AwsClients(aws.access)("apigateway")


def stage(gateway: Any) -> Patch:
    """A new stage; what is returned patches it and returns it."""
    api = gateway.create_rest_api(name="api")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(**method, type="MOCK")
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="dev", deploymentId=deployment)

    def patch(op: str, path: str, value: str) -> Any:
        operations = [{"op": op, "path": path, "value": value}]
        return gateway.update_stage(restApiId=api, stageName="dev", patchOperations=operations)

    return patch


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/accessLogSettings/destinationArn", LOGS),
        ("/*/*/logging/loglevel", "INFO"),
        ("/*/*/logging/loglevel", "ERROR"),
        ("/v1~1products/GET/logging/loglevel", "INFO"),
    ],
)
def test_a_new_account_writes_no_logs_and_leaves_the_stage_as_it_was(
    new_account: Any, path: str, value: str
) -> None:
    patch = stage(new_account)

    with pytest.raises(ClientError) as refused:
        patch("replace", path, value)

    assert refused.value.response["Error"] == {"Code": "BadRequestException", "Message": WORDS}
    found = patch("replace", "/description", "x")
    assert not found.get("accessLogSettings")
    assert not found.get("methodSettings")


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("replace", "/*/*/logging/loglevel", "OFF"),
        ("replace", "/*/*/metrics/enabled", "true"),
        ("replace", "/accessLogSettings/format", "$context.requestId"),
        ("remove", "/accessLogSettings", ""),
        ("replace", "/description", "x"),
    ],
)
def test_what_is_no_log_needs_no_role(new_account: Any, op: str, path: str, value: str) -> None:
    stage(new_account)(op, path, value)


def test_an_account_that_another_stack_was_in_writes_logs(account: Any) -> None:
    found = stage(account)("replace", "/accessLogSettings/destinationArn", LOGS)

    assert found["accessLogSettings"]["destinationArn"] == LOGS


def test_a_role_that_is_set_lets_the_account_write_logs() -> None:
    with EmbeddedAws(first_stack=True) as aws:
        gateway = AwsClients(aws.access)("apigateway")
        patch = stage(gateway)
        role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}
        gateway.update_account(patchOperations=[role])

        found = patch("replace", "/*/*/logging/loglevel", "INFO")

    assert found["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
