"""An OpenAPI body as the parts that API Gateway makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.rest_api.body import Method, RestApiBody, parse_body

AUTHORIZER = "x-amazon-apigateway-authorizer"
AUTHTYPE = "x-amazon-apigateway-authtype"
INTEGRATION = "x-amazon-apigateway-integration"
VALIDATOR = "x-amazon-apigateway-request-validator"
SCHEMES: dict[str, Any] = {
    "lambda": {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        AUTHTYPE: "custom",
        AUTHORIZER: {
            "type": "request",
            "authorizerUri": "uri",
            "authorizerCredentials": "role",
            "authorizerResultTtlInSeconds": 0,
            "identitySource": "method.request.header.Authorization",
            "unknown": "left out",
        },
    },
    "token": {
        "type": "apiKey",
        "name": "Auth",
        "in": "header",
        AUTHORIZER: {"type": "token", "authorizerUri": "uri", "identityValidationExpression": "x"},
    },
    "pool": {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        AUTHTYPE: "cognito_user_pools",
        AUTHORIZER: {"type": "cognito_user_pools", "providerARNs": ["arn"]},
    },
    "iam": {"type": "apiKey", "name": "Authorization", "in": "header", AUTHTYPE: "awsSigv4"},
    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    "basic": {"type": "http", "scheme": "basic"},
}


def parsed(operation: dict[str, Any] | None = None, /, **document: Any) -> RestApiBody:
    whole: dict[str, Any] = {"components": {"securitySchemes": SCHEMES}, **document}
    if operation is not None:
        whole["paths"] = {"/a": {"get": operation}}
    return parse_body(json.dumps(whole))


def method(operation: dict[str, Any], /, **document: Any) -> Method:
    return parsed(operation, **document).methods["/a", "GET"]


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_an_empty_body_has_no_parts(body: str | None) -> None:
    assert parse_body(body) == RestApiBody()


def test_a_body_that_is_no_json_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        parse_body("openapi: 3.0.1")


def test_every_verb_is_a_method_and_nothing_else() -> None:
    verbs = ["delete", "get", "head", "options", "patch", "post", "put"]
    names = [*verbs, "x-amazon-apigateway-any-method", "parameters", "summary", "trace"]
    body = parsed(paths={"/a": {name: {} for name in names}, "/b": {}})
    assert body.paths == ("/a", "/b")
    assert {verb for _, verb in body.methods} == {*map(str.upper, verbs), "ANY"}


def test_what_holds_for_the_whole_api() -> None:
    body = parsed(
        **{
            "info": {"description": "what it is for"},
            "x-amazon-apigateway-api-key-source": "AUTHORIZER",
            "x-amazon-apigateway-binary-media-types": ["image/*"],
            f"{VALIDATOR}s": {"v": {"validateRequestBody": True}, "w": {}},
        }
    )
    assert body.description == "what it is for"
    assert body.api_key_source == "AUTHORIZER"
    assert body.binary_media_types == ("image/*",)
    assert body.validators == {
        "v": {"validateRequestBody": True, "validateRequestParameters": False},
        "w": {"validateRequestBody": False, "validateRequestParameters": False},
    }


def test_authorizers_are_the_schemes_that_have_one() -> None:
    assert parsed().authorizers == {
        "lambda": {
            "type": "REQUEST",
            "authType": "custom",
            "authorizerCredentials": "role",
            "authorizerResultTtlInSeconds": 0,
            "authorizerUri": "uri",
            "identitySource": "method.request.header.Authorization",
        },
        "token": {
            "type": "TOKEN",
            "authorizerUri": "uri",
            "identityValidationExpression": "x",
            "identitySource": "method.request.header.Auth",
        },
        "pool": {
            "type": "COGNITO_USER_POOLS",
            "authType": "cognito_user_pools",
            "providerARNs": ["arn"],
        },
    }


@pytest.mark.parametrize(
    ("security", "kind", "authorizer", "needs_key"),
    [
        (None, "NONE", None, False),
        ([], "NONE", None, False),
        ([{"lambda": []}], "CUSTOM", "lambda", False),
        ([{"lambda": [], "key": []}], "CUSTOM", "lambda", True),
        ([{"key": []}, {"token": []}], "CUSTOM", "token", True),
        ([{"pool": []}], "COGNITO_USER_POOLS", "pool", False),
        ([{"iam": []}], "AWS_IAM", None, False),
        ([{"iam": [], "key": []}], "AWS_IAM", None, True),
        ([{"key": []}], "NONE", None, True),
        ([{"basic": []}], "NONE", None, False),
        ([{"unknown": []}], "NONE", None, False),
    ],
)
def test_security_says_who_may_call(
    security: Any, kind: str, authorizer: str | None, needs_key: bool
) -> None:
    found = method({} if security is None else {"security": security})
    assert found.parameters == {"authorizationType": kind, "apiKeyRequired": needs_key}
    assert found.authorizer == authorizer


def test_security_and_validator_of_the_document_hold_where_an_operation_has_none() -> None:
    document = {"security": [{"key": []}], VALIDATOR: "all"}
    found = method({}, **document)
    assert (found.parameters["apiKeyRequired"], found.validator) == (True, "all")
    found = method({"security": [], VALIDATOR: "own"}, **document)
    assert (found.parameters["apiKeyRequired"], found.validator) == (False, "own")


def test_parameters_of_path_and_operation_are_those_of_the_method() -> None:
    path = {
        "parameters": [{"in": "path", "name": "id", "required": True}],
        "get": {
            "operationId": "getThing",
            "parameters": [
                {"in": "query", "name": "q"},
                {"in": "header", "name": "H", "required": True},
                {"in": "cookie", "name": "c", "required": True},
            ],
        },
    }
    found = parsed(paths={"/a/{id}": path}).methods["/a/{id}", "GET"]
    assert found.parameters["operationName"] == "getThing"
    assert found.parameters["requestParameters"] == {
        "method.request.path.id": True,
        "method.request.querystring.q": False,
        "method.request.header.H": True,
    }


def test_an_integration_has_the_names_of_its_api_call() -> None:
    """PutIntegration calls the verb `integrationHttpMethod`, and has words in capitals."""
    same = {
        "cacheKeyParameters": ["method.request.path.id"],
        "cacheNamespace": "n",
        "connectionId": "c",
        "credentials": "role",
        "requestParameters": {"a": "b"},
        "requestTemplates": {"application/json": "t"},
        "timeoutInMillis": 50,
        "uri": "u",
    }
    words = {
        "connectionType": "vpc_link",
        "contentHandling": "convert_to_text",
        "passthroughBehavior": "when_no_match",
        "type": "aws_proxy",
    }
    given = {**same, **words, "httpMethod": "POST", "unknown": 1}
    assert method({INTEGRATION: given}).integration == {
        **same,
        **{name: word.upper() for name, word in words.items()},
        "integrationHttpMethod": "POST",
    }
    assert method({}).integration == {}


def test_integration_responses_are_chosen_by_pattern_but_the_default() -> None:
    responses = {
        "default": {"statusCode": 200},
        "4\\d\\d": {
            "statusCode": "400",
            "responseParameters": {"method.response.header.A": "'b'"},
            "responseTemplates": {"application/json": ""},
            "contentHandling": "convert_to_binary",
        },
    }
    assert method({INTEGRATION: {"responses": responses}}).integration_responses == (
        {"statusCode": "200"},
        {
            "statusCode": "400",
            "selectionPattern": "4\\d\\d",
            "responseParameters": {"method.response.header.A": "'b'"},
            "responseTemplates": {"application/json": ""},
            "contentHandling": "CONVERT_TO_BINARY",
        },
    )


def test_responses_of_a_method_declare_headers_and_models() -> None:
    responses = {
        "default": {"description": "left out"},
        "200": {
            "headers": {"A": {}, "B": {}},
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/M"}},
                "text/plain": {},
            },
        },
        "204": {"content": {}, "headers": {}},
    }
    assert method({"responses": responses}).responses == (
        {
            "statusCode": "200",
            "responseParameters": {
                "method.response.header.A": False,
                "method.response.header.B": False,
            },
            "responseModels": {"application/json": "M", "text/plain": "Empty"},
        },
        {"statusCode": "204"},
    )


def test_schemas_are_models_also_those_that_stand_in_an_operation() -> None:
    inline = {"type": "object", "required": ["b", "a"]}
    content = {
        "application/json": {"schema": {"$ref": "#/components/schemas/M"}},
        "text/json": {"schema": inline},
        "text/plain": {},
    }
    document = {"components": {"schemas": {"M": {"type": "string"}}}}
    body = parse_body(
        json.dumps(
            {"paths": {"/a-b/{c}": {"put": {"requestBody": {"content": content}}}}, **document}
        )
    )
    assert body.methods["/a-b/{c}", "PUT"].models == {
        "application/json": "M",
        "text/json": "MODELabcPUT",
    }
    assert body.models == {
        "M": {"contentType": "application/json", "schema": '{"type": "string"}'},
        "MODELabcPUT": {
            "contentType": "application/json",
            "schema": '{"required": ["b", "a"], "type": "object"}',
        },
    }


def test_gateway_responses_have_texts_and_only_what_is_set() -> None:
    responses = {
        "THROTTLED": {
            "statusCode": 429,
            "responseParameters": {"gatewayresponse.header.A": "'b'"},
            "responseTemplates": {"application/json": "{}"},
        },
        "DEFAULT_4XX": {"responseParameters": {}, "responseTemplates": None},
    }
    body = parsed(**{"x-amazon-apigateway-gateway-responses": responses})
    assert body.gateway_responses == {
        "THROTTLED": {**responses["THROTTLED"], "statusCode": "429"},
        "DEFAULT_4XX": {},
    }
