"""A REST API of the body that the platform deploys, for the tests of what belongs to one."""

import json
from typing import Any

from contract.deployed import deployed_body
from local.provider.aws.apigateway.rest_api import RestApi
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import Deployed, deploy

FUNCTIONS = ("users", "products", "orders", "authorizer")


def rest_api(aws: Connection, **changes: Any) -> Deployed:
    functions(aws)
    inputs: dict[str, Any] = {
        "name": "serverless-api",
        "description": "Serverless API",
        "body": json.dumps(body()),
        "endpointConfiguration": {"types": "REGIONAL"},
    }
    return deploy(aws, RestApi(), **{**inputs, **changes})


def functions(aws: Connection) -> None:
    """The functions that the body calls."""
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    for name in FUNCTIONS:
        aws.client("lambda").create_function(
            FunctionName=name,
            Role="arn:aws:iam::123456789012:role/r",
            Runtime="python3.13",
            Handler="a.b",
            Code={"ZipFile": b"zip"},
        )


def body(**changes: Any) -> dict[str, Any]:
    document = deployed_body(
        title="api",
        function_uris={name: function_uri(name) for name in FUNCTIONS},
        authorizer_uri=function_uri("authorizer"),
        authorizer_ttl_seconds=300,
        cors_origins=["*"],
    )
    return {**json.loads(json.dumps(document)), **changes}


def function_uri(name: str) -> str:
    return (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:123456789012:function:{name}/invocations"
    )
