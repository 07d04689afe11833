import pytest

from local.gateway.routing import Match, Router

ROUTER = Router(
    [
        ("/", "GET"),
        ("/health", "GET"),
        ("/users", "ANY"),
        ("/users", "GET"),
        ("/users/me", "GET"),
        ("/users/{id}", "PUT"),
        ("/users/{id}/orders", "GET"),
        ("/items/{proxy+}", "ANY"),
        ("/items/{proxy+}", "GET"),
        ("/items/new", "POST"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "match"),
    [
        ("GET", "/", Match("/", "GET", {})),
        ("GET", "/users", Match("/users", "GET", {})),
        ("POST", "/users", Match("/users", "ANY", {})),
        ("GET", "/users/", Match("/users", "GET", {})),
        ("GET", "/users/me", Match("/users/me", "GET", {})),
        ("PUT", "/users/you", Match("/users/{id}", "PUT", {"id": "you"})),
        ("PUT", "/users/me", Match("/users/{id}", "PUT", {"id": "me"})),
        ("GET", "/users/me/orders", Match("/users/{id}/orders", "GET", {"id": "me"})),
        ("PUT", "/users/a%2Fb%20c", Match("/users/{id}", "PUT", {"id": "a%2Fb%20c"})),
        ("GET", "/h%65alth", Match("/health", "GET", {})),
        ("GET", "/items/a//b/", Match("/items/{proxy+}", "GET", {"proxy": "a//b"})),
        ("POST", "/items/new", Match("/items/new", "POST", {})),
        ("GET", "/items/a/b%20c", Match("/items/{proxy+}", "GET", {"proxy": "a/b%20c"})),
        ("DELETE", "/items/a", Match("/items/{proxy+}", "ANY", {"proxy": "a"})),
        ("POST", "/items/new/x", Match("/items/{proxy+}", "ANY", {"proxy": "new/x"})),
    ],
)
def test_the_most_specific_resource_and_method_take_a_request(
    method: str, path: str, match: Match
) -> None:
    assert ROUTER.match(method, path) == match


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/user"),
        ("GET", "/users/you"),
        ("DELETE", "/users/me"),
        ("GET", "/items"),
        ("GET", "/items/"),
        ("GET", "/HEALTH"),
        ("get", "/health"),
        ("PUT", "/users//orders"),
    ],
)
def test_anything_else_is_taken_by_none(method: str, path: str) -> None:
    assert ROUTER.match(method, path) is None
