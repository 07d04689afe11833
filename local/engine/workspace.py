"""The work folder in which the engine runs, made anew for each run and never the checkout itself.

The Automation API rewrites stack files, a value encrypted with somebody's passphrase would stop
it, and the plugins named here must never serve a real `pulumi up`.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from local.engine.config_path import set_value
from local.engine.provider_config import without_accounts
from local.engine.stack_file import config_of, is_encrypted, read_yaml
from local.engine.stand_ins import lay_stand_ins
from local.failures import UserError

PROVIDERS = ("aws", "awsx", "random")

PLACEHOLDER = "https://placeholder.invalid/{key}"
"""Stands in for a secret that only its owner can decrypt: passes as the address that our only
secret setting is, and reaches nobody (RFC 6761, "invalid.")."""

LAUNCHER = """\
#!/bin/sh
echo $$ > {pids}/$$
exec {python} -m local.provider {name} "$@"
"""
"""A provider plugin as the engine starts it; the process id is noted so that we can end it."""


@dataclass(frozen=True)
class Workspace:
    """The files of one stack in a work folder.

    Attributes:
        folder: holds `Pulumi.yaml`, the stack file and all that the engine writes.
        stack: the stack's name.
        project: the project's name, which is its config namespace.
        placeholders: config keys whose encrypted values were replaced.
        stand_ins: config keys whose examples were replaced.
    """

    folder: Path
    stack: str
    project: str
    placeholders: tuple[str, ...]
    stand_ins: tuple[str, ...]

    @property
    def region(self) -> str | None:
        """The AWS region that the stack is deployed to; None where its config names none."""
        region = read_yaml(self.stack_file)["config"].get("aws:region")
        return region if isinstance(region, str) else None

    @property
    def plugin_pids(self) -> Path:
        """A folder with one file for each plugin process started, named by its id."""
        return self.folder / "pids"

    @property
    def stack_file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"

    def configure(self, overrides: Mapping[str, str]) -> None:
        """Lay config values over those of the stack, as `pulumi config set --path` would.

        Args:
            overrides: by key, with or without namespace, in Pulumi's path syntax.

        Raises:
            UserError: a key can't be used.
        """
        content = read_yaml(self.stack_file)
        for key, value in overrides.items():
            set_value(content["config"], _qualified(self.project, key), value)
        _write(self.stack_file, content)


def create_workspace(
    checkout: Path, stack: str, folder: Path, stack_files: Path | None = None
) -> Workspace:
    """Write the work folder of a stack.

    Args:
        checkout: where the program and `Pulumi.yaml` are.
        stack: the stack's name; it needs a `Pulumi.<stack>.yaml`.
        folder: an empty folder.
        stack_files: where the stack files are; in the checkout where none is given.

    Raises:
        UserError: there is no such stack.
    """
    place = stack_files or checkout
    stack_file = place / f"Pulumi.{stack}.yaml"
    if not stack_file.exists():
        known = ", ".join(stacks(place)) or "none"
        raise UserError(
            f"There is no stack {stack!r}: {place} has no {stack_file.name}."
            f" The stacks here are: {known}."
        )
    project_file = checkout / "Pulumi.yaml"
    project = read_yaml(project_file)
    if not isinstance(project.get("name"), str):
        raise UserError(f"{project_file} has no name; it takes one such as name: aws-platform.")
    name: str = project["name"]
    given = without_accounts(config_of(stack_file))
    placeholders: list[str] = []
    config = {
        _qualified(name, key): _without_secrets(value, _qualified(name, key), placeholders)
        for key, value in given.items()
    }
    stand_ins = lay_stand_ins(config, _defaults(project), name)
    workspace = Workspace(folder, stack, name, tuple(placeholders), tuple(stand_ins))
    workspace.plugin_pids.mkdir(parents=True)
    _write(workspace.stack_file, {"config": config})
    plugins = [
        {"name": provider, "path": str(_write_launcher(workspace, provider))}
        for provider in PROVIDERS
    ]
    kept = {key: project[key] for key in ("name", "description", "config") if key in project}
    _write(
        folder / "Pulumi.yaml",
        {**kept, "runtime": "python", "plugins": {"providers": plugins}},
    )
    return workspace


def stacks(folder: Path) -> Iterable[str]:
    """The names of the stacks that a folder has files for."""
    names = (re.fullmatch(r"Pulumi\.(.+)\.yaml", path.name) for path in folder.iterdir())
    return sorted(name[1] for name in names if name)


def _qualified(project: str, key: str) -> str:
    """A config key with its namespace; a colon after the first `.` or `[` belongs to the path."""
    first = re.split(r"[.\[]", key, maxsplit=1)[0]
    return key if ":" in first else f"{project}:{key}"


def _defaults(project: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that a `Pulumi.yaml` has for config keys."""
    described: Any = project.get("config")
    if not isinstance(described, dict):
        return {}
    entries = cast(dict[str, Any], described).items()
    return {key: entry["default"] for key, entry in entries if _has_default(entry)}


def _has_default(entry: Any) -> bool:
    return isinstance(entry, dict) and "default" in entry


def _without_secrets(value: Any, key: str, found: list[str]) -> Any:
    if is_encrypted(value):
        found.append(key)
        return PLACEHOLDER.format(key=key.split(":", 1)[1])
    if isinstance(value, dict):
        entries = cast(dict[str, Any], value)
        return {
            name: _without_secrets(part, f"{key}.{name}", found) for name, part in entries.items()
        }
    if isinstance(value, list):
        parts = cast(list[Any], value)
        return [
            _without_secrets(part, f"{key}[{index}]", found) for index, part in enumerate(parts)
        ]
    return value


def _write_launcher(workspace: Workspace, provider: str) -> Path:
    folder = workspace.folder / "plugins" / provider
    folder.mkdir(parents=True)
    launcher = folder / f"pulumi-resource-{provider}"
    launcher.write_text(
        LAUNCHER.format(
            pids=shlex.quote(str(workspace.plugin_pids)),
            python=shlex.quote(sys.executable),
            name=provider,
        )
    )
    launcher.chmod(0o700)
    return folder


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
