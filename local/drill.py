"""`python -m local alarm`: sets an alarm of the running stack off, and tells what came of it."""

from __future__ import annotations

import difflib
import json
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from local.alarms.alarm_rule import ALARM, OK, STATES
from local.aws.clients import AwsClients
from local.checkout import CHECKOUT
from local.failures import UserError
from local.page.pages import ALARMS_PATH
from local.session_files import RunningSession

PATIENCE_SECONDS = 5.0
POLL_SECONDS = 0.1
ANSWER_SECONDS = 5

AlarmStates = Mapping[str, Mapping[str, Any]]


def set_alarm(
    session: RunningSession,
    name: str,
    state: str,
    reason: str,
    *,
    say: Callable[[str], None],
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Set an alarm's state, wait for what comes of it, and say that.

    Args:
        session: the run.
        name: the alarm, with or without the stack's prefix. A composite changes by the alarms that
            it looks at: those are set.
        state: ALARM, OK or INSUFFICIENT_DATA, in any case.
        reason: what the alarm gives as its reason.
        say: told each line.
        patience: seconds to wait.

    Raises:
        UserError: there is no such alarm or state, or it can't get into that.
    """
    state = state.upper()
    if state not in STATES:
        raise UserError(
            f"There is no state {state!r} of alarms; choose one of {', '.join(STATES)}."
        )
    board = _Board(session.origin + ALARMS_PATH, session.page_token)
    alarms, changes = board.read()
    found = _find(name, _prefix(session), alarms)
    before = max((one["number"] for one in changes), default=0)
    if alarms[found]["state"] == state:
        say(f"{found} is in {state} already, and alarms act when they change. Set another first.")
        return
    names = _to_set(alarms[found], state, alarms)
    if names != [found]:
        say(f"{found} is a composite: {state} for {', '.join(names)}.")
    cloudwatch = AwsClients(session.pool.access)("cloudwatch")
    try:
        for one in names:
            cloudwatch.set_alarm_state(AlarmName=one, StateValue=state, StateReason=reason)
    except (ClientError, BotoCoreError) as error:
        raise UserError(f"The embedded AWS did not set {found} to {state}: {error}") from None
    changed = _wait(board, found, before, patience)
    alarms, _ = board.read()
    for change in changed:
        for line in _told(change, alarms):
            say(line)
    if found not in [change["name"] for change in changed]:
        say(f"{found} has not changed: it is in {alarms[found]['state']}.")
    say(f"Messages are listed at {session.start_page}#messages")


@dataclass(frozen=True)
class _Board:
    """Where the run tells its alarms, to whoever has its token."""

    url: str
    token: str

    def read(self, after: int = 0) -> tuple[AlarmStates, Sequence[Mapping[str, Any]]]:
        """All alarms by name, and the changes after the one with a number."""
        request = urllib.request.Request(
            f"{self.url}?changes={after}", headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                document: dict[str, Any] = json.load(answer)
        except (OSError, ValueError) as error:
            raise UserError(
                f"{self.url} does not answer ({error}): is `make local` still up?"
            ) from None
        states: list[Mapping[str, Any]] = document["alarms"]["states"]
        return {one["name"]: one for one in states}, document["changes"]


def _prefix(session: RunningSession) -> str:
    project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    return f"{project}-{session.stack}-"


def _find(name: str, prefix: str, alarms: AlarmStates) -> str:
    short = {one.removeprefix(prefix).lower(): one for one in alarms}
    wanted = name.lower().removeprefix(prefix.lower())
    if wanted in short:
        return short[wanted]
    close = difflib.get_close_matches(wanted, short, n=1, cutoff=0.5)
    meant = f" Did you mean {short[close[0]].removeprefix(prefix)}?" if close else ""
    listed = "\n".join(f"  {one.removeprefix(prefix)}" for one in sorted(alarms))
    raise UserError(f"There is no alarm {name!r}.{meant} The alarms here are:\n{listed}")


def _to_set(alarm: Mapping[str, Any], state: str, alarms: AlarmStates) -> Sequence[str]:
    if not alarm["alarms"]:
        return [alarm["name"]]
    not_ok = [name for name in alarm["alarms"] if alarms[name]["state"] != OK]
    names: Sequence[str] = {ALARM: alarm["cause"], OK: not_ok}.get(state, ())
    if not names:
        raise UserError(
            f"{alarm['name']} is a composite, which can't be set to {state}:"
            f" set the alarms that it looks at: {', '.join(alarm['alarms'])}."
        )
    return names


def _wait(board: _Board, name: str, before: int, patience: float) -> Sequence[Mapping[str, Any]]:
    """The changes since, when that of an alarm is there and all who are told were told."""
    until = time.monotonic() + patience
    while True:
        changes = board.read(before)[1]
        seen = any(one["name"] == name for one in changes)
        told = all(one["done"] and all(each["result"] for each in one["told"]) for one in changes)
        if (seen and told) or time.monotonic() > until:
            return changes
        time.sleep(POLL_SECONDS)


def _told(change: Mapping[str, Any], alarms: AlarmStates) -> Sequence[str]:
    lines = [f"{change['name']}: {change['old']} -> {change['new']}"]
    alarm = alarms.get(change["name"], {})
    parents = " and ".join(alarm.get("part_of", ()))
    if not alarm.get("acts", True):
        part = f" It is part of {parents}." if parents else ""
        lines.append(f"  has no actions: it pages nobody itself.{part}")
    elif change["note"]:
        lines.append(f"  {change['note']}")
    lines += [f"  {one['who']}: {one['result'] or 'under way'}" for one in change["told"]]
    return lines
