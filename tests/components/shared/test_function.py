import json
from typing import Any

import pulumi

from components.shared.function import Function, FunctionArgs
from tests.pulumi_recorder import Recorder, record, run_program

FUNCTION = "aws:lambda/function:Function"
TABLE_STATEMENT = {
    "Sid": "Table",
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem"],
    "Resource": "arn:table",
}


def function(**changes: Any) -> Recorder:
    return record(
        lambda: Function(
            "fn",
            FunctionArgs(
                function_name="aws-platform-test-users",
                description="Handle user operations",
                handler="handlers.users.api.lambda_handler",
                code=pulumi.AssetArchive({"a.py": pulumi.StringAsset("")}),
                **{"memory_mb": 256, "log_retention_days": 7, "log_level": "INFO"} | changes,
            ),
        )
    )


def statements(recorded: Recorder) -> dict[str, Any]:
    document = json.loads(recorded.one("RolePolicy").inputs["policy"])
    return {one["Sid"]: one for one in document["Statement"]}


def test_a_function_runs_on_arm_with_traces_and_json_logs() -> None:
    inputs = function(layers=["arn:layer"]).one(FUNCTION).inputs
    del inputs["code"]

    assert inputs == {
        "name": "aws-platform-test-users",
        "description": "Handle user operations",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "handler": "handlers.users.api.lambda_handler",
        "layers": ["arn:layer"],
        "role": "arn:aws:::fn-role",
        "memorySize": 256,
        "timeout": 30,
        "publish": True,
        "environment": {
            "variables": {"POWERTOOLS_SERVICE_NAME": "api-service", "LOG_LEVEL": "INFO"}
        },
        "tracingConfig": {"mode": "Active"},
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/aws-platform-test-users"},
    }


def test_its_log_group_comes_first_and_has_its_retention() -> None:
    recorded = function()

    assert recorded.one("LogGroup").inputs == {
        "name": "/aws/lambda/aws-platform-test-users",
        "retentionInDays": 7,
    }
    # By reference: the function is made with the group's own name.
    logging = recorded.one(FUNCTION).inputs["loggingConfig"]
    assert logging["logGroup"] == recorded.one("LogGroup").inputs["name"]


def test_every_argument_reaches_the_function() -> None:
    inputs = (
        function(
            memory_mb=512,
            timeout_seconds=10,
            log_level="DEBUG",
            service_name="users",
            environment={"TABLE_NAME": "data"},
            reserved_concurrency=5,
        )
        .one(FUNCTION)
        .inputs
    )

    assert inputs["memorySize"] == 512
    assert inputs["timeout"] == 10
    assert inputs["reservedConcurrentExecutions"] == 5
    assert inputs["environment"]["variables"] == {
        "POWERTOOLS_SERVICE_NAME": "users",
        "LOG_LEVEL": "DEBUG",
        "TABLE_NAME": "data",
    }


def test_its_role_may_do_only_its_own_statements_logs_and_traces() -> None:
    recorded = function(statements=[TABLE_STATEMENT])

    assert statements(recorded) == {
        "Logs": {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:::fn-logs:*",
        },
        "Traces": {
            "Sid": "Traces",
            "Effect": "Allow",
            "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            "Resource": "*",
        },
        "Table": TABLE_STATEMENT,
    }
    assert recorded.of("RolePolicyAttachment") == []
    (trust,) = json.loads(recorded.one("Role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_it_has_its_rights_before_it_is_invoked() -> None:
    recorded = function()

    assert recorded.one(FUNCTION).depends_on == (recorded.one("RolePolicy").name,)


def test_the_alias_live_points_to_the_published_version() -> None:
    alias = function().one("aws:lambda/alias:Alias").inputs

    assert alias["name"] == "live"
    assert alias["functionName"] == "aws-platform-test-users"
    assert alias["functionVersion"] == "1"


def test_a_function_that_is_called_synchronously_has_no_queue() -> None:
    recorded = function()

    assert recorded.of("Queue") == []
    assert recorded.of("FunctionEventInvokeConfig") == []


def test_events_that_an_asynchronous_function_failed_on_go_to_its_queue() -> None:
    recorded = function(asynchronous=True)
    config = recorded.one("FunctionEventInvokeConfig").inputs

    assert recorded.one("Queue").inputs["messageRetentionSeconds"] == 14 * 24 * 3600
    assert recorded.one("Queue").inputs["sqsManagedSseEnabled"] is True
    assert config["destinationConfig"] == {
        "onFailure": {"destination": "arn:aws:::fn-dead-letters"}
    }
    assert config["qualifier"] == "live"
    assert config["maximumRetryAttempts"] == 2
    assert config["maximumEventAgeInSeconds"] == 3600
    assert statements(recorded)["DeadLetters"] == {
        "Sid": "DeadLetters",
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:::fn-dead-letters",
    }


def test_a_function_tells_its_callers_where_it_is() -> None:
    found: list[Any] = []

    def program() -> None:
        made = Function(
            "fn",
            FunctionArgs(
                function_name="users",
                description="",
                handler="a.b",
                code=pulumi.AssetArchive({}),
                memory_mb=256,
                log_retention_days=7,
                log_level="INFO",
                asynchronous=True,
            ),
        )
        pulumi.export("invoke", made.invoke_arn)
        pulumi.export("alias", made.alias_arn)
        found.extend([made.dead_letter_queue_arn, made.dead_letter_queue_name])

    outputs = record(program).outputs
    assert outputs == {
        "invoke": "arn:aws:apigateway:::fn-live/invocations",
        "alias": "arn:aws:::fn-live",
    }
    assert None not in found


def test_without_a_reservation_it_shares_the_accounts_concurrency() -> None:
    inputs = function(reserved_concurrency=None).one(FUNCTION).inputs

    assert "reservedConcurrentExecutions" not in inputs


def test_memory_and_log_level_are_those_of_the_settings_for_every_function() -> None:
    settings = {"functions": {"memorySize": 1024, "logLevel": "WARNING"}}
    made = run_program("dev", settings).of(FUNCTION)

    assert made
    for one in made:
        assert one.inputs["memorySize"] == 1024, one.name
        assert one.inputs["environment"]["variables"]["LOG_LEVEL"] == "WARNING", one.name
