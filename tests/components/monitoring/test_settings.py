from __future__ import annotations

from typing import Any

import pytest

from settings import SettingsError, parse


@pytest.mark.parametrize("target", [99.9, "99.9", 95, 99])
def test_a_target_is_a_number_whether_yaml_or_the_command_line_gives_it(target: Any) -> None:
    settings = parse({"monitoring": {"availabilityTargetPercent": target}})
    assert settings.monitoring.availability_target_percent == float(target)


@pytest.mark.parametrize(
    ("given", "key", "allowed"),
    [
        ({"availabilityTargetPercent": 100}, "availabilityTargetPercent", "95 to below 100"),
        ({"latencyTargetPercent": 94.9}, "latencyTargetPercent", "95 to below 100"),
        ({"latencyTargetPercent": "most"}, "latencyTargetPercent", "95 to below 100"),
        ({"latencyTargetPercent": True}, "latencyTargetPercent", "95 to below 100"),
        ({"monthlyBudgetUsd": -1}, "monthlyBudgetUsd", "0 to 2147483647"),
        ({"burnRateAlarms": "yes"}, "burnRateAlarms", "true or false"),
        ({"runbookUrl": "two words"}, "runbookUrl", "at most 200 characters"),
        ({"runbookUrl": "x" * 201}, "runbookUrl", "at most 200 characters"),
        ({"runbookUrl": "https://a.example.com/#b"}, "runbookUrl", "without a #fragment"),
        ({"thresholds": {"functionErrors": 0}}, "thresholds.functionErrors", "1 to 2147483647"),
        ({"thresholds": {"apiErrorPercent": 0}}, "thresholds.apiErrorPercent", "up to 100"),
        ({"thresholds": {"cacheMemoryPercent": 101}}, "thresholds.cacheMemoryPercent", "up to 100"),
        ({"thresholds": {"queueAgeSeconds": 1.5}}, "thresholds.queueAgeSeconds", "1 to 2147483647"),
    ],
)
def test_a_bad_value_is_refused_with_its_key_and_what_is_allowed(
    given: dict[str, Any], key: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        parse({"monitoring": given})
    assert f"aws-platform:monitoring.{key} is " in str(refused.value)
    assert allowed in str(refused.value)


def test_a_misspelt_threshold_is_named_with_what_was_meant() -> None:
    with pytest.raises(SettingsError, match=r"did you mean monitoring\.thresholds\.functionErrors"):
        parse({"monitoring": {"thresholds": {"functionError": 3}}})
