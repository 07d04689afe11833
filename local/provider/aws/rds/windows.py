"""Backup and maintenance windows of RDS instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.provider.aws.rules import matching
from local.provider.resource_type import CheckFailure, Properties

DAY = "(mon|tue|wed|thu|fri|sat|sun)"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d"


def window_rules(inputs: Properties) -> Iterator[CheckFailure]:
    """What RDS refuses of windows."""
    yield from matching(inputs, "backupWindow", rf"{CLOCK}-{CLOCK}", "hh:mm-hh:mm in UTC")
    yield from matching(
        inputs,
        "maintenanceWindow",
        rf"(?i:{DAY}):{CLOCK}-(?i:{DAY}):{CLOCK}",
        "ddd:hh:mm-ddd:hh:mm in UTC",
    )


def with_apart_windows(inputs: Properties) -> Properties:
    """The inputs with a backup window that ends a minute before the maintenance begins.

    moto takes windows that touch (03:00-04:00 and sun:04:00-sun:05:00) for overlapping; AWS does
    not.
    """
    window = _apart_window(inputs.get("backupWindow"), inputs.get("maintenanceWindow"))
    return {**inputs, "backupWindow": window} if window else inputs


def kept_window(instance: dict[str, Any], properties: Properties) -> str:
    """The backup window as it was asked for, where RDS has it a minute apart."""
    answer: str = instance["PreferredBackupWindow"]
    asked: str | None = properties.get("backupWindow")
    maintenance = instance.get("PreferredMaintenanceWindow") or properties.get("maintenanceWindow")
    apart = _apart_window(asked, maintenance)
    return asked if asked and answer == apart else answer


def _apart_window(backup: str | None, maintenance: str | None) -> str | None:
    if not backup or not maintenance:
        return backup
    start, end = backup.split("-")
    begins, ends = (side[4:] for side in maintenance.split("-"))
    if end == begins:
        end = _minutes_later(end, -1)
    if start == ends:
        start = _minutes_later(start, 1)
    return f"{start}-{end}"


def _minutes_later(clock: str, minutes: int) -> str:
    hours, minute = map(int, clock.split(":"))
    total = (hours * 60 + minute + minutes) % (24 * 60)
    return f"{total // 60:02}:{total % 60:02}"
