import hashlib
import json
from typing import Any

import pytest

from contract.deployed import deployed_body
from contract.gateway_methods import cached_method_paths, gateway_methods, public_method_paths
from tests.pulumi_recorder import UNKNOWN, Recorder, run_program

pytestmark = pytest.mark.slow

API = "aws:apigateway/restApi:RestApi"
STAGE = "aws:apigateway/stage:Stage"
SETTINGS = "aws:apigateway/methodSettings:MethodSettings"
PROD_ORIGINS = ["https://app.acme.io", "https://admin.acme.io"]
KEYED = ["users", "products", "orders"]


def body(recorded: Recorder) -> Any:
    return json.loads(recorded.one(API).inputs["body"])


def settings_by_path(recorded: Recorder) -> dict[str, Any]:
    return {one.inputs["methodPath"]: one.inputs["settings"] for one in recorded.of(SETTINGS)}


@pytest.fixture(scope="module")
def cached() -> Recorder:
    """Dev with the stage cache, a log role of its own, and everything else a setting can add."""
    return run_program(
        "dev",
        {
            "api": {
                "cacheEnabled": True,
                "cacheSize": 1.6,
                "cacheTtlSeconds": 120,
                "throttlingRateLimit": 50,
                "throttlingBurstLimit": 60,
                "publicRateLimit": 7,
                "publicBurstLimit": 8,
                "dataTrace": True,
                "quotaPerDay": 1000,
                "ownsAccountRole": True,
                "webAcl": True,
                "webAclRateLimit": 300,
                "corsOrigins": ["https://app.example.com"],
            }
        },
    )


@pytest.mark.parametrize(
    ("stack", "origins"), [("dev", ["*"]), ("prod", PROD_ORIGINS)], ids=["dev", "prod"]
)
def test_the_body_is_the_contracts_with_the_live_functions(
    request: pytest.FixtureRequest, stack: str, origins: list[str]
) -> None:
    recorded: Recorder = request.getfixturevalue(stack)

    def uri(name: str) -> str:
        return f"arn:aws:apigateway:::api-{name}-live/invocations"

    assert body(recorded) == deployed_body(
        title=f"aws-platform-{stack}-api",
        function_uris={name: uri(name) for name in KEYED},
        authorizer_uri=uri("authorizer"),
        authorizer_ttl_seconds=300,
        cors_origins=origins,
    )


def test_the_api_is_regional_and_described_as_in_the_source(prod: Recorder) -> None:
    inputs = prod.one(API).inputs

    assert inputs["name"] == "aws-platform-prod-api"
    assert inputs["description"] == "Serverless API with Lambda and DynamoDB"
    assert inputs["endpointConfiguration"] == {"types": "REGIONAL"}


def test_a_deployment_follows_the_body_and_nothing_else(dev: Recorder, prod: Recorder) -> None:
    hashes: list[str] = []
    for recorded in (dev, prod):
        deployment = recorded.one("Deployment")
        text = recorded.one(API).inputs["body"]
        expected = hashlib.sha256(text.encode()).hexdigest()
        assert deployment.inputs["triggers"] == {"body": expected}
        assert deployment.inputs["restApi"] == "api-rest-api-id"
        hashes.append(expected)

    assert hashes[0] != hashes[1]


def test_two_runs_of_one_program_deploy_the_same_body(dev: Recorder) -> None:
    again = run_program("dev")

    assert again.one("Deployment").inputs == dev.one("Deployment").inputs


def test_at_preview_the_body_is_unknown_and_so_is_its_hash() -> None:
    recorded = run_program("dev", preview=True)

    assert recorded.one(API).inputs["body"] == UNKNOWN
    assert UNKNOWN in str(recorded.one("Deployment").inputs["triggers"])


def test_api_gateway_may_invoke_each_function_on_its_own_paths_only(prod: Recorder) -> None:
    found = {
        one.name.removeprefix("api-rest-invoke-"): one.inputs
        for one in prod.of("aws:lambda/permission:Permission")
        if one.name.startswith("api-rest")
    }
    execution = "arn:aws:execute-api:::api-rest-api"

    assert set(found) == {*KEYED, "authorizer"}
    for name, inputs in found.items():
        path = "/authorizers/*" if name == "authorizer" else f"/*/*/v1/{name}*"
        assert inputs == {
            "action": "lambda:InvokeFunction",
            "principal": "apigateway.amazonaws.com",
            "function": f"aws-platform-prod-{name}",
            "qualifier": "live",
            "sourceArn": execution + path,
        }


