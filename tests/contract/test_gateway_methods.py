from __future__ import annotations

import re

import pytest

from contract.gateway_methods import (
    cached_method_paths,
    gateway_methods,
    gateway_shape,
    public_method_paths,
)
from handlers.common.routes import ROUTES, Access, Route

IDS = [f"{route.method} {route.path}" for route in ROUTES]


def matches(resource: str, path: str) -> bool:
    """Whether an API Gateway resource takes a path; `{proxy+}` takes any rest."""
    pattern = re.sub(r"\\{\w+\\\+\\}", ".+", re.escape(resource))
    return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", pattern), path) is not None


def test_the_deployed_shape_is_the_source_document_s() -> None:
    assert {path: set(methods) for path, methods in gateway_shape().items()} == {
        "/health": {"GET", "OPTIONS"},
        "/v1/users": {"GET", "POST", "OPTIONS"},
        "/v1/users/{userId}": {"GET", "PUT", "DELETE", "OPTIONS"},
        "/v1/products": {"GET", "ANY", "OPTIONS"},
        "/v1/products/{proxy+}": {"GET", "ANY", "OPTIONS"},
        "/v1/orders": {"ANY", "OPTIONS"},
        "/v1/orders/{proxy+}": {"ANY", "OPTIONS"},
    }


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_a_published_route_arrives_at_one_deployed_method_with_the_same_security(
    route: Route,
) -> None:
    path = re.sub(r"\{\w+\}", "some-id", route.path)
    taking = [one for one in gateway_methods() if matches(one.path, path)]
    assert len({one.path for one in taking}) == 1
    exact = [one for one in taking if one.method == route.method]
    chosen = exact or [one for one in taking if one.method == "ANY"]
    assert len(chosen) == 1
    assert route in chosen[0].routes
    assert chosen[0].function == route.function
    assert chosen[0].public == (route.access is Access.PUBLIC)


def test_no_resource_has_a_variable_beside_another() -> None:
    """API Gateway refuses siblings such as `{id}` and `{proxy+}`."""
    variables: dict[str, set[str]] = {}
    for path in gateway_shape():
        parent, last = path.rsplit("/", 1)
        if last.startswith("{"):
            variables.setdefault(parent, set()).add(last)
    assert all(len(found) == 1 for found in variables.values())


def test_only_public_reads_are_cached() -> None:
    assert cached_method_paths() == ["~1v1~1products/GET", "~1v1~1products~1{proxy+}/GET"]
    assert all(route.access is Access.PUBLIC for route in ROUTES if route.cached)


def test_public_methods_have_throttling_of_their_own() -> None:
    assert public_method_paths() == ["~1v1~1products/GET", "~1v1~1products~1{proxy+}/GET"]
