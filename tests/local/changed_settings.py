"""Changed settings, and what each changes: the same on any AWS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.engine.events import Change


@dataclass(frozen=True, kw_only=True)
class ChangedSetting:
    """A setting, as a person changes it.

    Attributes:
        key: the setting.
        value: what it becomes.
        given: what it is, by stack.
        changes: what that changes: logical name, operation, properties.
    """

    key: str
    value: str
    given: Mapping[str, str]
    changes: tuple[tuple[str, str, tuple[str, ...]], ...]


CHANGED_SETTINGS = (
    ChangedSetting(
        key="database.backupRetentionDays",
        value="9",
        given={"dev": "1", "prod": "7"},
        changes=(("data-database-primary", "update", ("backupRetentionPeriod",)),),
    ),
)


def changes_of(changes: Iterable[Change]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Logical name, operation and properties of each change."""
    return [(one.urn.rsplit("::", 1)[1], one.operation, one.properties) for one in changes]
