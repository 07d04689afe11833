"""Settings of asynchronous calls of Lambda functions."""

from local.provider.aws.lambda_.alias import Alias
from local.provider.aws.lambda_.event_invoke_config import FunctionEventInvokeConfig
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import function, queue
from tests.local.provider.aws.lifecycle import deploy


def test_asynchronous_failures_go_to_their_queue(aws: Connection) -> None:
    function(aws)
    deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    config = deploy(
        aws,
        FunctionEventInvokeConfig(),
        functionName="users",
        qualifier="live",
        maximumRetryAttempts=2,
        maximumEventAgeInSeconds=3600,
        destinationConfig={"onFailure": {"destination": queue(aws, 30)}},
    )
    assert config.id == "users:live"
    config.update(maximumRetryAttempts=0)
    found = aws.client("lambda").get_function_event_invoke_config(FunctionName="users")
    assert found["MaximumRetryAttempts"] == 0
    assert found["DestinationConfig"]["OnFailure"]["Destination"].endswith(":orders")
    config.delete()
    assert config.read() is None
