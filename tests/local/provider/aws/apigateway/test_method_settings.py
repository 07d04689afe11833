"""Settings of the methods of a stage."""

from typing import Any

import pytest

from local.provider.aws.apigateway.method_settings import MethodSettings
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.stages import found_stage, stage
from tests.local.provider.aws.lifecycle import deploy, failures


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
        methodPath="~1v1~1products~1{proxy+}/GET",
        settings={"cachingEnabled": True, "cacheTtlInSeconds": 60},
    )
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["*/*"]["throttlingBurstLimit"] == 2000
    assert settings["*/*"]["cachingEnabled"] is False
    assert settings["~1v1~1products~1{proxy+}/GET"]["cachingEnabled"] is True
    cached.update(settings={"cachingEnabled": True, "cacheTtlInSeconds": 120})
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["~1v1~1products~1{proxy+}/GET"]["cacheTtlInSeconds"] == 120
    deployed.assert_no_drift()
    cached.delete()
    settings = found_stage(aws, deployed)["methodSettings"]
    assert settings["~1v1~1products~1{proxy+}/GET"]["cachingEnabled"] is False


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"methodPath": "/v1/GET"}, "methodPath"),
        ({"methodPath": "v1/products/GET"}, "methodPath"),
        ({"methodPath": "v1~1products/GET"}, "methodPath"),
        ({"settings": {"loggingLevel": "DEBUG"}}, "loggingLevel"),
        ({"settings": {"cacheTtlInSeconds": 3601}}, "cacheTtlInSeconds"),
    ],
)
def test_what_api_gateway_refuses_of_method_settings_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    assert refused in failures(MethodSettings(), inputs)