def test_the_stage_is_the_environment_with_traces_and_access_logs(prod: Recorder) -> None:
    inputs = prod.one(STAGE).inputs

    assert inputs["stageName"] == "prod"
    assert inputs["restApi"] == "api-rest-api-id"
    assert inputs["deployment"] == "api-rest-deployment-id"
    assert inputs["xrayTracingEnabled"] is True
    assert inputs["accessLogSettings"]["destinationArn"] == "arn:aws:::api-rest-access-logs"


def test_access_logs_are_json_with_who_asked_for_what_and_how_it_went(prod: Recorder) -> None:
    fields = json.loads(prod.one(STAGE).inputs["accessLogSettings"]["format"])

    # CDK's json_with_standard_fields, which the source logs.
    assert {
        "requestId",
        "ip",
        "user",
        "caller",
        "requestTime",
        "httpMethod",
        "resourcePath",
        "status",
        "protocol",
        "responseLength",
    } <= set(fields)
    assert all(value.startswith("$context.") for value in fields.values())
    assert not {"$context.identity.apiKey", "$context.authorizer.token"} & set(fields.values())


def test_both_log_groups_have_retention_and_the_execution_log_is_there_first(
    prod: Recorder,
) -> None:
    access = prod.one("LogGroup", "api-rest-access-logs").inputs
    execution = prod.one("LogGroup", "api-rest-execution-logs")

    assert access == {"name": "/aws/apigateway/aws-platform-prod-access", "retentionInDays": 30}
    assert execution.inputs == {
        "name": "API-Gateway-Execution-Logs_api-rest-api-id/prod",
        "retentionInDays": 30,
    }
    assert execution.name in prod.one(STAGE).depends_on


def test_prod_has_the_cache_and_the_throttling_of_the_source(prod: Recorder) -> None:
    everywhere = settings_by_path(prod)["*/*"]

    assert prod.one(STAGE).inputs["cacheClusterEnabled"] is True
    assert prod.one(STAGE).inputs["cacheClusterSize"] == "0.5"
    assert everywhere == {
        "metricsEnabled": True,
        "loggingLevel": "INFO",
        "dataTraceEnabled": False,
        "throttlingRateLimit": 1000,
        "throttlingBurstLimit": 2000,
        "cachingEnabled": False,
    }


def test_only_the_public_product_reads_are_cached(prod: Recorder) -> None:
    settings = settings_by_path(prod)

    assert {path for path, one in settings.items() if one["cachingEnabled"]} == {
        "~1v1~1products/GET",
        "~1v1~1products~1{proxy+}/GET",
    }
    for path in cached_method_paths():
        assert settings[path]["cacheDataEncrypted"] is True
        assert settings[path]["cacheTtlInSeconds"] == 60
        assert settings[path]["requireAuthorizationForCacheControl"] is True
        strategy = settings[path]["unauthorizedCacheControlHeaderStrategy"]
        assert strategy == "SUCCEED_WITHOUT_RESPONSE_HEADER"


def test_the_settings_of_methods_come_one_after_the_other_and_the_stage_s_first(
    prod: Recorder,
) -> None:
    """API Gateway refuses changes of a stage that come at the same time."""
    assert {one.name: one.depends_on for one in prod.of(SETTINGS)} == {
        "api-rest-settings-*-*": (),
        "api-rest-settings-v1-products-GET": ("api-rest-settings-*-*",),
        "api-rest-settings-v1-products-{proxy+}-GET": ("api-rest-settings-v1-products-GET",),
    }


def test_dev_has_no_cache_and_still_throttles_public_reads(dev: Recorder) -> None:
    settings = settings_by_path(dev)

    assert dev.one(STAGE).inputs["cacheClusterEnabled"] is False
    assert "cacheClusterSize" not in dev.one(STAGE).inputs
    assert not any(one["cachingEnabled"] for one in settings.values())
    assert set(settings) == {"*/*", *public_method_paths()}
    for path in public_method_paths():
        assert settings[path]["throttlingRateLimit"] == 200
        assert settings[path]["throttlingBurstLimit"] == 400


def cache_keys(recorded: Recorder, path: str) -> set[str]:
    operation = body(recorded)["paths"][path]["get"]
    return set(operation["x-amazon-apigateway-integration"].get("cacheKeyParameters", ()))


