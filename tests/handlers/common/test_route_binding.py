"""Handlers and the rows of the table fit together, or the function does not start."""

from __future__ import annotations

import dataclasses
import runpy
from pathlib import Path
from typing import Any

import pytest

from handlers.common import routes
from handlers.common.model import Model
from handlers.common.routes import Access, Route

ROOT = Path(__file__).resolve().parents[3]

READ = Route(
    method="GET",
    path="/v1/things/{thingId}",
    operation="getThing",
    function="things",
    access=Access.SIGNED_IN,
    summary="Read a thing",
    description="For tests.",
    versioned=True,
)
MAKE = dataclasses.replace(
    READ, method="POST", path="/v1/things", operation="makeThing", status=201, creates="thingId"
)
ERASE = dataclasses.replace(
    READ, method="DELETE", operation="eraseThing", access=Access.ADMIN, status=204
)
LIST = dataclasses.replace(
    READ, path="/v1/things", operation="listThings", access=Access.PUBLIC, versioned=False
)


class Thing(Model):
    """What these routes answer."""

    thing_id: str
    version: int
    colour: str | None = None


@pytest.fixture
def things(function_environment: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The shell of a function that has four routes, none of them bound."""
    from handlers.common.api import Api

    monkeypatch.setattr(routes, "ROUTES", (*routes.ROUTES, READ, MAKE, ERASE, LIST))
    return Api("things")


def bind_all(things: Any) -> Any:
    """Binds a handler to each route; the entry point."""
    things.route("getThing")(lambda thing_id: Thing(thing_id=thing_id, version=3))
    things.route("makeThing")(lambda: Thing(thing_id="new", version=1))
    things.route("eraseThing")(lambda thing_id: None)
    things.route("listThings")(lambda: Thing(thing_id="all", version=9))
    return things.entry_point()


def test_a_row_without_a_handler_stops_the_function(things: Any) -> None:
    from handlers.common.api import BindingError

    things.route("getThing")(lambda thing_id: None)
    things.route("makeThing")(lambda: None)
    with pytest.raises(BindingError, match="no handler for eraseThing, listThings"):
        things.entry_point()


@pytest.mark.parametrize("operation", ["placeOrder", "noSuchRoute"])
def test_a_handler_for_another_function_s_row_or_none_stops_the_function(
    things: Any, operation: str
) -> None:
    from handlers.common.api import BindingError

    with pytest.raises(BindingError, match=f"{operation} .* no route of things"):
        things.route(operation)(lambda: None)


def test_a_row_has_one_handler(things: Any) -> None:
    from handlers.common.api import BindingError

    things.route("getThing")(lambda thing_id: None)
    with pytest.raises(BindingError, match="getThing is bound twice"):
        things.route("getThing")(lambda thing_id: None)


@pytest.mark.parametrize("function", ["users", "products", "orders"])
def test_a_new_row_stops_the_deployed_function_until_it_is_answered(
    function_environment: None, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    from handlers.common.api import BindingError

    row = dataclasses.replace(READ, function=function)
    monkeypatch.setattr(routes, "ROUTES", (*routes.ROUTES, row))
    with pytest.raises(BindingError, match=f"handlers/{function}/api.py has no handler for get"):
        runpy.run_path(str(ROOT / "handlers" / function / "api.py"))


def test_the_row_says_status_and_headers(things: Any, gateway_event: Any, people: Any) -> None:
    answer = bind_all(things)
    read = answer(gateway_event("GET", "/v1/things/x", person=people["alice"]), None)
    assert (read["statusCode"], read["body"]) == (200, '{"thingId":"x","version":3}')
    assert read["multiValueHeaders"]["ETag"] == ['"3"']
    assert "Location" not in read["multiValueHeaders"]
    made = answer(gateway_event("POST", "/v1/things", person=people["alice"]), None)
    assert made["statusCode"] == 201
    assert made["multiValueHeaders"]["Location"] == ["/test/v1/things/new"]
    listed = answer(gateway_event("GET", "/v1/things"), None)
    assert "ETag" not in listed["multiValueHeaders"]


def test_the_row_says_who_may_call(things: Any, gateway_event: Any, people: Any) -> None:
    answer = bind_all(things)

    def status(method: str, path: str, person: str | None) -> int:
        caller = people[person] if person else None
        return answer(gateway_event(method, path, person=caller), None)["statusCode"]

    assert status("GET", "/v1/things", None) == 200
    assert status("GET", "/v1/things/x", None) == 403
    assert status("GET", "/v1/things/x", "alice") == 200
    assert status("DELETE", "/v1/things/x", None) == 403
    assert status("DELETE", "/v1/things/x", "alice") == 403
    assert status("DELETE", "/v1/things/x", "admin") == 204


def test_a_new_path_s_other_methods_are_answered_405(
    things: Any, gateway_event: Any, people: Any
) -> None:
    answer = bind_all(things)
    refused = answer(gateway_event("PATCH", "/v1/things/x", person=people["alice"]), None)
    assert refused["statusCode"] == 405
    assert refused["multiValueHeaders"]["Allow"] == ["DELETE, GET"]
