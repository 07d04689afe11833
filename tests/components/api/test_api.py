import ast
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from components.api.api import TABLE_ACTIONS
from handlers.common.facts import Variable
from tests.pulumi_recorder import ROOT, Recorder, Registered, run_program

pytestmark = pytest.mark.slow

FUNCTION = "aws:lambda/function:Function"
TABLE = "arn:aws:::api-table-data"
# boto3's methods, and the actions of a transaction, as IAM names them
# (DynamoDB Developer Guide, "Using IAM with DynamoDB transactions").
IAM_NAMES = {
    "get_item": "GetItem",
    "batch_get_item": "BatchGetItem",
    "put_item": "PutItem",
    "update_item": "UpdateItem",
    "delete_item": "DeleteItem",
    "query": "Query",
    "scan": "Scan",
    "read_page": "Query",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def variables(one: Registered) -> dict[str, str]:
    return one.inputs["environment"]["variables"]


def statements(recorded: Recorder, role_policy: str) -> dict[str, Any]:
    document = json.loads(recorded.one("RolePolicy", role_policy).inputs["policy"])
    return {one["Sid"]: one for one in document["Statement"]}


def actions_in_code(name: str) -> set[str]:
    """The table actions that a function's repository calls, as IAM names them."""
    tree = ast.parse((ROOT / "handlers" / name / "repository.py").read_text())
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    keys = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    used = called | (keys if "transact_write_items" in called else set())
    return {IAM_NAMES[one] for one in used if one in IAM_NAMES}


@pytest.mark.parametrize("name", ["users", "products", "orders"])
def test_a_function_has_exactly_the_table_rights_that_its_code_uses(
    prod: Recorder, name: str
) -> None:
    statement = statements(prod, f"api-{name}-policy")["Table"]

    assert set(statement["Action"]) == {f"dynamodb:{one}" for one in actions_in_code(name)}
    assert len(statement["Action"]) == len(TABLE_ACTIONS[name])
    assert statement["Resource"] == [TABLE, f"{TABLE}/index/GSI1"]


def test_the_authorizer_may_write_logs_and_traces_only(prod: Recorder) -> None:
    assert set(statements(prod, "api-authorizer-policy")) == {"Logs", "Traces"}


def test_only_the_users_function_touches_the_user_pool(prod: Recorder) -> None:
    assert statements(prod, "api-users-policy")["UserPool"] == {
        "Sid": "UserPool",
        "Effect": "Allow",
        "Action": ["cognito-idp:AdminDisableUser", "cognito-idp:AdminUserGlobalSignOut"],
        "Resource": "arn:aws:::api-identity-pool",
    }
    for name in ("products", "orders"):
        assert set(statements(prod, f"api-{name}-policy")) == {
            "Logs",
            "Traces",
            "Table",
            "CursorKey",
        }


@pytest.mark.parametrize("name", ["users", "products", "orders"])
def test_a_listing_function_reads_the_cursor_keys_and_no_other_secret(
    prod: Recorder, name: str
) -> None:
    arn = "arn:aws:secretsmanager:::api-cursor-key-secret-version"

    assert statements(prod, f"api-{name}-policy")["CursorKey"] == {
        "Sid": "CursorKey",
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": arn,
    }
    assert variables(prod.one(FUNCTION, f"api-{name}-function"))["CURSOR_SECRET_ARN"] == arn


def test_the_functions_have_the_memory_timeouts_and_descriptions_of_the_source(
    prod: Recorder,
) -> None:
    found = {
        one.inputs["name"]: (
            one.inputs["memorySize"],
            one.inputs["timeout"],
            one.inputs["description"],
        )
        for one in prod.of(FUNCTION)
        if one.name.startswith("api-")
    }

    assert found == {
        "aws-platform-prod-users": (256, 30, "Handle user operations"),
        "aws-platform-prod-products": (256, 30, "Handle product operations"),
        "aws-platform-prod-orders": (256, 30, "Handle order operations"),
        "aws-platform-prod-authorizer": (256, 10, "Custom API Gateway authorizer"),
    }


def test_all_functions_share_one_layer_for_their_runtime(prod: Recorder) -> None:
    layer = prod.one("LayerVersion")

    assert layer.inputs["layerName"] == "aws-platform-prod-common"
    assert layer.inputs["description"] == "Common utilities and dependencies"
    for one in prod.of(FUNCTION):
        assert one.inputs["layers"] == [f"arn:aws:::{layer.name}"]
        assert one.inputs["runtime"] in layer.inputs["compatibleRuntimes"]
        assert one.inputs["architectures"] == layer.inputs["compatibleArchitectures"]


def test_the_api_functions_are_told_the_table_the_pool_and_the_origins(prod: Recorder) -> None:
    for name in ("users", "products", "orders"):
        assert variables(prod.one(FUNCTION, f"api-{name}-function")) == {
            "POWERTOOLS_SERVICE_NAME": "api-service",
            "LOG_LEVEL": "INFO",
            "TABLE_NAME": "aws-platform-prod-table",
            "USER_POOL_ID": "api-identity-pool-id",
            "CURSOR_SECRET_ARN": "arn:aws:secretsmanager:::api-cursor-key-secret-version",
            "CORS_ORIGINS": "https://app.acme.io,https://admin.acme.io",
        }


def test_the_authorizer_is_told_the_pool_and_its_client(prod: Recorder) -> None:
    assert variables(prod.one(FUNCTION, "api-authorizer-function")) == {
        "POWERTOOLS_SERVICE_NAME": "api-service",
        "LOG_LEVEL": "INFO",
        "USER_POOL_ID": "api-identity-pool-id",
        "USER_POOL_CLIENT_ID": "api-identity-client-id",
    }


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_variable_that_a_functions_code_demands_is_deployed(
    request: pytest.FixtureRequest, stack: str
) -> None:
    recorded: Recorder = request.getfixturevalue(stack)

    for one in recorded.of(FUNCTION):
        name = one.inputs["handler"].split(".")[1]
        folders = [ROOT / "handlers" / name]
        if one.inputs["handler"].endswith(".api.lambda_handler"):
            folders.append(ROOT / "handlers" / "common")
        demanded = {
            variable
            for folder in folders
            for file in folder.glob("*.py")
            for variable in re.findall(r"environ(?:ment)?\[([^]]+)\]", file.read_text())
        }
        assert {Variable[one.removeprefix("Variable.")] for one in demanded} <= set(
            variables(one)
        ), one.name


def test_every_entry_point_is_a_function_of_its_own_code(
    prod: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = {one.inputs["handler"] for one in prod.of(FUNCTION)}
    for name, value in {
        "TABLE_NAME": "data",
        "USER_POOL_ID": "us-east-1_pool",
        "USER_POOL_CLIENT_ID": "client",
        "CURSOR_SECRET_ARN": "arn:secret",
        "CORS_ORIGINS": "*",
        "POWERTOOLS_SERVICE_NAME": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)

    assert len(handlers) >= 4
    before = set(sys.modules)
    try:
        for handler in handlers:
            module, _, function = handler.rpartition(".")
            assert callable(getattr(importlib.import_module(module), function)), handler
    finally:
        # Other tests import them with an environment of their own.
        for name in set(sys.modules) - before:
            if name.startswith("handlers."):
                del sys.modules[name]


def test_a_functions_archive_holds_the_folder_of_its_entry_point(prod: Recorder) -> None:
    for one in prod.of(FUNCTION):
        folder = one.inputs["handler"].split(".")[1]
        assert Path(one.inputs["code"].path).name.startswith(f"{folder}-"), one.name


def test_api_settings_reach_the_functions() -> None:
    recorded = run_program(
        "dev",
        {"api": {"reservedConcurrency": 7, "cursorKeyVersion": 2}},
    )

    for name in ("users", "products", "orders", "authorizer"):
        one = recorded.one(FUNCTION, f"api-{name}-function")
        assert one.inputs["reservedConcurrentExecutions"] == 7
    keys = recorded.one("SecretVersion", "api-cursor-key-secret-version").inputs["secretString"]
    assert set(json.loads(keys)) == {"current", "previous"}


def test_the_outputs_say_where_the_api_is_and_the_key_stays_secret(prod: Recorder) -> None:
    assert prod.outputs["apiUrl"] == "https://api-rest-stage.example.com"
    assert prod.outputs["userPoolId"] == "api-identity-pool-id"
    assert prod.outputs["userPoolClientId"] == "api-identity-client-id"
    assert prod.outputs["tableName"] == "aws-platform-prod-table"
    assert prod.outputs["apiKey"] == "api-rest-key-value"
    assert "apiKey" in prod.secret_outputs
    assert "apiUrl" not in prod.secret_outputs
