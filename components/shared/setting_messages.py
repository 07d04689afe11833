"""What people are told about settings that can't be used."""

from __future__ import annotations

import difflib
import json
import re
import shlex
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, cast

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from components.shared.setting import Section, allowed, described, is_secret, section_of
from components.shared.setting_kinds import REFUSED

Path = tuple[str | int, ...]
"""Where a value stands: names, and numbers of items of a list."""


@dataclass(frozen=True, kw_only=True)
class SettingMessages:
    """Words errors with the key as people write it, the value, and what is allowed or to do.

    Attributes:
        namespace: the config namespace.
        settings: the section that has all others.
        moved: where settings went that had another key, by that key; both dotted.
        given: the config values, by key without namespace.
        encrypted: keys of `given` whose values are encrypted in the config.
    """

    namespace: str
    settings: type[Section]
    moved: Mapping[str, str]
    given: Mapping[str, Any]
    encrypted: Set[str]

    def message(self, error: ErrorDetails) -> str:
        """One line about one of pydantic's errors."""
        path, value = error["loc"], error["input"]
        if error["type"] == "extra_forbidden":
            return f"{self.namespace}:{self._unknown(path, value)}"
        context = error.get("ctx", {})
        if context.get("at"):
            path, value = (*path, context["at"]), context["value"]
        path, fields = self._found(path)
        hidden = path[0] in self.encrypted or any(is_secret(field) for field in fields)
        shown = "[secret]" if hidden else json.dumps(value, default=str)
        origin = "" if _is_given(self.given, path) else " by default"
        reason = f" ({error['msg']})" if error["type"] == REFUSED and not hidden else ""
        remedy = f"; {context['remedy']}" if context.get("remedy") else ""
        what = f"{self.namespace}:{_dotted(path)} is {shown}{origin}{reason}"
        return f"{what}; allowed: {allowed(fields[-1])}{remedy}"

    def _unknown(self, path: Path, value: object) -> str:
        key = _dotted(path)
        # Without --path, `pulumi config set` takes dots and brackets for a part of the name.
        literal = len(path) == 1 and re.search(r"[.\[]", key) is not None
        known = dict(described(self.settings))
        whole = re.sub(r"\[\d+\]$", "", key)
        hidden = path[0] in self.encrypted
        if key in self.moved:
            new = self.moved[key]
            move = self._move(key, new, value, literal, hidden or is_secret(known[new]))
            return f"{key} is now {new}; {move}"
        if not literal:
            section = self.settings
            for field in self._found(path[:-1])[1]:
                section = section_of(field) or section
            names = [str(field.alias) for field in section.model_fields.values()]
            suggestion = _suggestion(str(path[-1]), names, _dotted(path[:-1]))
        elif whole in known and (key == whole or isinstance(known[whole].default, tuple)):
            move = self._move(key, key, value, literal, hidden or is_secret(known[whole]))
            return f"{key} is a path, which needs --path; {move}"
        else:
            suggestion = _suggestion(whole, list(known))
        return f"{key} is not a setting; {suggestion}"

    def _move(self, old: str, new: str, value: object, literal: bool, hidden: bool) -> str:
        """The commands that give a value to another key."""
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        put = f"{'--secret ' if hidden else ''}--path {shlex.quote(f'{self.namespace}:{new}')}"
        remove = f"{'' if literal else '--path '}{shlex.quote(f'{self.namespace}:{old}')}"
        shown = "<value>" if hidden else shlex.quote(text)
        return f"use `pulumi config set {put} {shown}`, then `pulumi config rm {remove}`"

    def _found(self, path: Path) -> tuple[Path, Sequence[FieldInfo]]:
        """A path in people's names, and the sections and the setting on its way.

        Pydantic names what has its default as the program does, `replica_count`.
        """
        section: type[Section] | None = self.settings
        names: list[str | int] = []
        fields: list[FieldInfo] = []
        for part in path:
            for name, field in section.model_fields.items() if section else ():
                if part in (name, field.alias):
                    names.append(str(field.alias))
                    fields.append(field)
                    section = section_of(field)
                    break
            else:
                names.append(part)
        return tuple(names), fields


def _dotted(path: Path) -> str:
    """`("api", "corsOrigins", 0)` as Pulumi's path syntax has it: `api.corsOrigins[0]`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _is_given(values: Any, path: Path) -> bool:
    for part in path:
        if isinstance(values, Mapping):
            if part not in values:
                return False
            values = cast(Mapping[str | int, Any], values)[part]
    return True


def _suggestion(name: str, known: Sequence[str], before: str = "") -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {_dotted((before, close[0])) if before else close[0]}?"
    return f"the settings here are {', '.join(sorted(known))}"
