"""What `make mutation` takes, prints and returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tools.mutation import __main__ as program
from tools.mutation.equivalents import Equivalent
from tools.mutation.suites import Suite, Tried

CORS = "contract/cors.py"
PLAN = "components/network/cidr_plan.py"
Outcomes = Callable[[Callable[[int], str]], None]


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> Outcomes:
    """Gives each mutant an outcome by its number, in place of a run."""

    def given(outcome: Callable[[int], str]) -> None:
        def run(_: Any, suites: Iterable[Suite], *more: Any) -> tuple[list[Tried], list[Any]]:
            mutants = [mutant for suite in suites for mutant in suite.mutants]
            tried = [Tried(one, outcome(number), "a test") for number, one in enumerate(mutants)]
            return tried, []

        monkeypatch.setattr(program, "run_suites", run)

    return given


@pytest.mark.parametrize(("survivors", "code"), [(0, 0), (1, 0), (2, 1), (20, 1)])
def test_less_than_95_percent_is_a_failure(
    outcomes: Outcomes, capsys: pytest.CaptureFixture[str], survivors: int, code: int
) -> None:
    outcomes(lambda number: "survived" if number < survivors else "killed")
    assert program.main([CORS, "--each", "20"]) == code
    output, errors = capsys.readouterr()
    assert "20 of" in output
    assert "seed 1\n" in output
    assert ("95 % must be noticed." in errors) == bool(code)
    last = next(line for line in output.splitlines() if line.startswith("all"))
    assert last.split() == ["all", "20", str(20 - survivors), str(survivors), *last.split()[-2:]]


def test_a_mutant_that_takes_too_long_is_noticed(
    outcomes: Outcomes, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes(lambda _: "timed out")
    assert program.main([CORS, "--each", "3"]) == 0
    assert "3 of the killed by taking too long" in capsys.readouterr().out


def test_the_sample_is_so_many_of_each_module_and_the_same_for_a_seed(
    outcomes: Outcomes, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes(lambda _: "killed")

    def chosen(*options: str) -> str:
        program.main([CORS, PLAN, "--each", "4", "--noticed", *options])
        return capsys.readouterr().out.partition("\nmodule ")[0]

    first = chosen()
    assert (first.count(f"--- {CORS}"), first.count(f"--- {PLAN}")) == (4, 4)
    assert chosen() == first
    assert chosen("--seed", "2").splitlines()[1:] != first.splitlines()[1:]


def test_a_folder_is_asked_for_and_what_is_not_there_is_told(
    outcomes: Outcomes, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes(lambda _: "killed")
    assert program.main(["contract/", "--each", "1", "--noticed"]) == 0
    output = capsys.readouterr().out
    assert "contract/deployed.py" in output
    assert "components" not in output
    assert "a test" in output
    with pytest.raises(SystemExit) as ended:
        program.main(["contract/gone.py"])
    assert ended.value.code == 2


def test_an_equivalent_that_is_no_mutant_is_a_failure(
    outcomes: Outcomes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes(lambda _: "killed")
    listed = Equivalent(file=CORS, change=("-MAX = 1", "+MAX = 2"), reason="nobody could ever tell")
    monkeypatch.setattr(program, "equivalents", lambda: [listed])
    assert program.main([CORS, "--each", "1"]) == 1
    assert "mend or remove it: contract/cors.py" in capsys.readouterr().err
    assert program.main([PLAN, "--each", "1"]) == 0, "of modules that are not asked for"
