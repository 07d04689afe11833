"""API keys."""

from local.provider.aws.apigateway.api_key import ApiKey
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures, imported


def test_a_key_is_switched_off(aws: Connection) -> None:
    key = deploy(aws, ApiKey(), name="first", value="a" * 20)
    key.update(enabled=False)
    found = aws.client("apigateway").get_api_key(apiKey=key.id, includeValue=True)
    assert found["enabled"] is False
    assert found["value"] == "a" * 20
    read = imported(aws, ApiKey(), key.id)
    assert read is not None
    assert read["name"] == "first"


def test_a_value_that_api_gateway_refuses_is_refused() -> None:
    assert "value" in failures(ApiKey(), {"value": "short"})
