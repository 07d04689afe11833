"""The events that API Gateway calls functions with.

Shape: "Input format of a Lambda function for proxy integration" and "Input to an API Gateway Lambda
authorizer" of the API Gateway developer guide. What it leaves open is as real events have it, such
as LocalStack recorded for its test `test_lambda_aws_proxy_integration`: the last of several values
stands in the single-value maps, empty maps are null, the path and its parameters are undecoded, and
Content-Length and Connection are not handed on.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from local.gateway.api_request import ApiRequest
from local.gateway.binary import is_binary
from local.gateway.deployed_api import ApiKey, DeployedApi
from local.gateway.routing import Match

_NOT_HANDED_ON = frozenset({"content-length", "connection"})
_IDENTITY = (
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "sourceIp",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "userAgent",
    "user",
)


def proxy_event(
    api: DeployedApi,
    request: ApiRequest,
    match: Match,
    *,
    authorizer: Mapping[str, str] | None = None,
    key: ApiKey | None = None,
) -> dict[str, Any]:
    """The event of a Lambda proxy integration.

    Args:
        api: the deployed stage.
        request: the request.
        match: the method that takes it.
        authorizer: what the authorizer said; None where the method has none.
        key: the API key it was sent with, where the method needs one.
    """
    binary = is_binary(request.media_type, api.body.binary_media_types)
    body = request.http.body
    # Bytes that are no UTF-8 become U+FFFD where the media type is not declared binary.
    text = base64.b64encode(body).decode() if binary else body.decode("utf-8", "replace")
    return {
        **_common(api, request, match, authorizer, key),
        "body": text if body else None,
        "isBase64Encoded": bool(body) and binary,
    }


def authorizer_event(
    api: DeployedApi, request: ApiRequest, match: Match, method_arn: str
) -> dict[str, Any]:
    """The event of a REQUEST authorizer; arguments as for `proxy_event`."""
    return {
        "type": "REQUEST",
        "methodArn": method_arn,
        **_common(api, request, match, None, None),
    }


def _common(
    api: DeployedApi,
    request: ApiRequest,
    match: Match,
    authorizer: Mapping[str, str] | None,
    key: ApiKey | None,
) -> dict[str, Any]:
    headers = _headers(request)
    return {
        "resource": match.resource,
        "path": request.path,
        "httpMethod": request.http.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in request.query_values.items()}
        or None,
        "multiValueQueryStringParameters": dict(request.query_values) or None,
        "pathParameters": dict(match.parameters) or None,
        "stageVariables": dict(api.stage_variables) or None,
        "requestContext": request_context(api, request, match, authorizer=authorizer, key=key),
    }


def _headers(request: ApiRequest) -> dict[str, list[str]]:
    headers = {
        name: values
        for name, values in request.headers.items()
        if name.lower() not in _NOT_HANDED_ON
    }
    host = request.header("Host") or ""
    added = {
        "X-Amzn-Trace-Id": f"Root={request.trace_root}",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": host.rpartition(":")[2] if ":" in host else "80",
        "X-Forwarded-Proto": "http",
    }
    kept = {name for name in headers if name.title() in added}
    return {name: values for name, values in headers.items() if name not in kept} | {
        name: [value] for name, value in added.items()
    }


def request_context(
    api: DeployedApi,
    request: ApiRequest,
    match: Match,
    *,
    authorizer: Mapping[str, str] | None = None,
    key: ApiKey | None = None,
) -> dict[str, Any]:
    """The event's `requestContext`, which is `$context` too; arguments as for `proxy_event`."""
    identity: dict[str, Any] = dict.fromkeys(_IDENTITY)
    identity |= {"sourceIp": "127.0.0.1", "userAgent": request.header("User-Agent")}
    if key:
        identity |= {"apiKey": key.value, "apiKeyId": key.id}
    context: dict[str, Any] = {
        "resourceId": api.resource_ids.get(match.resource, ""),
        "resourcePath": match.resource,
        "httpMethod": request.http.method,
        "extendedRequestId": request.extended_id,
        "requestTime": request.request_time,
        "path": request.stage_path,
        "accountId": api.account_id,
        "protocol": f"HTTP/{request.http.version}",
        "stage": api.stage,
        "domainPrefix": api.id,
        "requestTimeEpoch": int(request.time * 1000),
        "requestId": request.id,
        "identity": identity,
        "domainName": f"{api.id}.execute-api.{api.region}.amazonaws.com",
        "deploymentId": api.deployment_id,
        "apiId": api.id,
    }
    if authorizer is not None:
        context["authorizer"] = dict(authorizer)
    return context
