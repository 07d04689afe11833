"""Usage plans, and the API keys that they hold."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.aws.apigateway.api_key import ApiKey
from local.provider.aws.apigateway.usage_plan import UsagePlan, UsagePlanKey
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.rest_apis import rest_api
from tests.local.provider.aws.apigateway.stages import stage
from tests.local.provider.aws.lifecycle import deploy, failures


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


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"quotaSettings": {"period": "YEAR"}}, "quotaSettings"),
        ({"quotaSettings": {"period": "DAY", "offset": 1}}, "offset"),
    ],
)
def test_what_api_gateway_refuses_of_a_plan_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    assert refused in failures(UsagePlan(), inputs)
