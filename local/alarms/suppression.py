"""Whether a composite alarm may act now."""

from __future__ import annotations

from local.alarms.alarm import Suppressor
from local.alarms.alarm_rule import ALARM


class Suppression:
    """Holds the actions of a composite alarm back while its suppressor is in alarm.

    CloudWatch User Guide, "Suppressing composite alarm actions": after a change the composite
    waits for the suppressor to go off; while that is in alarm, and for a while after, it is silent;
    then it acts, unless it is back where it was when it last acted.
    """

    def __init__(self, suppressor: Suppressor, state: str) -> None:
        """Begin, in a state that needs no action.

        Args:
            suppressor: what holds it back.
            state: the composite's state.
        """
        self._suppressor = suppressor
        self._acted_on = state
        self._state = state
        self._changed = 0.0
        self._suppressed_until: float | None = None

    def change(self, state: str, now: float) -> bool:
        """The composite has changed; whether that will need an action if it stays so.

        Args:
            state: its new state.
            now: in seconds, of any clock.
        """
        self._state, self._changed = state, now
        if self._suppressed_until is not None and now >= self._suppressed_until:
            self._suppressed_until = None
        return state != self._acted_on

    def may_act(self, suppressor_state: str, now: float) -> bool:
        """Whether to act on the last change now; once for each.

        Args:
            suppressor_state: state of the suppressor.
            now: in seconds, of the clock of `change`.
        """
        if suppressor_state == ALARM:
            self._suppressed_until = now + self._suppressor.extension_seconds
            return False
        waits_until = self._changed + self._suppressor.wait_seconds
        if self._suppressed_until is not None:
            waits_until = self._suppressed_until
        if self._state == self._acted_on or now < waits_until:
            return False
        self._acted_on, self._suppressed_until = self._state, None
        return True
