from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract import compatibility
from contract.published import as_text, published_document
from handlers.common.routes import ROUTES, IntendedBreak, RemovedRoute
from tools import openapi
from tools.openapi import main

NEEDS_QUANTITY = "body.lines[].quantity has minimum 1"


def test_the_committed_document_is_what_the_code_says_and_breaks_nobody() -> None:
    assert main(["--check"]) == 0, "run `make openapi`"


@dataclasses.dataclass
class Documents:
    """The two documents in a folder of the test's own; the released one is today's."""

    document: Path
    released: Path

    def release(self, change: Callable[[Any], Any]) -> None:
        """Doctor what was released."""
        released = json.loads(self.released.read_text())
        change(released)
        self.released.write_text(json.dumps(released))


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Documents:
    found = Documents(tmp_path / "openapi.json", tmp_path / "openapi-released.json")
    monkeypatch.setattr(openapi, "DOCUMENT", found.document)
    monkeypatch.setattr(openapi, "RELEASED", found.released)
    found.released.write_text(as_text(published_document()))
    return found


def took_any_quantity(released: Any) -> None:
    """A release that lines of an order could have a quantity of 0 in."""
    del released["components"]["schemas"]["NewLine"]["properties"]["quantity"]["minimum"]


def had_patch(released: Any) -> None:
    """A release in which users could be patched."""
    released["paths"]["/v1/users"]["patch"] = released["paths"]["/v1/users"]["get"]


def intend(monkeypatch: pytest.MonkeyPatch, operation: str, change: str) -> None:
    """Say in the row of a route that a change is intended."""
    rows = [
        dataclasses.replace(route, breaks=(IntendedBreak(change=change, reason="a test"),))
        if route.operation == operation
        else route
        for route in ROUTES
    ]
    monkeypatch.setattr(compatibility, "ROUTES", rows)


def test_the_document_is_written_and_then_up_to_date(
    documents: Documents, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 1
    assert "make openapi" in capsys.readouterr().err
    assert not documents.document.exists(), "a check writes nothing"
    assert main([]) == 0
    assert documents.document.read_text() == as_text(published_document())
    assert main(["--check"]) == 0


def test_a_breaking_change_fails_although_the_document_is_written(
    documents: Documents, capsys: pytest.CaptureFixture[str]
) -> None:
    documents.release(had_patch)
    assert main([]) == 0
    assert main(["--check"]) == 1
    assert "PATCH /v1/users: is gone" in capsys.readouterr().err


def test_an_addition_passes(documents: Documents) -> None:
    documents.release(lambda released: released["paths"].pop("/v1/orders"))
    main([])
    assert main(["--check"]) == 0


def test_a_change_that_the_row_intends_passes(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.release(took_any_quantity)
    main([])
    assert main(["--check"]) == 1
    intend(monkeypatch, "placeOrder", NEEDS_QUANTITY)
    assert main(["--check"]) == 0


def test_an_intended_change_hides_no_other(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents.release(took_any_quantity)
    documents.release(
        lambda released: released["components"]["schemas"]["NewLine"]["properties"]["quantity"].pop(
            "maximum"
        )
    )
    main([])
    intend(monkeypatch, "placeOrder", NEEDS_QUANTITY)
    capsys.readouterr()
    assert main(["--check"]) == 1
    told = capsys.readouterr().err
    assert "POST /v1/orders: body.lines[].quantity has maximum" in told
    assert NEEDS_QUANTITY not in told


def test_an_intention_without_its_change_fails(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    intend(monkeypatch, "placeOrder", NEEDS_QUANTITY)
    assert main(["--check"]) == 1
    assert f"No change since the last release: POST /v1/orders: {NEEDS_QUANTITY}" in (
        capsys.readouterr().err
    )


def test_an_intention_is_for_its_own_route_only(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents.release(took_any_quantity)
    main([])
    intend(monkeypatch, "cancelOrder", NEEDS_QUANTITY)
    capsys.readouterr()
    assert main(["--check"]) == 1
    told = capsys.readouterr().err
    assert f"Breaking change since the last release: POST /v1/orders: {NEEDS_QUANTITY}" in told


def test_a_removed_route_is_intended_beside_the_table(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    removed = RemovedRoute(method="PATCH", path="/v1/users", reason="a test")
    monkeypatch.setattr(compatibility, "REMOVED", (removed,))
    main([])
    assert main(["--check"]) == 1, "nothing is removed"
    documents.release(had_patch)
    assert main(["--check"]) == 0


def test_a_release_keeps_the_document_that_callers_rely_on(
    documents: Documents, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    documents.release(took_any_quantity)
    relied_on = documents.released.read_text()
    assert main(["--release"]) == 1
    assert documents.released.read_text() == relied_on, "a fault is not released"
    assert not documents.document.exists()
    intend(monkeypatch, "placeOrder", NEEDS_QUANTITY)
    capsys.readouterr()
    assert main(["--release"]) == 0
    assert f"take it out of handlers/common/routes.py now: POST /v1/orders: {NEEDS_QUANTITY}" in (
        capsys.readouterr().err
    )
    assert documents.released.read_text() == documents.document.read_text()
    assert documents.released.read_text() == as_text(published_document())
    assert main(["--check"]) == 1, "the intention has served"


def test_a_lost_release_is_a_fault_and_the_first_one_can_be_made(documents: Documents) -> None:
    main([])
    documents.released.unlink()
    assert main(["--check"]) == 1
    assert main(["--release"]) == 0
    assert main(["--check"]) == 0


@pytest.mark.parametrize("arguments", [["--chek"], ["--check", "--release"]])
def test_options_that_are_none_write_nothing(documents: Documents, arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert not documents.document.exists()
