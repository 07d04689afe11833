from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from contract.deployed import deployed_body
from contract.gateway_methods import gateway_methods, gateway_shape

ROOT = Path(__file__).resolve().parents[2]
LIST = ["https://shop.example.com", "https://admin.example.com"]


def body(cors_origins: Sequence[str] = ("*",), **changes: Any) -> Any:
    uris = {name: f"uri of {name}" for name in ("users", "products", "orders")}
    arguments: dict[str, Any] = {
        "title": "aws-platform-dev-api",
        "function_uris": uris,
        "authorizer_uri": "uri of the authorizer",
        "authorizer_ttl_seconds": 300,
        "cors_origins": cors_origins,
        **changes,
    }
    return json.loads(json.dumps(deployed_body(**arguments)))


def operation(document: Any, path: str, method: str) -> Any:
    name = "x-amazon-apigateway-any-method" if method == "ANY" else method.lower()
    return document["paths"][path][name]


def integration(document: Any, path: str, method: str) -> Any:
    return operation(document, path, method)["x-amazon-apigateway-integration"]


def test_every_method_of_the_table_is_deployed_and_no_other() -> None:
    names = {"x-amazon-apigateway-any-method": "ANY"}
    deployed = {
        path: {names.get(name, name.upper()) for name in operations}
        for path, operations in body()["paths"].items()
    }
    assert deployed == {path: set(methods) for path, methods in gateway_shape().items()}


def test_equal_arguments_give_equal_bodies() -> None:
    """The deployment is replaced when the body's hash changes."""
    assert json.dumps(body(LIST)) == json.dumps(body(LIST))


def test_functions_are_called_through_proxy_integrations_with_post() -> None:
    document = body()
    for method in gateway_methods():
        if method.function is None:
            continue
        found = integration(document, method.path, method.method)
        assert (found["type"], found["httpMethod"]) == ("aws_proxy", "POST")
        assert found["uri"] == f"uri of {method.function}"
        assert found["timeoutInMillis"] == 29_000


def test_signed_in_methods_need_token_and_key_and_public_ones_neither() -> None:
    document = body()
    for method in gateway_methods():
        expected = [] if method.public else [{"authorizer": [], "api_key": []}]
        assert operation(document, method.path, method.method)["security"] == expected
    for path in document["paths"]:
        assert document["paths"][path]["options"]["security"] == []


def test_the_authorizer_takes_both_identity_sources() -> None:
    schemes = body()["components"]["securitySchemes"]
    assert schemes["api_key"] == {"type": "apiKey", "name": "x-api-key", "in": "header"}
    assert schemes["authorizer"]["x-amazon-apigateway-authorizer"] == {
        "type": "request",
        "authorizerUri": "uri of the authorizer",
        "authorizerResultTtlInSeconds": 300,
        "identitySource": ("method.request.header.Authorization, method.request.header.x-api-key"),
    }
    assert body()["x-amazon-apigateway-api-key-source"] == "HEADER"


@pytest.mark.parametrize("origins", [["*"], LIST])
def test_a_cached_answer_depends_on_everything_that_the_handler_reads(
    origins: list[str],
) -> None:
    read = _query_parameters_read_by("products")
    document = body(origins)
    declared: set[str] = set()
    for path in ("/v1/products", "/v1/products/{proxy+}"):
        found = operation(document, path, "GET")
        keys = set(found["x-amazon-apigateway-integration"]["cacheKeyParameters"])
        parameters = {
            ("querystring" if one["in"] == "query" else one["in"], one["name"])
            for one in found["parameters"]
        }
        assert keys == {f"method.request.{place}.{name}" for place, name in parameters}
        assert ("method.request.header.Origin" in keys) == (origins != ["*"])
        declared |= {name for place, name in parameters if place == "querystring"}
    assert declared == read
    assert (
        "method.request.path.proxy"
        in (integration(document, "/v1/products/{proxy+}", "GET")["cacheKeyParameters"])
    )


