import os
from pathlib import Path

import pytest

from local.folders import cache_folder, run_folder


def test_a_checkout_that_cannot_be_written_keeps_its_runs_beside_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, cache = (tmp_path / name for name in ("one", "other", "cache"))
    monkeypatch.setenv("AWS_PLATFORM_CACHE", str(cache))
    for checkout in (one, other):
        checkout.mkdir()
        assert run_folder(checkout) == checkout / ".local"
    # Whoever runs the tests may be root, who may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, _: not Path(path).is_relative_to(one))
    assert run_folder(one).parent == cache / "checkouts"
    assert run_folder(other) == other / ".local"
    (one / ".local").mkdir()
    assert run_folder(one).parent == cache / "checkouts"


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"AWS_PLATFORM_CACHE": "/one", "XDG_CACHE_HOME": "/two"}, "/one"),
        ({"XDG_CACHE_HOME": "/two"}, "/two/aws-platform"),
        ({}, "~/.cache/aws-platform"),
    ],
)
def test_what_is_kept_is_where_people_and_the_standard_say(
    environment: dict[str, str], folder: str
) -> None:
    assert cache_folder(environment) == Path(folder).expanduser()
