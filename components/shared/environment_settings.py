"""Settings of the whole environment."""

from __future__ import annotations

from pydantic import StrictBool

from components.shared.setting import RETENTIONS_ALLOWED, Retention, Section, setting


class EnvironmentSettings(Section):
    """How long logs are kept, and whether the environment may be deleted."""

    log_retention_days: Retention = setting(
        30, "days that all other logs are kept", RETENTIONS_ALLOWED
    )
    deletion_protection: StrictBool = setting(
        False,
        "protect every resource from deletion, keep data and take a final snapshot",
        "true or false",
    )
