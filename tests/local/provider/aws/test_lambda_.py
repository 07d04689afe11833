import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError

from local.provider.aws.lambda_ import (
    Alias,
    EventSourceMapping,
    Function,
    FunctionEventInvokeConfig,
    LayerVersion,
    Permission,
)
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy, failures, imported

ASSUME = json.dumps({"Version": "2012-10-17", "Statement": []})


def code(text: str = "def lambda_handler(event, context): ...") -> pulumi.Archive:
    return pulumi.AssetArchive({"handlers/users/api.py": pulumi.StringAsset(text)})


CODE = code()


def role(aws: Connection) -> str:
    iam = aws.client("iam")
    if not any(item["RoleName"] == "users" for item in iam.list_roles()["Roles"]):
        iam.create_role(RoleName="users", AssumeRolePolicyDocument=ASSUME)
    return "arn:aws:iam::123456789012:role/users"


def function(aws: Connection, **changes: Any) -> Deployed:
    inputs: dict[str, Any] = {
        "name": "users",
        "role": role(aws),
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "handler": "handlers.users.api.lambda_handler",
        "memorySize": 256,
        "timeout": 30,
        "publish": True,
        "code": CODE,
        "environment": {"variables": {"TABLE_NAME": "api-data"}},
        "tracingConfig": {"mode": "Active"},
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/users"},
    }
    return deploy(aws, Function(), **{**inputs, **changes})


def configuration(aws: Connection) -> dict[str, Any]:
    return aws.client("lambda").get_function(FunctionName="users")["Configuration"]


def test_a_function_exists_with_code_environment_and_first_version(aws: Connection) -> None:
    deployed = function(aws, tagsAll={"Project": "p"}, description="Users")
    found = configuration(aws)
    assert found["Handler"] == "handlers.users.api.lambda_handler"
    assert found["MemorySize"] == 256
    assert found["Timeout"] == 30
    assert found["Architectures"] == ["arm64"]
    assert found["Environment"]["Variables"] == {"TABLE_NAME": "api-data"}
    assert found["TracingConfig"]["Mode"] == "Active"
    arn = "arn:aws:lambda:us-east-1:123456789012:function:users"
    assert deployed.state["arn"] == arn
    assert deployed.state["version"] == "1"
    assert deployed.state["qualifiedArn"] == f"{arn}:1"
    assert deployed.state["invokeArn"] == (
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    )
    assert aws.client("lambda").list_tags(Resource=arn)["Tags"] == {"Project": "p"}


def test_the_deployed_code_is_the_archives_content(aws: Connection, tmp_path: Path) -> None:
    package = tmp_path / "users.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handlers/users/api.py", "x = 1")
    deployed = function(aws, code=pulumi.FileArchive(str(package)))
    digest = base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
    assert configuration(aws)["CodeSha256"] == deployed.state["codeSha256"] == digest


def test_changed_code_is_published_as_the_next_version(aws: Connection) -> None:
    deployed = function(aws)
    before = configuration(aws)["CodeSha256"]
    state = deployed.update(code=code("changed = True"))
    assert state["version"] == "2"
    assert configuration(aws)["CodeSha256"] == state["codeSha256"] != before


def test_a_changed_setting_is_published_too_and_an_unchanged_function_is_not(
    aws: Connection,
) -> None:
    deployed = function(aws)
    assert deployed.update(memorySize=512, environment=None)["version"] == "2"
    found = configuration(aws)
    assert found["MemorySize"] == 512
    assert "Environment" not in found
    assert deployed.update(tagsAll={"b": "2"})["version"] == "2"


def test_defaults_of_lambda_are_no_change(aws: Connection) -> None:
    deployed = function(aws, memorySize=None, timeout=None, environment=None)
    assert deployed.state["memorySize"] == 128
    assert list(Function().recomputed(deployed.state, deployed.inputs)) == []
    assert deployed.update(tagsAll={"b": "2"})["version"] == "1"


def test_a_preview_knows_which_outputs_new_code_changes() -> None:
    old, new = {"code": CODE, "publish": True}, {"code": code("x = 2"), "publish": True}
    assert {"version", "qualifiedArn", "codeSha256"} <= set(Function().recomputed(old, new))
    assert "version" not in Function().recomputed({**old, "publish": False}, {"code": CODE})


