"""Lambda functions as they are deployed, changed, read and deleted."""

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pulumi

from local.provider.aws.lambda_.function import Function
from local.provider.connection import Connection
from tests.local.provider.aws.lambda_.deployments import CODE, code, function
from tests.local.provider.aws.lifecycle import imported


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
