"""The deployed body is a document that API Gateway imports, whatever it says.

API Gateway takes what it does not know without a word, so a misspelt name would be lost. Names and
values: "Work with x-amazon-apigateway extensions to OpenAPI" in the API Gateway developer guide.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from contract.deployed import deployed_body

ORIGINS = [["*"], ["https://a.example"], ["https://a.example", "https://b.example"]]
INTEGRATION = "x-amazon-apigateway-integration"
EXTENSIONS = {
    "x-amazon-apigateway-any-method",
    "x-amazon-apigateway-api-key-source",
    "x-amazon-apigateway-authorizer",
    "x-amazon-apigateway-authtype",
    "x-amazon-apigateway-gateway-responses",
    INTEGRATION,
    "x-amazon-apigateway-request-validator",
    "x-amazon-apigateway-request-validators",
}
OF_INTEGRATIONS = {
    "cacheKeyParameters",
    "httpMethod",
    "passthroughBehavior",
    "requestTemplates",
    "responses",
    "timeoutInMillis",
    "type",
    "uri",
}
OF_ANSWERS = {"statusCode", "responseParameters", "responseTemplates"}
PASSTHROUGH = {"when_no_match", "when_no_templates", "never"}


def body(origins: list[str]) -> Any:
    document = deployed_body(
        title="an API",
        function_uris={name: f"uri of {name}" for name in ("users", "products", "orders")},
        authorizer_uri="uri of the authorizer",
        authorizer_ttl_seconds=300,
        cors_origins=origins,
    )
    return json.loads(json.dumps(document))


def operations(document: Any) -> Iterator[Any]:
    for path in document["paths"].values():
        yield from path.values()


def extensions(value: Any) -> Iterator[str]:
    """All names of extensions, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.lower().startswith("x-amazon"):
                yield name
            yield from extensions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from extensions(inner)


def without_liberties(document: Any) -> Any:
    """Without what API Gateway has beyond the specification: greedy paths, and no responses."""
    document = copy.deepcopy(document)
    for operation in operations(document):
        operation["responses"] = operation["responses"] or {"200": {"description": "any"}}
    document["paths"] = {
        path.replace("+}", "}"): {
            "get" if name.startswith("x-") and "get" not in path_item else name: one
            for name, one in path_item.items()
        }
        for path, path_item in document["paths"].items()
    }
    return document


@pytest.mark.parametrize("origins", ORIGINS, ids=len)
def test_it_is_a_document_of_openapi_3_0(origins: list[str]) -> None:
    """API Gateway imports OpenAPI 2.0 and 3.0, not 3.1."""
    document = body(origins)
    assert re.fullmatch(r"3\.0\.\d", document["openapi"])
    errors = [
        str(one) for one in OpenAPIV30SpecValidator(without_liberties(document)).iter_errors()
    ]
    assert errors == []


def test_people_find_it_by_its_title_and_see_what_it_is_for() -> None:
    assert body(["*"])["info"] == {
        "title": "an API",
        "version": "1.0",
        "description": "Users, products and orders on Lambda and DynamoDB",
    }


@pytest.mark.parametrize("origins", ORIGINS, ids=len)
def test_every_name_is_one_that_api_gateway_knows(origins: list[str]) -> None:
    document = body(origins)
    assert set(extensions(document)) == EXTENSIONS
    for operation in operations(document):
        integration = operation[INTEGRATION]
        assert set(integration) <= OF_INTEGRATIONS
        assert integration["passthroughBehavior"] in PASSTHROUGH
        for answer in integration.get("responses", {}).values():
            assert set(answer) == OF_ANSWERS


@pytest.mark.parametrize("origins", ORIGINS, ids=len)
def test_gateway_responses_have_the_parts_of_the_api(origins: list[str]) -> None:
    model = botocore.session.get_session().get_service_model("apigateway")
    known = set(model.operation_model("PutGatewayResponse").input_shape.members)
    for response in body(origins)["x-amazon-apigateway-gateway-responses"].values():
        assert set(response) <= known
        assert set(response["responseTemplates"]) == {"application/json"}
        for name in response["responseParameters"]:
            assert re.fullmatch(r"gatewayresponse\.header\.[A-Z][A-Za-z-]+", name)


def test_a_function_takes_any_body_and_a_mock_json_only() -> None:
    """A mock answers what its template makes of JSON; without one for the type it must refuse."""
    behaviors = {
        (operation[INTEGRATION]["type"], operation[INTEGRATION]["passthroughBehavior"])
        for operation in operations(body(["*"]))
    }
    assert behaviors == {("aws_proxy", "when_no_match"), ("mock", "when_no_templates")}


def test_users_send_json_objects() -> None:
    document = body(["*"])
    assert document["components"]["schemas"] == {"JsonObject": {"type": "object"}}
    sent = [one["requestBody"] for one in operations(document) if "requestBody" in one]
    assert sent == 2 * [
        {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/JsonObject"}}
            },
        }
    ]


def test_parameters_are_texts_and_those_of_the_path_are_required() -> None:
    for origins in ORIGINS:
        for operation in operations(body(origins)):
            for parameter in operation.get("parameters", ()):
                assert parameter["schema"] == {"type": "string"}
                assert parameter.get("required", False) == (parameter["in"] == "path")


def test_an_authorizer_of_our_own_reads_the_header_authorization() -> None:
    scheme = body(["*"])["components"]["securitySchemes"]["authorizer"]
    del scheme["x-amazon-apigateway-authorizer"]
    assert scheme == {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
    }
