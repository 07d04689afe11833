"""What the tests of several Lambda types deploy."""

import json
from typing import Any

import pulumi

from local.provider.aws.lambda_.function import Function
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy


def code(text: str = "def lambda_handler(event, context): ...") -> pulumi.Archive:
    return pulumi.AssetArchive({"handlers/users/api.py": pulumi.StringAsset(text)})


CODE = code()
ASSUME = json.dumps({"Version": "2012-10-17", "Statement": []})


def function(aws: Connection, **changes: Any) -> Deployed:
    inputs: dict[str, Any] = {
        "name": "users",
        "role": _role(aws),
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


def queue(aws: Connection, visibility: int) -> str:
    aws.client("sqs").create_queue(
        QueueName="orders", Attributes={"VisibilityTimeout": str(visibility)}
    )
    return "arn:aws:sqs:us-east-1:123456789012:orders"


def _role(aws: Connection) -> str:
    iam = aws.client("iam")
    if not any(item["RoleName"] == "users" for item in iam.list_roles()["Roles"]):
        iam.create_role(RoleName="users", AssumeRolePolicyDocument=ASSUME)
    return "arn:aws:iam::123456789012:role/users"
