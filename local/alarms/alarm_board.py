"""What is known about the alarms: their states now, and whom the last changes told."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from local.alarms.alarm_rule import ALARM

MOST_CHANGES = 200


@dataclass(frozen=True, kw_only=True)
class AlarmState:
    """An alarm now.

    Attributes:
        name: its name.
        state: ALARM, OK or INSUFFICIENT_DATA.
        since: in seconds since 1970.
        reason: why.
        cause: of a composite: as few alarms as make it go off; else empty.
        alarms: of a composite: all that it looks at; else empty.
        part_of: the composites that look at it.
        acts: whether it tells anybody of any change.
    """

    name: str
    state: str
    since: float
    reason: str
    cause: Sequence[str] = ()
    alarms: Sequence[str] = ()
    part_of: Sequence[str] = ()
    acts: bool = True


@dataclass(kw_only=True)
class Told:
    """Somebody who is told of a change.

    Attributes:
        who: such as `email to admin@example.com`.
        result: what came of it; empty while it is under way.
    """

    who: str
    result: str = ""


@dataclass(kw_only=True)
class Change:
    """A change of an alarm's state.

    Attributes:
        number: counts all changes, from 1.
        name: the alarm.
        old: the state it was in.
        new: the state it is in.
        told: who is told.
        note: why nobody is told, or not yet.
        done: whether `told` is complete.
    """

    number: int = 0
    name: str
    old: str
    new: str
    told: list[Told] = field(default_factory=list[Told])
    note: str = ""
    done: bool = False


class AlarmBoard:
    """Keeps it; may be used from any thread."""

    def __init__(self) -> None:
        self._alarms: Sequence[AlarmState] = ()
        self._changes: deque[Change] = deque(maxlen=MOST_CHANGES)
        self._numbers = itertools.count(1)
        self._version = 1
        self._lock = threading.Lock()

    def show(self, alarms: Sequence[AlarmState], changes: Sequence[Change]) -> None:
        """Keep the alarms' states and what has changed, at once."""
        in_order = tuple(sorted(alarms, key=lambda one: (one.state != ALARM, one.name)))
        with self._lock:
            if in_order != self._alarms:
                self._version += 1
                self._alarms = in_order
            for change in changes:
                change.number = next(self._numbers)
                self._changes.append(change)

    def tell(self, change: Change, who: str, result: str = "") -> Told:
        """Note that somebody is told of a change."""
        told = Told(who=who, result=result)
        with self._lock:
            change.told.append(told)
        return told

    def conclude(self, change: Change, note: str = "") -> None:
        """Note that all who are to be told of a change are, or are not, for a reason."""
        with self._lock:
            change.note, change.done = note, True

    def alarms(self, version: int = 0) -> dict[str, Any]:
        """All alarms, those in alarm first, unless a version of them is known already."""
        with self._lock:
            known = version == self._version
            states = None if known else [asdict(one) for one in self._alarms]
            return {"version": self._version, "states": states}

    def changes(self, after: int = 0) -> list[dict[str, Any]]:
        """The changes after the one with a number."""
        with self._lock:
            return [asdict(one) for one in self._changes if one.number > after]
