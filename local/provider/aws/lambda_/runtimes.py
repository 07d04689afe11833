"""The runtimes of Lambda."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from local.provider.aws.rules import one_of
from local.provider.resource_type import CheckFailure

RUNTIMES = frozenset(
    [
        "python3.10",
        "python3.11",
        "python3.12",
        "python3.13",
        "python3.14",
        "nodejs20.x",
        "nodejs22.x",
        "nodejs24.x",
        "java8.al2",
        "java11",
        "java17",
        "java21",
        "java25",
        "dotnet8",
        "dotnet10",
        "ruby3.2",
        "ruby3.3",
        "ruby3.4",
        "provided.al2",
        "provided.al2023",
    ]
)
"""AWS Lambda developer guide, "Lambda runtimes"."""


def runtime_rules(name: str, runtimes: Iterable[Any] | None) -> Iterator[CheckFailure]:
    """A runtime that Lambda creates no functions with."""
    for runtime in runtimes or []:
        yield from one_of({name: runtime}, name, RUNTIMES)