def test_reserved_concurrency_is_put_on_and_taken_off(aws: Connection) -> None:
    deployed = function(aws, reservedConcurrentExecutions=5)
    concurrency = aws.client("lambda").get_function_concurrency
    assert concurrency(FunctionName="users")["ReservedConcurrentExecutions"] == 5
    deployed.update(reservedConcurrentExecutions=None)
    assert "ReservedConcurrentExecutions" not in concurrency(FunctionName="users")


def test_a_function_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    deployed = function(aws)
    deployed.delete()
    assert deployed.read() is None


def test_a_function_is_imported_by_its_name(aws: Connection) -> None:
    function(aws)
    read = imported(aws, Function(), "users")
    assert read is not None
    assert read["timeout"] == 30


def test_a_layer_version_holds_its_folder_and_a_function_uses_it(
    aws: Connection, tmp_path: Path
) -> None:
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "common.py").write_text("x = 1")
    layer = deploy(
        aws,
        LayerVersion(),
        layerName="common",
        code=pulumi.FileArchive(str(tmp_path)),
        compatibleRuntimes=["python3.13"],
        compatibleArchitectures=["arm64"],
        description="Common code",
    )
    assert layer.state["version"] == "1"
    assert layer.id == layer.state["arn"] == f"{layer.state['layerArn']}:1"
    deployed = function(aws, layers=[layer.id])
    assert deployed.state["layers"] == [layer.id]
    layer.delete()
    assert layer.read() is None


