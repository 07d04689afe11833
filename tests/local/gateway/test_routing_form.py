"""Paths that a request must not be lost in."""

from __future__ import annotations

import pytest

from local.gateway.routing import Match, Router


@pytest.mark.parametrize(
    ("methods", "path", "match"),
    [
        # A static part that leads nowhere does not hide the variable one, nor that the greedy one.
        (["/a/b", "/{x}/c"], "/a/c", Match("/{x}/c", "GET", {"x": "a"})),
        (["/a/{x}/d", "/a/{all+}"], "/a/b/c", Match("/a/{all+}", "GET", {"all": "b/c"})),
        (["/a/{x}", "/{all+}"], "/a/b/c", Match("/{all+}", "GET", {"all": "a/b/c"})),
        # The names of two variables at one place are the first one's.
        (["/{x}/a", "/{x}/b"], "/1/b", Match("/{x}/b", "GET", {"x": "1"})),
        (["/a/{all+}"], "/a/b//c/", Match("/a/{all+}", "GET", {"all": "b//c"})),
        (["/a%20b"], "/a%2520b", Match("/a%20b", "GET", {})),
        (["/"], "", Match("/", "GET", {})),
        (["/"], "//", Match("/", "GET", {})),
        (["/X", "/"], "/X", Match("/X", "GET", {})),
        (["/{x}"], "/XaX/", Match("/{x}", "GET", {"x": "XaX"})),
    ],
)
def test_a_request_finds_the_resource_that_takes_it(
    methods: list[str], path: str, match: Match
) -> None:
    assert Router([(one, "GET") for one in methods]).match("GET", path) == match


def test_a_resource_without_a_method_for_the_verb_is_passed_over() -> None:
    """What others measured at AWS, see `local/gateway/routing.py`."""
    router = Router(
        [
            ("/users/me", "PATCH"),
            ("/users/{id}", "GET"),
            ("/jobs/{type}", "GET"),
            ("/cors", "OPTIONS"),
            ("/{all+}", "PUT"),
        ]
    )
    assert router.match("PATCH", "/users/me") == Match("/users/me", "PATCH", {})
    assert router.match("GET", "/users/me") == Match("/users/{id}", "GET", {"id": "me"})
    assert router.match("PUT", "/users/me") == Match("/{all+}", "PUT", {"all": "users/me"})
    assert router.match("PUT", "/jobs") == Match("/{all+}", "PUT", {"all": "jobs"})
    assert router.match("PUT", "/cors") == Match("/{all+}", "PUT", {"all": "cors"})
    assert router.match("POST", "/users/me") is None


def test_without_resources_nothing_is_found() -> None:
    assert Router([]).match("GET", "/") is None
