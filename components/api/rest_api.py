"""The REST API on API Gateway: one OpenAPI body, one stage, one usage plan."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.api.log_role import log_role_is_missing
from components.api.settings import ApiSettings
from components.shared.function import Function
from components.shared.policy import assume_role_policy
from contract.deployed import deployed_body
from contract.gateway_methods import cached_method_paths, public_method_paths

AUTHORIZER_TTL_SECONDS = 300
# API Gateway Developer Guide, "Variables for access logging for API Gateway".
ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "extendedRequestId": "$context.extendedRequestId",
    "ip": "$context.identity.sourceIp",
    "caller": "$context.identity.caller",
    "user": "$context.identity.user",
    "requestTime": "$context.requestTime",
    "httpMethod": "$context.httpMethod",
    "resourcePath": "$context.resourcePath",
    "status": "$context.status",
    "protocol": "$context.protocol",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationLatency": "$context.integrationLatency",
    "integrationRequestId": "$context.integration.requestId",
    "integrationStatus": "$context.integration.status",
    "integrationError": "$context.integration.error",
    "authorizerError": "$context.authorizer.error",
    "errorType": "$context.error.responseType",
    "sub": "$context.authorizer.sub",
    "apiKeyId": "$context.identity.apiKeyId",
    "xrayTraceId": "$context.xrayTraceId",
}


@dataclass(frozen=True, kw_only=True)
class RestApiArgs:
    """What a REST API is made from.

    Attributes:
        name_prefix: `<project>-<stack>`, the beginning of physical names.
        stage_name: name of the stage, which is the environment's.
        partition: the AWS partition.
        settings: the stack's `api` settings.
        functions: the functions behind the routes, by their name in the table of routes.
        authorizer: the authorizer function.
        log_retention_days: retention of access and execution logs in days.
    """

    name_prefix: str
    stage_name: str
    partition: str
    settings: ApiSettings
    functions: Mapping[str, Function]
    authorizer: Function
    log_retention_days: int


class RestApi(pulumi.ComponentResource):
    """The deployed API.

    Creates the REST API from the contract's body, the right of API Gateway to invoke each
    function, the deployment, the stage with access and execution logs, the method settings, the
    usage plan with one API key, and, where the settings say so, API Gateway's log role of the
    account and region.
    """

    api_id: pulumi.Output[str]
    api_name: str
    stage_name: str
    stage_arn: pulumi.Output[str]
    access_log_group_name: pulumi.Output[str]
    url: pulumi.Output[str]
    api_key_id: pulumi.Output[str]
    api_key: pulumi.Output[str]

    def __init__(
        self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("aws-platform:api:RestApi", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.api_name = f"{args.name_prefix}-api"
        self.stage_name = args.stage_name
        body = self._body()
        api = aws.apigateway.RestApi(
            f"{name}-api",
            name=self.api_name,
            description="Serverless API with Lambda and DynamoDB",
            body=body,
            endpoint_configuration={"types": "REGIONAL"},
            opts=self._child,
        )
        self._allow_invocations(api)
        deployment = aws.apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            description="The body whose hash is in the triggers",
            triggers={"body": body.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
            opts=self._child,
        )
        stage = self._stage(api, deployment)
        self._method_settings(api, stage)
        key = self._usage_plan(api, stage)
        self.api_id = api.id
        self.stage_arn = stage.arn
        self.url = stage.invoke_url
        self.api_key_id = key.id
        self.api_key = pulumi.Output.secret(key.value)
        self.register_outputs({"apiId": self.api_id, "url": self.url})

    def _body(self) -> pulumi.Output[str]:
        args = self._args
        uris = {key: function.invoke_arn for key, function in args.functions.items()}

        def body(resolved: Mapping[str, Any]) -> str:
            document = deployed_body(
                title=self.api_name,
                function_uris=resolved["functions"],
                authorizer_uri=resolved["authorizer"],
                authorizer_ttl_seconds=AUTHORIZER_TTL_SECONDS,
                cors_origins=args.settings.cors_origins,
            )
            return json.dumps(document, sort_keys=True)

        return pulumi.Output.all(
            functions=pulumi.Output.all(**uris), authorizer=args.authorizer.invoke_arn
        ).apply(body)

    def _allow_invocations(self, api: aws.apigateway.RestApi) -> None:
        callers = {
            **{
                key: (function, f"/*/*/v1/{key}*") for key, function in self._args.functions.items()
            },
            "authorizer": (self._args.authorizer, "/authorizers/*"),
        }
        for key, (function, path) in callers.items():
            aws.lambda_.Permission(
                f"{self._name}-invoke-{key}",
                action="lambda:InvokeFunction",
                principal="apigateway.amazonaws.com",
                function=function.function_name,
                qualifier=function.alias_name,
                source_arn=pulumi.Output.concat(api.execution_arn, path),
                opts=self._child,
            )

    def _stage(
        self, api: aws.apigateway.RestApi, deployment: aws.apigateway.Deployment
    ) -> aws.apigateway.Stage:
        args, settings = self._args, self._args.settings
        access_logs = aws.cloudwatch.LogGroup(
            f"{self._name}-access-logs",
            name=f"/aws/apigateway/{args.name_prefix}-access",
            retention_in_days=args.log_retention_days,
            opts=self._child,
        )
        self.access_log_group_name = access_logs.name
        # API Gateway makes this group itself at the first request, without retention.
        execution_logs = aws.cloudwatch.LogGroup(
            f"{self._name}-execution-logs",
            name=pulumi.Output.concat("API-Gateway-Execution-Logs_", api.id, "/", args.stage_name),
            retention_in_days=args.log_retention_days,
            opts=self._child,
        )
        needed: list[pulumi.Resource] = [execution_logs]
        hooks = None
        if settings.owns_account_role:
            needed.append(self._account_role())
        else:
            hooks = log_role_is_missing(self._name)
        return aws.apigateway.Stage(
            f"{self._name}-stage",
            rest_api=api.id,
            deployment=deployment.id,
            stage_name=args.stage_name,
            description=f"The {args.stage_name} environment",
            access_log_settings={
                "destination_arn": access_logs.arn,
                "format": json.dumps(ACCESS_LOG_FIELDS),
            },
            cache_cluster_enabled=settings.cache_enabled,
            cache_cluster_size=f"{settings.cache_size:g}" if settings.cache_enabled else None,
            xray_tracing_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed, hooks=hooks),
        )

    def _account_role(self) -> aws.apigateway.Account:
        # One of these per account and region serves every API there, so neither goes with the
        # stack that happened to make it.
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        role = aws.iam.Role(
            f"{self._name}-account-logs",
            description="Lets API Gateway write logs, for all APIs of the region",
            assume_role_policy=assume_role_policy("apigateway.amazonaws.com"),
            opts=kept,
        )
        attachment = aws.iam.RolePolicyAttachment(
            f"{self._name}-account-logs",
            role=role.name,
            policy_arn=(
                f"arn:{self._args.partition}:iam::aws:policy/service-role"
                "/AmazonAPIGatewayPushToCloudWatchLogs"
            ),
            opts=kept,
        )
        return aws.apigateway.Account(
            f"{self._name}-account",
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions(
                parent=self, retain_on_delete=True, depends_on=[attachment]
            ),
        )

    def _method_settings(self, api: aws.apigateway.RestApi, stage: aws.apigateway.Stage) -> None:
        settings = self._args.settings
        common = {
            "metrics_enabled": True,
            "logging_level": "INFO",
            "data_trace_enabled": settings.data_trace,
        }
        everywhere = {
            **common,
            "throttling_rate_limit": settings.throttling_rate_limit,
            "throttling_burst_limit": settings.throttling_burst_limit,
            # A stage-wide cache would serve one user's orders to another.
            "caching_enabled": False,
        }
        public = {
            **common,
            "throttling_rate_limit": settings.public_rate_limit,
            "throttling_burst_limit": settings.public_burst_limit,
            "caching_enabled": False,
        }
        cached = {
            "caching_enabled": True,
            "cache_ttl_in_seconds": settings.cache_ttl_seconds,
            "cache_data_encrypted": True,
            "require_authorization_for_cache_control": True,
            "unauthorized_cache_control_header_strategy": "SUCCEED_WITHOUT_RESPONSE_HEADER",
        }
        cached_paths = cached_method_paths() if settings.cache_enabled else []
        by_path: dict[str, Any] = {
            "*/*": everywhere,
            **{
                path: {**public, **(cached if path in cached_paths else {})}
                for path in public_method_paths()
            },
        }
        # One after the other, the stage's own first: API Gateway refuses changes of a stage that
        # come at the same time (terraform-provider-aws, issue 483).
        before: list[pulumi.Resource] = []
        for path, method_settings in by_path.items():
            one = aws.apigateway.MethodSettings(
                f"{self._name}-settings-{path.replace('~1', '-').replace('/', '-').lstrip('-')}",
                rest_api=api.id,
                stage_name=stage.stage_name,
                method_path=path,
                settings=method_settings,
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before = [one]

    def _usage_plan(
        self, api: aws.apigateway.RestApi, stage: aws.apigateway.Stage
    ) -> aws.apigateway.ApiKey:
        args, settings = self._args, self._args.settings
        plan = aws.apigateway.UsagePlan(
            f"{self._name}-plan",
            name=f"{args.name_prefix}-plan",
            description="Limits for each API key",
            api_stages=[{"api_id": api.id, "stage": stage.stage_name}],
            throttle_settings={
                "rate_limit": settings.throttling_rate_limit,
                "burst_limit": settings.throttling_burst_limit,
            },
            quota_settings={"limit": settings.quota_per_day, "period": "DAY"}
            if settings.quota_per_day
            else None,
            opts=self._child,
        )
        key = aws.apigateway.ApiKey(
            f"{self._name}-key",
            name=f"{args.name_prefix}-key",
            description="The first key of the usage plan",
            opts=self._child,
        )
        aws.apigateway.UsagePlanKey(
            f"{self._name}-plan-key",
            usage_plan_id=plan.id,
            key_id=key.id,
            key_type="API_KEY",
            opts=self._child,
        )
        return key
