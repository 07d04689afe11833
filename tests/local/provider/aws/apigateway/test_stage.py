"""Stages of REST APIs."""

from typing import Any

import pytest

from local.provider.aws.apigateway.stage import Stage
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.stages import LOGS, found_stage, stage
from tests.local.provider.aws.lifecycle import failures


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


def test_a_stage_that_could_not_be_made_whole_can_be_made_again(
    aws: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise ConnectionError("API Gateway refuses the logs")

    with monkeypatch.context() as refusing:
        refusing.setattr(Stage, "_patch", refuse)
        with pytest.raises(ConnectionError):
            stage(aws)
    client = aws.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    assert client.get_stages(restApiId=api["id"])["item"] == []


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


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"stageName": "a b"}, "stageName"),
        ({"cacheClusterSize": "1"}, "cacheClusterSize"),
        ({"variables": {"a": "b c"}}, "variables"),
        ({"accessLogSettings": {"format": "$context.path"}}, "accessLogSettings"),
        ({"accessLogSettings": {"destinationArn": "logs"}}, "accessLogSettings"),
        ({"canarySettings": {}}, "canarySettings"),
    ],
)
def test_what_api_gateway_refuses_of_a_stage_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    assert refused in failures(Stage(), inputs)
