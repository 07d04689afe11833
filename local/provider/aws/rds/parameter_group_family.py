"""Parameter group families: which parameter groups an engine's version takes."""

from __future__ import annotations

from typing import Any

from local.provider.aws.described import refuse
from local.provider.resource_type import Aws, Properties


def require_family(aws: Aws, inputs: Properties) -> None:
    """A parameter group fits the major version of its engine only; moto takes any."""
    group, version = inputs.get("parameterGroupName"), inputs.get("engineVersion")
    engine = inputs.get("engine")
    if not group or not version or engine not in {"postgres", "mysql", "mariadb"}:
        return
    if group.startswith("default."):
        return
    needed = _family(engine, str(version))
    groups = aws.client("rds").describe_db_parameter_groups(DBParameterGroupName=group)
    for found in groups["DBParameterGroups"]:
        family = found["DBParameterGroupFamily"]
        if family != needed:
            refuse(
                "CreateDBInstance",
                "InvalidParameterCombination",
                f"The parameter group {group} with DBParameterGroupFamily {family} can't be used "
                "for this instance. Please use a parameter group with DBParameterGroupFamily "
                f"{needed}.",
            )


def parameter_group_name(instance: dict[str, Any]) -> str | None:
    """The name of an instance's parameter group as AWS answers it."""
    groups: list[dict[str, Any]] = instance["DBParameterGroups"]
    name: str | None = groups[0]["DBParameterGroupName"] if groups else None
    if name and name.startswith("default.") and instance["Engine"] and instance["EngineVersion"]:
        # moto cuts the version from the name where it is a major one alone.
        return f"default.{_family(instance['Engine'], instance['EngineVersion'])}"
    return name


def _family(engine: str, version: str) -> str:
    parts = version.split(".")
    return f"{engine}{parts[0] if engine == 'postgres' else '.'.join(parts[:2])}"
