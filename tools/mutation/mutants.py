"""Small changes of a module, each of which some test should notice.

The operators are mutmut's. mutmut itself runs mutants of undecorated functions only; what a
platform is made of stands mostly in tables, defaults and settings, so all code is walked here.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.mutators import mutation_operators

BESIDE_THE_CODE = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
"""What types or imports: a change of it is found by the type checker, or at once."""
WITHOUT_CHANGED_ARGUMENTS = frozenset({"cast", "isinstance", "len", "NewType", "TypeVar"})
"""Calls whose arguments matter to the type checker only, or fail whenever they are changed."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One changed place of a module."""

    file: str
    """Path below the checkout, with slashes."""
    function: str
    """The dotted name of the function or class around it; empty outside of any."""
    module: cst.Module
    original: cst.CSTNode
    changed: cst.CSTNode
    occurrence: int
    """Which one it is of the same changes in the same function."""

    @cached_property
    def source(self) -> str:
        """The whole module with the change."""
        return cast(cst.Module, self.module.deep_replace(self.original, self.changed)).code

    @cached_property
    def differences(self) -> tuple[str, ...]:
        """Changed lines, with `-` or `+` in front, without indentation."""
        lines = difflib.unified_diff(
            self.module.code.splitlines(), self.source.splitlines(), n=0, lineterm=""
        )
        return tuple(f"{one[0]}{one[1:].strip()}" for one in lines if _is_change(one))

    @property
    def diff(self) -> str:
        """For people, with the lines around."""
        return "\n".join(
            difflib.unified_diff(
                self.module.code.splitlines(), self.source.splitlines(), self.file, n=1, lineterm=""
            )
        )

    @property
    def is_a_change(self) -> bool:
        """Whether this compiles, into something else than the module was."""
        try:
            changed = ast.dump(ast.parse(self.source))
        except SyntaxError:
            return False
        return changed != ast.dump(ast.parse(self.module.code))

    def rank(self, seed: int) -> str:
        """Where it stands in the sample of a seed, whatever else is in the module."""
        parts = (str(seed), self.file, self.function, *self._change, str(self.occurrence))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def _change(self) -> tuple[str, str]:
        code = self.module.code_for_node
        return code(self.original), code(self.changed)


def mutants_of(checkout: Path, file: str) -> list[Mutant]:
    """All mutants of a module.

    Args:
        checkout: where the file is.
        file: its path below that, with slashes.
    """
    module = MetadataWrapper(cst.parse_module((checkout / file).read_text(encoding="utf-8"))).module
    walk = _Walk()
    module.visit(walk)
    seen: dict[tuple[str, str, str], int] = {}
    mutants: list[Mutant] = []
    for function, original, changed in walk.found:
        key = (function, module.code_for_node(original), module.code_for_node(changed))
        seen[key] = seen.get(key, -1) + 1
        mutants.append(Mutant(file, function, module, original, changed, seen[key]))
    return mutants


class _Walk(cst.CSTVisitor):
    """Applies all operators to all nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._names: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, BESIDE_THE_CODE) or _is_type_alias(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if _is_call_without_changed_arguments(node):
            for argument in cast(cst.Call, node).args:
                if isinstance(argument.value, cst.Call):
                    argument.value.visit(self)
            return False
        function = ".".join(self._names)
        self.found += [(function, node, changed) for changed in _changes(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()


def _changes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for kind, operator in cast(list[tuple[type, Any]], mutation_operators):
        if isinstance(node, kind):
            yield from operator(node)


def _is_call_without_changed_arguments(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in WITHOUT_CHANGED_ARGUMENTS
    )


def _is_type_alias(node: cst.CSTNode) -> bool:
    """PEP 8: names of types are in CapWords, those of constants in capitals."""
    if not isinstance(node, cst.Assign) or len(node.targets) > 1:
        return False
    target = node.targets[0].target
    return isinstance(target, cst.Name) and bool(re.match("_?[A-Z]+[a-z]", target.value))


def _is_change(line: str) -> bool:
    return line[0] in "+-" and not line.startswith(("---", "+++"))
