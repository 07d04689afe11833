"""A deployed stage with all of its settings, for the tests of what belongs to one."""

import json
from typing import Any

from local.provider.aws.apigateway.deployment import Deployment
from local.provider.aws.apigateway.stage import Stage
from local.provider.connection import Connection
from tests.local.provider.aws.apigateway.rest_apis import rest_api
from tests.local.provider.aws.lifecycle import Deployed, deploy

LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:access"


def stage(aws: Connection, **changes: Any) -> Deployed:
    api = rest_api(aws)
    inputs: dict[str, Any] = {
        "restApi": api.id,
        "deployment": deployment(aws, api).id,
        "stageName": "prod",
        "description": "The prod environment",
        "accessLogSettings": {
            "destinationArn": LOGS,
            "format": json.dumps({"requestId": "$context.requestId"}),
        },
        "cacheClusterEnabled": True,
        "cacheClusterSize": "0.5",
        "xrayTracingEnabled": True,
        "variables": {"colour": "blue"},
        "tagsAll": {"Project": "p"},
    }
    return deploy(aws, Stage(), **{**inputs, **changes})


def deployment(aws: Connection, api: Deployed) -> Deployed:
    return deploy(aws, Deployment(), restApi=api.id, description="body", triggers={"body": "hash"})


def found_stage(aws: Connection, deployed: Deployed) -> dict[str, Any]:
    return aws.client("apigateway").get_stage(
        restApiId=deployed.inputs["restApi"], stageName="prod"
    )