@pytest.mark.parametrize("function", ["users", "products", "orders"])
def test_the_table_names_the_query_parameters_that_each_function_reads(function: str) -> None:
    named = {name for one in gateway_methods() if one.function == function for name in one.query}
    assert named == _query_parameters_read_by(function)


def _query_parameters_read_by(function: str) -> set[str]:
    """Names given to `request.query(...)` in a function's code, and what a listing reads."""
    return _query_parameters_read_in(ROOT / "handlers" / function / "api.py")


def _query_parameters_read_in(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "page_size":
            names.add("limit")
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "listing.page":
            names |= _query_parameters_read_in(ROOT / "handlers" / "common" / "listing.py")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "query"
        ):
            names |= {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
    return names


def test_uncached_methods_name_no_cache_keys() -> None:
    document = body()
    for method in gateway_methods():
        if not method.cached:
            assert "cacheKeyParameters" not in integration(document, method.path, method.method)


def test_users_are_validated_before_their_function_runs() -> None:
    document = body()
    validators = document["x-amazon-apigateway-request-validators"]
    for path, method, validates_body in (
        ("/v1/users", "GET", False),
        ("/v1/users", "POST", True),
        ("/v1/users/{userId}", "PUT", True),
        ("/v1/users/{userId}", "DELETE", False),
    ):
        found = operation(document, path, method)
        validator = validators[found["x-amazon-apigateway-request-validator"]]
        assert validator == {
            "validateRequestParameters": True,
            "validateRequestBody": validates_body,
        }
        assert ("requestBody" in found) == validates_body


def test_every_path_variable_is_a_declared_parameter() -> None:
    for path, operations in body()["paths"].items():
        for found in operations.values():
            declared = {one["name"] for one in found.get("parameters", ()) if one["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\+?\}", path))


def test_health_is_answered_by_the_gateway_as_in_the_source() -> None:
    found = integration(body(), "/health", "GET")
    assert found["type"] == "mock"
    assert json.loads(found["requestTemplates"]["application/json"]) == {"statusCode": 200}
    answer = found["responses"]["default"]
    assert answer["statusCode"] == "200"
    assert json.loads(answer["responseTemplates"]["application/json"]) == {
        "status": "healthy",
        "timestamp": "$context.requestTime",
    }


@pytest.mark.parametrize(("origins", "allowed"), [(["*"], "*"), (LIST[:1], LIST[0])])
def test_preflights_of_one_origin_are_static(origins: list[str], allowed: str) -> None:
    for path in gateway_shape():
        answer = integration(body(origins), path, "OPTIONS")["responses"]["default"]
        parameters = answer["responseParameters"]
        assert parameters["method.response.header.Access-Control-Allow-Origin"] == f"'{allowed}'"
        assert answer["responseTemplates"] == {"application/json": ""}
        headers = parameters["method.response.header.Access-Control-Allow-Headers"]
        assert set(headers.strip("'").split(",")) == {
            "Content-Type",
            "X-Amz-Date",
            "Authorization",
            "X-Api-Key",
            "X-Amz-Security-Token",
            "Idempotency-Key",
            "If-Match",
        }


def test_preflights_of_several_origins_answer_the_one_that_asks() -> None:
    answer = integration(body(LIST), "/v1/orders", "OPTIONS")["responses"]["default"]
    template = answer["responseTemplates"]["application/json"]
    assert "$context.responseOverride.header.Access-Control-Allow-Origin = $origin" in template
    for origin in LIST:
        assert f'$origin == "{origin}"' in template
    assert answer["responseParameters"]["method.response.header.Vary"] == "'Origin'"


def test_mock_answers_declare_every_header_they_set() -> None:
    """API Gateway refuses an integration response whose header the method does not declare."""
    for origins in (["*"], LIST):
        for operations in body(origins)["paths"].values():
            for found in operations.values():
                mock = found["x-amazon-apigateway-integration"]
                if mock["type"] != "mock":
                    continue
                answer = mock["responses"]["default"]
                declared = found["responses"][answer["statusCode"]]["headers"]
                assert {
                    name.removeprefix("method.response.header.")
                    for name in answer["responseParameters"]
                } == set(declared)
