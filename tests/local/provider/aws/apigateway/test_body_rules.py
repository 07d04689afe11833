"""What API Gateway refuses of a body."""

import json
from copy import deepcopy
from typing import Any

import pytest

from contract.deployed import deployed_body
from local.provider.aws.apigateway.body_rules import body_errors, path_errors


def uri(name: str) -> str:
    return (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:123456789012:function:{name}:live/invocations"
    )


def body() -> dict[str, Any]:
    """The body that the platform deploys."""
    document = deployed_body(
        title="api",
        function_uris={name: uri(name) for name in ("users", "products", "orders")},
        authorizer_uri=uri("authorizer"),
        authorizer_ttl_seconds=300,
        cors_origins=["https://a.example", "https://b.example"],
    )
    return json.loads(json.dumps(document))


def errors(document: dict[str, Any]) -> str:
    return "\n".join(body_errors(json.dumps(document)))


def test_the_deployed_body_is_taken() -> None:
    assert errors(body()) == ""


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["/v1/products/{id}", "/v1/products/{proxy+}"], "already has a variable path part"),
        (["/users/{a}/x", "/users/{b}/y"], "already has a variable path part"),
        (["/{proxy+}/more"], "must be the last part"),
        (["/a b"], "path part only allow"),
        (["/a{id}"], "path part only allow"),
        (["/{id}/x/{id}"], "stands twice"),
        (["users"], "must begin with /"),
        ([f"/p{number}" for number in range(301)], "at most 300"),
    ],
)
def test_paths_that_api_gateway_refuses_are_refused(paths: list[str], reason: str) -> None:
    assert reason in "\n".join(path_errors({path: {} for path in paths}))


def test_literal_siblings_beside_one_variable_are_taken() -> None:
    paths = ("/", "/v1/users", "/v1/users/{userId}", "/v1/users/me", "/v1/orders/{proxy+}")
    assert list(path_errors(dict.fromkeys(paths))) == []


def set_in(document: Any, path: list[str], value: Any) -> dict[str, Any]:
    changed = deepcopy(document)
    place = changed
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


INTEGRATION = "x-amazon-apigateway-integration"
PREFLIGHT = ["paths", "/v1/users", "options"]
LISTING = ["paths", "/v1/users", "get"]
AUTHORIZER = ["components", "securitySchemes", "authorizer", "x-amazon-apigateway-authorizer"]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["openapi"], "3.1.0", "OpenAPI 3.0"),
        ([*LISTING, INTEGRATION], None, "No integration defined"),
        ([*LISTING, INTEGRATION, "timeoutInMillis"], 29_001, "Timeout should be between"),
        ([*LISTING, INTEGRATION, "httpMethod"], "GET", "httpMethod POST"),
        ([*LISTING, INTEGRATION, "uri"], "https://example.com", "path or action"),
        (
            [*LISTING, INTEGRATION, "cacheKeyParameters"],
            ["method.request.querystring.nothing"],
            "Invalid cache key parameter",
        ),
        ([*LISTING, "security"], [{"nobody": []}], "nobody is not defined"),
        ([*LISTING, "x-amazon-apigateway-request-validator"], "none", "none is not defined"),
        (
            [*LISTING, "parameters"],
            [{"name": "a b", "in": "query"}],
            "should match the following regular expression",
        ),
        ([*PREFLIGHT, INTEGRATION, "requestTemplates"], None, "requestTemplates"),
        (
            [*PREFLIGHT, INTEGRATION, "requestTemplates"],
            {"application/json": "{}"},
            "gives no statusCode",
        ),
        ([*PREFLIGHT, INTEGRATION, "responses"], None, "No integration response"),
        ([*PREFLIGHT, "responses"], {}, "Invalid response status code"),
        ([*PREFLIGHT, "responses", "204", "headers"], {}, "declares no such header"),
        ([*AUTHORIZER, "authorizerUri"], "x", "Invalid Authorizer URI"),
        ([*AUTHORIZER, "authorizerResultTtlInSeconds"], 3601, "0 to 3600"),
        ([*AUTHORIZER, "identitySource"], None, "needs an identitySource"),
        (["components", "schemas", "Json-Object"], {}, "must be alphanumeric"),
        (["x-amazon-apigateway-gateway-responses", "NO_SUCH"], {}, "unknown type"),
    ],
)
def test_what_api_gateway_refuses_of_a_body_is_refused(
    path: list[str], value: Any, reason: str
) -> None:
    assert reason in errors(set_in(body(), path, value))


def test_a_body_that_is_no_json_is_refused() -> None:
    assert "no YAML" in "\n".join(body_errors("openapi: 3.0.1"))
