"""Settings of the whole environment."""

from __future__ import annotations

from components.shared.setting import Section, setting
from components.shared.setting_kinds import Retention, Switch


class EnvironmentSettings(Section):
    """How long logs are kept, and whether the environment may be deleted."""

    log_retention_days: Retention = setting(30, "days that all other logs are kept")
    deletion_protection: Switch = setting(
        False, "protect every resource from deletion, keep data and take a final snapshot"
    )
