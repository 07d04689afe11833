"""The serverless API: users, table, functions and the REST API before them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.api.cursor_key import CursorKey, CursorKeyArgs
from components.api.identity import Identity, IdentityArgs
from components.api.rest_api import RestApi, RestApiArgs
from components.api.settings import ApiSettings
from components.api.table import Table, TableArgs
from components.shared.environment import Environment
from components.shared.function import ARCHITECTURE, RUNTIME, Function, FunctionArgs
from components.shared.function_settings import FunctionSettings
from components.shared.lambda_code import function_code, layer_code
from components.shared.policy import Statement
from components.shared.tagging import component_tag
from handlers.common.facts import Variable

AUTHORIZER_TIMEOUT_SECONDS = 10
# What each function does with the table, by its name in the table of routes.
TABLE_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "users": ("GetItem", "PutItem", "UpdateItem", "Query"),
    "products": ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"),
    "orders": ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "Query"),
}
DESCRIPTIONS: Mapping[str, str] = {
    "users": "Handle user operations",
    "products": "Handle product operations",
    "orders": "Handle order operations",
}
# Deleting a profile also closes the account it belongs to.
USER_POOL_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "users": ("cognito-idp:AdminDisableUser", "cognito-idp:AdminUserGlobalSignOut"),
}


@dataclass(frozen=True, kw_only=True)
class ApiArgs:
    """What the API is made from.

    Attributes:
        environment: the environment it belongs to; its name is the stage's.
        settings: the stack's `api` settings.
        functions: the stack's `functions` settings.
        kms_key_arn: the key that encrypts the table and the cursor keys.
    """

    environment: Environment
    settings: ApiSettings
    functions: FunctionSettings
    kms_key_arn: pulumi.Input[str]


class Api(pulumi.ComponentResource):
    """The API of one environment.

    Creates the Cognito pool, the DynamoDB table, the key that signs cursors, the Lambda layer, the
    functions users, products, orders and authorizer, the REST API, and a web ACL when asked for.
    """

    identity: Identity
    table: Table
    functions: Mapping[str, Function]
    layer_arn: pulumi.Output[str]
    rest_api: RestApi
    web_acl_name: pulumi.Output[str] | None = None
    outputs: Mapping[str, pulumi.Input[object]]

    def __init__(
        self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(
            "aws-platform:api:Api",
            name,
            None,
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(transforms=[component_tag("api")]), opts
            ),
        )
        self._name = name
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        self.identity = Identity(
            f"{name}-identity",
            IdentityArgs(
                user_pool_name=f"{args.environment.prefix}-users",
                deletion_protection=args.environment.deletion_protection,
            ),
            child,
        )
        self.table = Table(
            f"{name}-table",
            TableArgs(
                table_name=f"{args.environment.prefix}-table",
                kms_key_arn=args.kms_key_arn,
                deletion_protection=args.environment.deletion_protection,
            ),
            child,
        )
        cursor_key = CursorKey(
            f"{name}-cursor-key",
            CursorKeyArgs(
                secret_name=f"{args.environment.prefix}/cursor-keys",
                version=args.settings.cursor_key_version,
                kms_key_arn=args.kms_key_arn,
                deletion_protection=args.environment.deletion_protection,
            ),
            child,
        )
        layer = aws.lambda_.LayerVersion(
            f"{name}-layer",
            layer_name=f"{args.environment.prefix}-common",
            description="Common utilities and dependencies",
            code=layer_code(),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            opts=child,
        )
        self.layer_arn = layer.arn
        route_functions = {
            key: self._route_function(key, cursor_key.secret_arn) for key in TABLE_ACTIONS
        }
        authorizer = self._authorizer()
        self.functions = {**route_functions, "authorizer": authorizer}
        self.rest_api = RestApi(
            f"{name}-rest",
            RestApiArgs(
                name_prefix=args.environment.prefix,
                stage_name=args.environment.name,
                partition=args.environment.partition,
                settings=args.settings,
                functions=route_functions,
                authorizer=authorizer,
                log_retention_days=args.environment.log_retention_days,
            ),
            child,
        )
        if args.settings.web_acl:
            self.web_acl_name = self._web_acl()
        self.outputs = {
            "apiUrl": self.rest_api.url,
            "apiKey": self.rest_api.api_key,
            "apiKeyId": self.rest_api.api_key_id,
            "userPoolId": self.identity.user_pool_id,
            "userPoolClientId": self.identity.client_id,
            "tableName": self.table.table_name,
        }
        self.register_outputs(dict(self.outputs))

    def _route_function(self, key: str, cursor_secret_arn: pulumi.Output[str]) -> Function:
        args = self._args
        statements: list[Statement] = [
            {
                "Sid": "Table",
                "Effect": "Allow",
                "Action": [f"dynamodb:{action}" for action in TABLE_ACTIONS[key]],
                "Resource": [self.table.table_arn, self.table.index_arn],
            },
            {
                "Sid": "CursorKey",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": cursor_secret_arn,
            },
        ]
        if key in USER_POOL_ACTIONS:
            statements.append(
                {
                    "Sid": "UserPool",
                    "Effect": "Allow",
                    "Action": list(USER_POOL_ACTIONS[key]),
                    "Resource": self.identity.user_pool_arn,
                }
            )
        return Function(
            f"{self._name}-{key}",
            FunctionArgs(
                function_name=f"{args.environment.prefix}-{key}",
                description=DESCRIPTIONS[key],
                handler=f"handlers.{key}.api.lambda_handler",
                code=function_code(key),
                layers=[self.layer_arn],
                environment={
                    Variable.TABLE_NAME: self.table.table_name,
                    Variable.USER_POOL_ID: self.identity.user_pool_id,
                    Variable.CURSOR_SECRET_ARN: cursor_secret_arn,
                    Variable.CORS_ORIGINS: ",".join(args.settings.cors_origins),
                },
                statements=statements,
                memory_mb=args.functions.memory_size,
                log_retention_days=args.environment.log_retention_days,
                log_level=args.functions.log_level,
                reserved_concurrency=args.settings.reserved_concurrency or None,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _authorizer(self) -> Function:
        args = self._args
        return Function(
            f"{self._name}-authorizer",
            FunctionArgs(
                function_name=f"{args.environment.prefix}-authorizer",
                description="Custom API Gateway authorizer",
                handler="handlers.authorizer.function.lambda_handler",
                code=function_code("authorizer"),
                layers=[self.layer_arn],
                environment={
                    Variable.USER_POOL_ID: self.identity.user_pool_id,
                    Variable.USER_POOL_CLIENT_ID: self.identity.client_id,
                },
                memory_mb=args.functions.memory_size,
                timeout_seconds=AUTHORIZER_TIMEOUT_SECONDS,
                log_retention_days=args.environment.log_retention_days,
                log_level=args.functions.log_level,
                reserved_concurrency=args.settings.reserved_concurrency or None,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _web_acl(self) -> pulumi.Output[str]:
        # Imported where it is asked for: WAF's classes take longer to load than all the others.
        from components.api.web_acl import WebAcl, WebAclArgs

        acl = WebAcl(
            f"{self._name}-acl",
            WebAclArgs(
                acl_name=f"{self._args.environment.prefix}-api",
                stage_arn=self.rest_api.stage_arn,
                rate_limit=self._args.settings.web_acl_rate_limit,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        return acl.name
