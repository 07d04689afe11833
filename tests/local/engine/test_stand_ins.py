"""What stands in for the examples of a protected stack, in a local run."""

from __future__ import annotations

from typing import Any

import pytest

from local.engine.stand_ins import lay_stand_ins
from settings import parse

DEFAULTS = {"aws-platform:alarmEmails": ["admin@example.com"]}


def laid(**config: Any) -> tuple[dict[str, Any], list[str]]:
    """The config with stand-ins, and the keys of what was replaced; both without namespace."""
    given = {f"aws-platform:{key}": value for key, value in config.items()}
    replaced = lay_stand_ins(given, DEFAULTS, "aws-platform")
    bare = {key.removeprefix("aws-platform:"): value for key, value in given.items()}
    return bare, [key.removeprefix("aws-platform:") for key in replaced]


@pytest.mark.parametrize("protected", [True, "true"])
def test_a_protected_stack_of_examples_gets_stand_ins_that_it_is_not_refused_for(
    protected: object,
) -> None:
    origins = ["https://app.example.com", "https://acme.io", "https://a.test:8443"]
    config, replaced = laid(deletionProtection=protected, api={"corsOrigins": origins})

    assert config["alarmEmails"] == ["admin@example.com.internal"]
    assert config["api"]["corsOrigins"] == [
        "https://app.example.com.internal",
        "https://acme.io",
        "https://a.test.internal:8443",
    ]
    assert replaced == ["alarmEmails[0]", "api.corsOrigins[0]", "api.corsOrigins[2]"]
    parse({**config, "deletionProtection": True})
    # The defaults are everybody's.
    assert DEFAULTS == {"aws-platform:alarmEmails": ["admin@example.com"]}


@pytest.mark.parametrize(
    "config",
    [
        {"alarmEmails": ["admin@example.com"]},
        {"deletionProtection": False, "api": {"corsOrigins": ["https://app.example.com"]}},
        {"deletionProtection": True, "alarmEmails": ["oncall@acme.io"]},
        {
            "deletionProtection": True,
            "alarmEmails": ["oncall@acme.io"],
            "api": {"corsOrigins": ["*", "http://localhost:3000", "https://example.org.acme.io"]},
        },
        # What is no address is left for the message about it.
        {"deletionProtection": True, "alarmEmails": "admin@example.com", "api": []},
        {"deletionProtection": True, "alarmEmails": [1, None, "", "example.com"], "api": "x"},
    ],
)
def test_nothing_else_is_replaced(config: dict[str, Any]) -> None:
    assert laid(**config) == (config, [])
