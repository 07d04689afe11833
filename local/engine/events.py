"""What the engine tells of its work, collected."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from pulumi.automation.events import EngineEvent, StepEventMetadata

from local.engine.command import OnOutput
from local.engine.output import EngineOutput

UNCHANGED = ("same", "read", "refresh")
"""Operations of the engine that leave a resource as it was."""

UNREGISTERED = ("pulumi:pulumi:Stack", "pulumi:providers:")
"""Beginnings of the types that stand for nothing in an account."""


@dataclass(frozen=True)
class Change:
    """What the engine does, or would do, to one resource.

    Attributes:
        urn: the resource.
        operation: `create`, `update`, `replace`, `delete`, … as in the engine's events.
        properties: the paths of the properties that differ.
    """

    urn: str
    operation: str
    properties: tuple[str, ...]


class Events:
    """Collects changes, and holds the engine's lines back until a resource is registered.

    A program that refuses its config does so before; then its message is all that is shown.
    """

    def __init__(self, on_output: OnOutput | None) -> None:
        self.changes: list[Change] = []
        self.reasons: list[str] = []
        self.open = False
        self._on_output = EngineOutput(on_output) if on_output else None
        self._held: list[str] = []
        self._refreshed: set[str] = set()
        self._lock = threading.Lock()

    def on_output(self, line: str) -> None:
        with self._lock:
            if not self.open:
                self._held.append(line)
            elif self._on_output:
                self._on_output(line)

    def on_event(self, event: EngineEvent) -> None:
        diagnostic = event.diagnostic_event
        if diagnostic and diagnostic.severity == "error":
            self.reasons.append(f"{diagnostic.urn}: {diagnostic.message}")
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            if not step.type.startswith(UNREGISTERED):
                self.open_gate()
            if step.op.value == "refresh":
                self._refreshed.add(step.urn)
                return
        # Only after a refresh is it known what it found.
        elif event.res_outputs_event and event.res_outputs_event.metadata.urn in self._refreshed:
            step = event.res_outputs_event.metadata
        else:
            return
        if step.op.value not in UNCHANGED:
            self.changes.append(Change(step.urn, step.op.value, _differing(step)))

    def open_gate(self) -> None:
        with self._lock:
            self.open = True
            if self._on_output:
                for line in self._held:
                    self._on_output(line)
            self._held.clear()


def _differing(step: StepEventMetadata) -> tuple[str, ...]:
    return tuple(sorted(step.detailed_diff or step.diffs or ()))
