"""Settings of all Lambda functions."""

from __future__ import annotations

from typing import Annotated

from components.shared.setting import Section, setting
from components.shared.setting_kinds import Choice, WholeNumber


class FunctionSettings(Section):
    """What is the same for every function."""

    log_level: Annotated[str, Choice(("DEBUG", "INFO", "WARNING", "ERROR"))] = setting(
        "INFO", "log level of every function; the API's execution log has INFO"
    )
    # Lambda Developer Guide, "Lambda quotas".
    memory_size: Annotated[int, WholeNumber(128, 10_240)] = setting(
        256, "memory of every function in MB; CPU grows with it"
    )
