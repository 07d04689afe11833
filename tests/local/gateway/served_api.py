"""The contract's body as a deployed stage, functions made for tests behind it, and a client."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract.deployed import deployed_body
from local.functions.configuration import FunctionConfiguration, split_arn
from local.functions.functions import Functions
from local.gateway.deployed_api import ApiKey, DeployedApi
from local.rest_api.body import parse_body

ECHO = """
import json, os, time

def lambda_handler(event, context):
    do = (event["queryStringParameters"] or {}).get("do", "")
    print("called", event["path"])
    if do == "crash":
        os._exit(3)
    if do == "hang":
        time.sleep(60)
    if do == "raise":
        raise ValueError("no")
    if do.startswith("return "):
        return json.loads(do.removeprefix("return "))
    return {"statusCode": 200, "body": json.dumps(event)}
"""
AUTHORIZER = """
def lambda_handler(event, context):
    token = event["headers"]["Authorization"].removeprefix("Bearer ")
    print("asked", token)
    if token == "unknown":
        raise Exception("Unauthorized")
    if token == "outage":
        raise RuntimeError("the keys can't be had")
    if token == "odd":
        return {"principalId": "p"}
    # A value of the context is text, number or boolean.
    odd = {"list": {"groups": ["admin"]}, "object": {"groups": {}}, "array-of-contexts": [{}]}
    effect = "Deny" if token == "denied" else "Allow"
    stage = "/".join(event["methodArn"].split("/")[:2])
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": stage + "/*"}
    return {
        "principalId": token,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": odd.get(token, {"sub": token, "level": 3, "trusted": True}),
    }
"""
KEY = ApiKey(id="key-id", value="the-key")
SIGNED_IN = {"Authorization": "Bearer good", "x-api-key": KEY.value}
FUNCTION_TIMEOUT_SECONDS = 2.0
INTEGRATION_TIMEOUT_MS = 700


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Sends requests to a gateway."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.address = urlsplit(url)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request; the path is below the stage and sent as it is."""
        return self.at_origin(method, self.address.path + path, headers=headers, body=body)

    def at_origin(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection(self.address.netloc, timeout=30)
        try:
            connection.request(method, target, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()


def write_functions(code: Path) -> None:
    """Write the handlers below a folder."""
    for name, text in (("echo", ECHO), ("doorkeeper", AUTHORIZER)):
        (code / "handlers" / name).mkdir(parents=True)
        (code / "handlers" / name / "function.py").write_text(text)


def configuration(arn: str) -> FunctionConfiguration:
    name, _ = split_arn(arn)
    module = "doorkeeper" if name == "authorizer" else "echo"
    return FunctionConfiguration(
        name=name,
        handler=f"handlers.{module}.function.lambda_handler",
        timeout_seconds=FUNCTION_TIMEOUT_SECONDS,
    )


def api_of(origins: tuple[str, ...] = ("*",), ttl_seconds: int = 300) -> DeployedApi:
    """The contract's body as a deployed stage."""

    def uri(name: str) -> str:
        return (
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            f"arn:aws:lambda:us-east-1:123456789012:function:{name}:live/invocations"
        )

    body = deployed_body(
        title="test",
        function_uris={name: uri(name) for name in ("users", "products", "orders")},
        authorizer_uri=uri("authorizer"),
        authorizer_ttl_seconds=ttl_seconds,
        cors_origins=origins,
    )
    for operations in body["paths"].values():  # type: ignore[union-attr]
        for operation in operations.values():
            integration = operation["x-amazon-apigateway-integration"]
            if integration["type"] == "aws_proxy":
                integration["timeoutInMillis"] = INTEGRATION_TIMEOUT_MS
    return DeployedApi(
        id="abc123",
        stage="dev",
        deployment_id="dep1",
        body=parse_body(json.dumps(body)),
        resource_ids={"/v1/orders": "res1"},
        keys=(KEY,),
    )


def calls(functions: Functions, line: str, expected: int) -> int:
    """How often a function wrote a line, once that has had time to become what is expected."""

    def count() -> int:
        return sum(one.text == line for one in functions.logs.after())

    deadline = time.monotonic() + 2
    while count() < expected and time.monotonic() < deadline:
        time.sleep(0.01)
    # What should not come would come now.
    time.sleep(0.05)
    return count()
