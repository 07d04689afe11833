from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract.published import as_text, published_document
from tools import openapi
from tools.openapi import main


def test_the_committed_document_is_what_the_code_says() -> None:
    assert main(["--check"]) == 0, "run `make openapi`"


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "openapi.json"
    monkeypatch.setattr(openapi, "DOCUMENT", path)
    return path


def test_the_document_is_written_and_then_up_to_date(document: Path) -> None:
    assert main(["--check"]) == 1
    assert not document.exists()
    assert main([]) == 0
    assert document.read_text() == as_text(published_document())
    assert main(["--check"]) == 0


def test_the_check_fails_on_a_stale_document_and_names_breaking_changes(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = published_document()
    older["paths"]["/v1/users"]["patch"] = older["paths"]["/v1/users"]["get"]
    document.write_text(json.dumps(older))
    assert main(["--check"]) == 1
    told = capsys.readouterr().err
    assert "breaking change: PATCH /v1/users: is gone" in told
    assert "make openapi" in told
    assert json.loads(document.read_text()) == older, "a check writes nothing"
    assert main([]) == 0
    assert document.read_text() == as_text(published_document())


def test_an_option_that_is_not_there_writes_nothing(document: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--chek"])
    assert not document.exists()
