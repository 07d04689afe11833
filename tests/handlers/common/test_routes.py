from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from handlers.common.routes import FUNCTIONS, REMOVED, ROUTES

ROOT = Path(__file__).resolve().parents[3]


def test_each_operation_and_each_method_of_a_path_is_one_row() -> None:
    assert max(Counter(route.operation for route in ROUTES).values()) == 1
    assert max(Counter((route.method, route.path) for route in ROUTES).values()) == 1


def test_a_place_in_a_path_has_one_name() -> None:
    """Else two paths take the same request, and each refuses the other's methods."""
    names = {re.sub(r"\{\w+\}", "{}", route.path): route.path for route in ROUTES}
    assert len(names) == len({route.path for route in ROUTES})


def test_each_function_has_routes_below_its_own_path() -> None:
    assert {route.function for route in ROUTES} == {*FUNCTIONS, None}
    for route in ROUTES:
        if route.function is not None:
            assert route.path.startswith(f"/v1/{route.function}")


def test_a_reason_is_given_for_what_breaks_callers() -> None:
    reasons = [one.reason for route in ROUTES for one in route.breaks]
    assert all([*reasons, *(one.reason for one in REMOVED)])


def test_the_program_reads_the_table_without_third_party_packages() -> None:
    subprocess.run(
        [sys.executable, "-S", "-c", "import contract.deployed, handlers.common.routes"],
        cwd=ROOT,
        check=True,
    )
