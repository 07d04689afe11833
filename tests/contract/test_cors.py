"""What browsers get from API Gateway itself, before and beside the functions (Fetch standard)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract.cors import ALLOWED_HEADERS
from contract.gateway_methods import gateway_shape
from handlers.common.facts import EXPOSED_HEADERS
from tests.contract.test_deployed_form import INTEGRATION, ORIGINS, body

SEVERAL = ["https://a.example", "https://b.example"]


def headers(document: Any, path: str, method: str) -> dict[str, str]:
    """The headers of a mock's answer, without the quotes of a constant."""
    answer = document["paths"][path][method][INTEGRATION]["responses"]["default"]
    return {
        name.removeprefix("method.response.header."): value.removeprefix("'").removesuffix("'")
        for name, value in answer["responseParameters"].items()
    }


@pytest.mark.parametrize("origins", ORIGINS, ids=len)
def test_a_preflight_says_what_may_be_sent_for_ten_minutes(origins: list[str]) -> None:
    for path in gateway_shape():
        found = headers(body(origins), path, "options")
        assert found["Access-Control-Max-Age"] == "600"
        assert found["Access-Control-Allow-Headers"] == ",".join(ALLOWED_HEADERS)
        assert found["Access-Control-Allow-Methods"] == "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"
        assert "Access-Control-Allow-Credentials" not in found


@pytest.mark.parametrize("origins", ORIGINS, ids=len)
def test_pages_may_read_what_answers_tell_in_headers(origins: list[str]) -> None:
    assert EXPOSED_HEADERS == ("ETag", "Location", "Retry-After")
    document = body(origins)
    exposed = "ETag, Location, Retry-After"
    assert headers(document, "/health", "get")["Access-Control-Expose-Headers"] == exposed
    for response in document["x-amazon-apigateway-gateway-responses"].values():
        found = response["responseParameters"]
        assert found["gatewayresponse.header.Access-Control-Expose-Headers"] == f"'{exposed}'"


@pytest.mark.parametrize(("path", "method"), [("/v1/orders", "options"), ("/health", "get")])
def test_an_origin_that_is_not_listed_is_answered_with_the_first(path: str, method: str) -> None:
    """So its browser refuses: no template says otherwise, and caches keep the answers apart."""
    found = headers(body(SEVERAL), path, method)
    assert found["Access-Control-Allow-Origin"] == SEVERAL[0]
    assert found["Vary"] == "Origin"


@pytest.mark.parametrize("origins", [["*"], SEVERAL[:1], ["*", *SEVERAL]])
def test_one_answer_for_all_does_not_vary(origins: list[str]) -> None:
    for path, method in (("/v1/orders", "options"), ("/health", "get")):
        found = headers(body(origins), path, method)
        assert found["Access-Control-Allow-Origin"] == origins[0]
        assert "Vary" not in found


def test_a_refusal_varies_with_the_origin_that_it_repeats() -> None:
    for origins in ORIGINS:
        for response in body(origins)["x-amazon-apigateway-gateway-responses"].values():
            found = response["responseParameters"]
            varies = found.get("gatewayresponse.header.Vary")
            assert varies == (None if origins == ["*"] else "'Origin'")


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/v1/orders", "options", "204"), ("/health", "get", "200")]
)
def test_a_mock_answers_with_its_status(path: str, method: str, status: str) -> None:
    operation = body(["*"])["paths"][path][method]
    mock = operation[INTEGRATION]
    assert json.loads(mock["requestTemplates"]["application/json"]) == {"statusCode": int(status)}
    assert list(mock["responses"]) == ["default"]
    assert mock["responses"]["default"]["statusCode"] == status
    assert list(operation["responses"]) == [status]