@pytest.mark.parametrize("stack", ["prod", "dev"])
def test_a_cached_answer_is_keyed_by_all_that_it_depends_on(
    request: pytest.FixtureRequest, stack: str
) -> None:
    recorded: Recorder = request.getfixturevalue(stack)
    # An answer names the origin that it is for, unless any may read it.
    origin = {"method.request.header.Origin"} if stack == "prod" else set[str]()

    for method in gateway_methods():
        if method.cached:
            expected = {f"method.request.querystring.{name}" for name in method.query} | origin
            if "{proxy+}" in method.path:
                expected.add("method.request.path.proxy")
            assert cache_keys(recorded, method.path) == expected


def test_every_api_setting_reaches_the_stage_and_its_methods(cached: Recorder) -> None:
    settings = settings_by_path(cached)
    read = settings["~1v1~1products/GET"]

    assert cached.one(STAGE).inputs["cacheClusterSize"] == "1.6"
    assert settings["*/*"]["throttlingRateLimit"] == 50
    assert settings["*/*"]["throttlingBurstLimit"] == 60
    assert settings["*/*"]["dataTraceEnabled"] is True
    assert settings["*/*"]["cachingEnabled"] is False
    assert (read["throttlingRateLimit"], read["throttlingBurstLimit"]) == (7, 8)
    assert (read["cachingEnabled"], read["cacheTtlInSeconds"]) == (True, 120)


def test_the_usage_plan_limits_the_one_key_of_the_stage(prod: Recorder) -> None:
    plan = prod.one("UsagePlan").inputs

    assert plan["apiStages"] == [{"apiId": "api-rest-api-id", "stage": "prod"}]
    assert plan["throttleSettings"] == {"rateLimit": 1000, "burstLimit": 2000}
    assert "quotaSettings" not in plan
    assert prod.one("UsagePlanKey").inputs == {
        "usagePlanId": "api-rest-plan-id",
        "keyId": "api-rest-key-id",
        "keyType": "API_KEY",
    }
    assert "value" not in prod.one("ApiKey").inputs


def test_a_quota_is_set_only_where_one_is_asked_for(cached: Recorder) -> None:
    assert cached.one("UsagePlan").inputs["quotaSettings"] == {"limit": 1000, "period": "DAY"}


def test_a_stack_that_owns_the_log_role_sets_it_first_and_leaves_it_behind(
    cached: Recorder,
) -> None:
    account = cached.one("aws:apigateway/account:Account")
    role = cached.one("Role", "api-rest-account-logs")
    attachment = cached.one("RolePolicyAttachment", "api-rest-account-logs")

    assert account.inputs == {"cloudwatchRoleArn": f"arn:aws:::{role.name}"}
    assert attachment.inputs["policyArn"] == (
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    )
    assert account.depends_on == (attachment.name,)
    assert account.name in cached.one(STAGE).depends_on
    for one in (account, role, attachment):
        assert one.options.retain_on_delete is True


def test_a_stack_that_does_not_own_the_log_role_leaves_the_account_alone(dev: Recorder) -> None:
    assert dev.of("aws:apigateway/account:Account") == []
    assert not [one for one in dev.of("Role") if "account" in one.name]


def test_the_stage_says_which_setting_is_missing_unless_the_stack_owns_the_role(
    dev: Recorder, cached: Recorder
) -> None:
    def hooks(recorded: Recorder) -> list[str]:
        bound = recorded.one(STAGE).options.hooks
        return [hook.name for hook in bound.on_error or []] if bound else []

    assert hooks(dev) == ["api-rest-log-role"]
    assert hooks(cached) == []


def test_prod_is_behind_a_web_acl_and_dev_is_not(dev: Recorder, prod: Recorder) -> None:
    assert prod.one("WebAclAssociation").inputs == {
        "resourceArn": "arn:aws:::api-rest-stage",
        "webAclArn": "arn:aws:::api-acl-acl",
    }
    assert dev.of("WebAclAssociation") == []


def test_the_web_acls_rate_limit_is_a_setting(cached: Recorder) -> None:
    rules = {
        one["name"]: one
        for one in cached.one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
        if "name" in one
    }

    assert rules["RateByAddress"]["statement"]["rateBasedStatement"]["limit"] == 300
