"""Which modules are changed, and which tests should notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutation.configuration import Configuration, configuration

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (
        "top.py",
        "area/__init__.py",
        "area/one/domain.py",
        "area/one/domain_settings.py",
        "area/two/domain.py",
        "tests/test_top.py",
        "tests/test_more.py",
        "tests/area/one/test_this.py",
        "tests/area/one/test_that.py",
        "tests/area/one/deeper/test_else.py",
        "tests/area/one/conftest.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def configured(**changes: object) -> Configuration:
    fields = {"modules": ("top.py", "area/*/*.py"), "minimum_score": 95}
    return Configuration.model_validate(fields | changes)


def test_modules_are_found_by_patterns(checkout: Path) -> None:
    found = configured(without=("area/two/*.py",)).files(checkout)
    assert found == ["area/one/domain.py", "area/one/domain_settings.py", "top.py"]


@pytest.mark.parametrize("changes", [{"modules": ("gone/*.py",)}, {"without": ("gone.py",)}])
def test_a_pattern_that_matches_nothing_is_told(checkout: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"Nothing matches 'gone.+\[tool\.mutation\]"):
        configured(**changes).files(checkout)


def test_the_tests_of_a_module_are_in_the_folder_that_mirrors_its_own(checkout: Path) -> None:
    mirrored = ("tests/area/one/test_that.py", "tests/area/one/test_this.py")
    assert configured().tests_of(checkout, "area/one/domain.py") == mirrored
    assert configured().tests_of(checkout, "top.py") == ("tests/test_top.py",)
    more = configured(tests={"area/*/*_settings.py": ("tests/test_more.py", mirrored[0])})
    assert more.tests_of(checkout, "area/one/domain_settings.py") == (
        *mirrored,
        "tests/test_more.py",
    )
    assert more.tests_of(checkout, "area/one/domain.py") == mirrored


def test_a_module_without_tests_is_told(checkout: Path) -> None:
    with pytest.raises(
        ValueError, match=r"two/domain\.py has no tests: write tests/area/two/test_"
    ):
        configured().tests_of(checkout, "area/two/domain.py")


def test_every_module_of_the_project_has_tests() -> None:
    found = configuration(ROOT)
    files = found.files(ROOT)
    assert len(files) > 40
    for file in files:
        assert found.tests_of(ROOT, file)
