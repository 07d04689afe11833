"""What people would have been told: what the local Slack got, and mails that would be sent."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from dataclasses import dataclass

MOST_MESSAGES = 100
LONGEST_MESSAGE = 4000


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """One message.

    Attributes:
        number: counts all messages, from 1.
        time: when it came, in seconds since 1970.
        channel: `Slack`, or `mail to` an address.
        text: what it says.
    """

    number: int
    time: float
    channel: str
    text: str


class SentMessages:
    """Keeps the last messages; may be used from any thread."""

    def __init__(self) -> None:
        self._messages: deque[SentMessage] = deque(maxlen=MOST_MESSAGES)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, channel: str, text: str) -> None:
        """Keep a message."""
        with self._lock:
            self._messages.append(
                SentMessage(
                    number=next(self._numbers),
                    time=time.time(),
                    channel=channel,
                    text=text[:LONGEST_MESSAGE],
                )
            )

    def after(self, number: int = 0) -> list[SentMessage]:
        """Those after the one with a number."""
        with self._lock:
            return [one for one in self._messages if one.number > number]
