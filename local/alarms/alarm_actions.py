"""Watches the alarms of an embedded AWS and does what CloudWatch does when one changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.alarms.alarm import Alarm, metric_alarm
from local.alarms.alarm_board import AlarmBoard, AlarmState, Change
from local.alarms.alarm_rule import ALARM, OK
from local.alarms.notification import StateChange, mail, message, subject
from local.alarms.suppression import Suppression
from local.alarms.topics import Topics
from local.aws.clients import AwsClients

LOOK_SECONDS = 0.5
"""How often the alarms are looked at."""


class AlarmActions:
    """Carries the alarms' actions out until the exit of the `with` block.

    An alarm on metrics changes by `SetAlarmState` only, since nothing publishes metrics here; the
    embedded AWS keeps its state. Composite alarms, which that does not have, are evaluated here.
    """

    def __init__(
        self,
        clients: AwsClients,
        composites: Sequence[Alarm],
        topics: Topics,
        board: AlarmBoard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at nothing yet.

        Args:
            clients: of the embedded AWS.
            composites: the composite alarms.
            topics: what sends messages.
            board: where all is shown.
            clock: seconds, for suppressors.
        """
        self._cloudwatch = clients("cloudwatch")
        self._composites = {one.name: one for one in composites}
        self._topics = topics
        self._board = board
        self._clock = clock
        self._states: dict[str, AlarmState] = {}
        self._held: dict[str, tuple[StateChange, Change]] = {}
        self._suppressions: dict[str, Suppression] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def look(self) -> None:
        """Look at all alarms once, and act on what has changed.

        Raises:
            botocore.exceptions.ClientError: the embedded AWS refuses.
            botocore.exceptions.BotoCoreError: it is gone.
        """
        described = {one["AlarmName"]: one for one in self._described()}
        alarms = {name: metric_alarm(one) for name, one in described.items()}
        changes: list[StateChange] = []
        states: dict[str, AlarmState] = {}
        for name, one in described.items():
            states[name] = self._state(alarms[name], one)
            known = self._states.get(name)
            if known and known.state != states[name].state:
                changes.append(_change(alarms[name], known, states[name]))
        changes += self._evaluate(states, alarms, changes)
        self._states = states
        shown = [(one, Change(name=one.alarm.name, old=one.old, new=one.new)) for one in changes]
        self._board.show(list(states.values()), [change for _, change in shown])
        for one, change in shown:
            self._act(one, change)
        self._act_on_held()

    def close(self) -> None:
        """Stop looking; a second time is no error."""
        self._closing.set()
        if self._thread.ident:
            self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.look()
            except (ClientError, BotoCoreError):
                # The next look will tell.
                self._closing.wait(LOOK_SECONDS)
            self._closing.wait(LOOK_SECONDS)

    def _described(self) -> list[dict[str, Any]]:
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate()
        return [alarm for page in pages for alarm in page["MetricAlarms"]]

    def _state(self, alarm: Alarm, described: Mapping[str, Any]) -> AlarmState:
        return AlarmState(
            name=alarm.name,
            state=described["StateValue"],
            since=described["StateUpdatedTimestamp"].timestamp(),
            reason=described.get("StateReason", ""),
            part_of=self._parents(alarm.name),
            acts=any(alarm.actions.values()),
        )

    def _evaluate(
        self,
        states: dict[str, AlarmState],
        alarms: Mapping[str, Alarm],
        changes: Sequence[StateChange],
    ) -> list[StateChange]:
        """Add the composites' states, each after those it looks at; what has changed of them."""
        arns = {name: one.arn for name, one in {**alarms, **self._composites}.items()}
        by_name = {change.alarm.name: change for change in changes}
        found: list[StateChange] = []
        waiting = dict(self._composites)
        while waiting:
            # AWS refuses composites that look at each other.
            name = next(one for one in waiting if not waiting.keys() & _children(waiting[one]))
            composite = waiting.pop(name)
            causes = [by_name[child] for child in _children(composite) if child in by_name]
            known = self._states.get(name)
            states[name] = self._composite_state(composite, known, states, causes, arns)
            if known and known.state != states[name].state:
                children = [(one.alarm.arn, one.new, one.time) for one in causes]
                by_name[name] = _change(composite, known, states[name], children)
                found.append(by_name[name])
            elif not known and composite.suppressor:
                self._suppressions[name] = Suppression(composite.suppressor, states[name].state)
        return found

    def _composite_state(
        self,
        composite: Alarm,
        known: AlarmState | None,
        states: Mapping[str, AlarmState],
        causes: Sequence[StateChange],
        arns: Mapping[str, str],
    ) -> AlarmState:
        assert composite.rule is not None
        current = {name: one.state for name, one in states.items()}
        state = ALARM if composite.rule.holds(current) else OK
        if known and known.state == state:
            return known
        reason = " and ".join(_transition(arns, one) for one in causes)
        return AlarmState(
            name=composite.name,
            state=state,
            since=max((one.time for one in causes), default=time.time()),
            reason=reason or "Unchecked: Initial alarm creation",
            cause=composite.rule.smallest_cause(),
            alarms=composite.rule.alarms,
            part_of=self._parents(composite.name),
            acts=any(composite.actions.values()),
        )

    def _parents(self, name: str) -> list[str]:
        return [one.name for one in self._composites.values() if name in _children(one)]

    def _act(self, change: StateChange, shown: Change) -> None:
        suppressor = change.alarm.suppressor
        if not suppressor:
            self._carry_out(change, shown)
            return
        self._held[change.alarm.name] = change, shown
        needed = self._suppressions[change.alarm.name].change(change.new, self._clock())
        note = f"acts in {suppressor.wait_seconds:g} s, unless {suppressor.alarm} is in alarm then"
        self._board.conclude(shown, note if needed else "nobody was told of the change before")

    def _act_on_held(self) -> None:
        for name, suppression in self._suppressions.items():
            suppressor = self._composites[name].suppressor
            assert suppressor is not None
            state = self._states.get(suppressor.alarm)
            if suppression.may_act(state.state if state else OK, self._clock()):
                self._carry_out(*self._held.pop(name))

    def _carry_out(self, change: StateChange, shown: Change) -> None:
        actions = change.alarm.actions.get(change.new, ())
        for action in actions:
            if ":sns:" not in action:
                self._board.tell(shown, action, "is not told here")
                continue

            def tell(who: str) -> Callable[[str], None]:
                told = self._board.tell(shown, who)

                def result(text: str) -> None:
                    told.result = text

                return result

            try:
                self._topics.publish(
                    action, subject(change), message(change), tell, mail=mail(change)
                )
            except ClientError as error:
                self._board.tell(shown, action, str(error))
        self._board.conclude(shown, "" if actions else f"has no actions for {change.new}")


def _children(composite: Alarm) -> Sequence[str]:
    return composite.rule.alarms if composite.rule else ()


def _change(
    alarm: Alarm,
    old: AlarmState,
    new: AlarmState,
    children: Sequence[tuple[str, str, float]] = (),
) -> StateChange:
    return StateChange(
        alarm=alarm,
        old=old.state,
        new=new.state,
        reason=new.reason,
        time=new.since,
        children=children,
    )


def _transition(arns: Mapping[str, str], change: StateChange) -> str:
    when = datetime.fromtimestamp(change.time, UTC).strftime("%A %d %B, %Y %H:%M:%S UTC")
    return f"{arns[change.alarm.name]} transitioned to {change.new} at {when}"
