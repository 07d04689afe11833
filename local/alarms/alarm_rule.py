"""The rule of a composite alarm (CloudWatch API Reference, "PutCompositeAlarm", AlarmRule)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"
STATES = (ALARM, OK, INSUFFICIENT_DATA)

States = Mapping[str, str]
Term = Callable[[States], bool]

_TOKEN = re.compile(r"""\s*(?:([()])|"([^"]*)"|([^\s()"]+))""")
_MOST_CAUSES = 3


class AlarmRule:
    """When a composite alarm is in alarm.

    Attributes:
        alarms: the names of the alarms that it looks at.
    """

    def __init__(self, text: str) -> None:
        """Read a rule: ALARM, OK and INSUFFICIENT_DATA of alarms, with NOT, AND, OR and brackets.

        Args:
            text: the rule; alarms by name or ARN.

        Raises:
            ValueError: it is none.
        """
        parser = _Parser(text)
        self._term = parser.whole()
        self.alarms: Sequence[str] = tuple(dict.fromkeys(parser.alarms))

    def holds(self, states: States) -> bool:
        """Whether the rule holds, given the states of alarms by their names."""
        return self._term(states)

    def smallest_cause(self) -> Sequence[str]:
        """As few alarms as make the rule hold by going off; none where three don't."""
        for count in range(1, _MOST_CAUSES + 1):
            for alarms in itertools.combinations(self.alarms, count):
                if self.holds({name: ALARM if name in alarms else OK for name in self.alarms}):
                    return alarms
        return ()


class _Parser:
    def __init__(self, text: str) -> None:
        self.alarms: list[str] = []
        self._text = text
        self._tokens = ["".join(found.groups("")) for found in _TOKEN.finditer(text)]
        self._next = 0

    def whole(self) -> Term:
        term = self._any()
        if self._peek():
            raise self._error()
        return term

    def _any(self) -> Term:
        terms = [self._all()]
        while self._peek().upper() == "OR":
            self._take()
            terms.append(self._all())
        return lambda states: any(term(states) for term in terms)

    def _all(self) -> Term:
        terms = [self._one()]
        while self._peek().upper() == "AND":
            self._take()
            terms.append(self._one())
        return lambda states: all(term(states) for term in terms)

    def _one(self) -> Term:
        word = self._take().upper()
        if word == "NOT":
            negated = self._one()
            return lambda states: not negated(states)
        if word == "(":
            inner = self._any()
            self._expect(")")
            return inner
        if word in ("TRUE", "FALSE"):
            return lambda _: word == "TRUE"
        if word not in STATES:
            raise self._error()
        self._expect("(")
        name = self._take().partition(":alarm:")
        alarm = name[2] or name[0]
        self._expect(")")
        self.alarms.append(alarm)
        return lambda states: states.get(alarm) == word

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        if not token:
            raise self._error()
        self._next += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise self._error()

    def _error(self) -> ValueError:
        return ValueError(f"{self._text!r} is no rule of a composite alarm.")