def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    from local.provider.aws.archive import zip_bytes

    (tmp_path / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    first = zip_bytes(pulumi.FileArchive(str(tmp_path)))
    (tmp_path / "a.py").touch()
    assert zip_bytes(pulumi.FileArchive(str(tmp_path))) == first
    nested = pulumi.AssetArchive({"python": pulumi.FileArchive(str(tmp_path))})
    names = zipfile.ZipFile(io.BytesIO(zip_bytes(nested))).namelist()
    assert names == ["python/a.py", "python/b.py"]


def test_an_alias_points_at_a_version_and_moves(aws: Connection) -> None:
    deployed = function(aws)
    alias = deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    assert alias.id == alias.state["arn"] == f"{deployed.state['arn']}:live"
    assert alias.state["invokeArn"].endswith(":function:users:live/invocations")
    deployed.update(code=code("second = True"))
    alias.update(functionVersion="2")
    found = aws.client("lambda").get_alias(FunctionName="users", Name="live")
    assert found["FunctionVersion"] == "2"
    with pytest.raises(ClientError, match="Function not found: users:9"):
        alias.update(functionVersion="9")
    alias.delete()
    assert alias.read() is None


@pytest.mark.parametrize("qualifier", [None, "live"])
def test_a_permission_stands_in_the_policy_until_it_is_deleted(
    aws: Connection, qualifier: str | None
) -> None:
    function(aws)
    deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    source = "arn:aws:execute-api:us-east-1:123456789012:abc/*/*/v1/users*"
    permission = deploy(
        aws,
        Permission(),
        statementId="invoke-users",
        function="users",
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        sourceArn=source,
        **({"qualifier": qualifier} if qualifier else {}),
    )
    assert permission.id == "invoke-users"
    assert permission.state["sourceArn"] == source
    permission.delete()
    assert permission.read() is None


def queue(aws: Connection, visibility: int) -> str:
    aws.client("sqs").create_queue(
        QueueName="orders", Attributes={"VisibilityTimeout": str(visibility)}
    )
    return "arn:aws:sqs:us-east-1:123456789012:orders"


def test_a_queue_feeds_the_alias_of_a_function(aws: Connection) -> None:
    deployed = function(aws)
    deploy(aws, Alias(), name="live", functionName="users", functionVersion="1")
    live = f"{deployed.state['arn']}:live"
    mapping = deploy(
        aws,
        EventSourceMapping(),
        eventSourceArn=queue(aws, 180),
        functionName=live,
        batchSize=10,
        maximumBatchingWindowInSeconds=1,
        functionResponseTypes=["ReportBatchItemFailures"],
        scalingConfig={"maximumConcurrency": 5},
    )
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping.state["functionArn"] == live
    assert mapping.state["uuid"] == mapping.id
    mapping.update(batchSize=5, enabled=False)
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert (found["BatchSize"], found["State"]) == (5, "Disabled")
    mapping.delete()
    assert mapping.read() is None


def test_a_stream_feeds_a_function_with_filter_and_failure_queue(aws: Connection) -> None:
    function(aws)
    dead = queue(aws, 30)
    stream = aws.client("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    pattern = json.dumps({"eventName": ["INSERT"]})
    mapping = deploy(
        aws,
        EventSourceMapping(),
        eventSourceArn=stream,
        functionName="users",
        startingPosition="LATEST",
        bisectBatchOnFunctionError=True,
        maximumRetryAttempts=3,
        maximumRecordAgeInSeconds=3600,
        filterCriteria={"filters": [{"pattern": pattern}]},
        destinationConfig={"onFailure": {"destinationArn": dead}},
    )
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping.id)
    assert found["FilterCriteria"]["Filters"] == [{"Pattern": pattern}]
    assert found["DestinationConfig"]["OnFailure"]["Destination"] == dead
    assert found["BisectBatchOnFunctionError"] is True


def test_messages_that_reappear_while_the_function_works_are_refused(aws: Connection) -> None:
    function(aws, timeout=60)
    with pytest.raises(ClientError, match="30 seconds is less than Function timeout: 60 seconds"):
        deploy(aws, EventSourceMapping(), eventSourceArn=queue(aws, 30), functionName="users")


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


VALID: dict[str, Any] = {
    "name": "users",
    "runtime": "python3.13",
    "handler": "a.b",
    "role": "arn:aws:iam::123456789012:role/r",
}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"memorySize": 127}, "memorySize"),
        ({"memorySize": 10_241}, "memorySize"),
        ({"timeout": 901}, "timeout"),
        ({"handler": "h" * 129}, "handler"),
        ({"runtime": "python3.9"}, "runtime"),
        ({"layers": ["arn"] * 6}, "layers"),
        ({"environment": {"variables": {"BIG": "x" * 4097}}}, "environment"),
        ({"environment": {"variables": {"AWS_REGION": "x"}}}, "environment"),
        ({"environment": {"variables": {"1st": "x"}}}, "environment"),
        ({"architectures": ["arm64", "x86_64"]}, "architectures"),
        ({"role": "users"}, "role"),
        ({"loggingConfig": {"logFormat": "Text", "systemLogLevel": "WARN"}}, "loggingConfig"),
        ({"imageUri": "x"}, "imageUri"),
    ],
)
def test_what_lambda_refuses_of_a_function_is_refused(
    changes: dict[str, Any], refused: str
) -> None:
    assert refused in failures(Function(), {**VALID, **changes})


@pytest.mark.parametrize(
    ("inputs", "refused"),
    [
        ({"batchSize": 10_001}, "batchSize"),
        ({"batchSize": 11, "maximumBatchingWindowInSeconds": 0}, "batchSize"),
        ({"eventSourceArn": "arn:aws:sqs:::q.fifo", "batchSize": 11}, "batchSize"),
        ({"bisectBatchOnFunctionError": True}, "bisectBatchOnFunctionError"),
        ({"maximumBatchingWindowInSeconds": 301}, "maximumBatchingWindowInSeconds"),
        ({"parallelizationFactor": 11}, "parallelizationFactor"),
        ({"maximumRecordAgeInSeconds": 59}, "maximumRecordAgeInSeconds"),
        ({"scalingConfig": {"maximumConcurrency": 1}}, "maximumConcurrency"),
        ({"filterCriteria": {"filters": [{"pattern": "{"}]}}, "filterCriteria"),
        ({"topics": ["t"]}, "topics"),
    ],
)
def test_what_lambda_refuses_of_an_event_source_is_refused(
    inputs: dict[str, Any], refused: str
) -> None:
    source = {"eventSourceArn": "arn:aws:sqs:us-east-1:1:q", "functionName": "f"}
    assert refused in failures(EventSourceMapping(), {**source, **inputs})
