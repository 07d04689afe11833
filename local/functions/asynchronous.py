"""Invocations that nobody waits for, with Lambda's retries and its on-failure destination.

AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation" and
"Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.clients import AwsClients
from local.aws.dead_letters import dead_letters
from local.functions.configuration import split_arn
from local.functions.logs import FunctionLogs
from local.functions.outcome import Outcome

RETRY_DELAYS_SECONDS = (60.0, 120.0)
"""Before the second and the third attempt."""

USUAL_RETRIES = 2
USUAL_AGE_SECONDS = 6 * 3600
END_SECONDS = 1.0
"""How long an attempt that is under way may take when we end; then it is cut off."""


class Invoker(Protocol):
    """What runs functions, as `local.functions.functions.Functions`."""

    @property
    def logs(self) -> FunctionLogs: ...

    def invoke(self, function: str, event: Any) -> Outcome: ...


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What happens to an event that fails."""

    retries: int = USUAL_RETRIES
    age_seconds: float = USUAL_AGE_SECONDS
    destination: str | None = None


class AsynchronousInvocations:
    """Runs events in threads of their own until the exit of the `with` block."""

    def __init__(
        self,
        clients: AwsClients,
        functions: Invoker,
        delays: Sequence[float] = RETRY_DELAYS_SECONDS,
    ) -> None:
        """Make ready.

        Args:
            clients: of the embedded AWS, which knows the retries and the destination.
            functions: what runs the functions.
            delays: seconds before the second attempt, the third and so on.
        """
        self._clients = clients
        self._functions = functions
        self._delays = delays
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        # Clients can't be made by two threads at once.
        clients("lambda")
        clients("sqs")

    def invoke(
        self, function: str, event: Any, on_progress: Callable[[str], None] = lambda _: None
    ) -> None:
        """Invoke a function; returns at once.

        Args:
            function: its ARN (with alias).
            event: the event; anything that JSON can hold.
            on_progress: told in words how each attempt ended.
        """
        thread = threading.Thread(
            target=self._run, args=[function, event, on_progress], name="asynchronous", daemon=True
        )
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def close(self) -> None:
        """Stop; retries that are due later never come. A second time is no error."""
        self._closing.set()
        until = time.monotonic() + END_SECONDS
        for thread in self._threads:
            thread.join(max(0, until - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, function: str, event: Any, on_progress: Callable[[str], None]) -> None:
        def note(text: str) -> None:
            if not self._closing.is_set():
                self._functions.logs.add(split_arn(function)[0], f"Asynchronous event {text}")
                on_progress(text)

        try:
            self._attempt(function, event, on_progress, note)
        except (ClientError, BotoCoreError) as error:
            note(f"is lost: {error}")

    def _attempt(
        self,
        function: str,
        event: Any,
        on_progress: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        plan, began = self._plan(function), time.monotonic()
        first: Outcome | None = None
        attempts = 0
        while not self._closing.is_set():
            outcome = self._functions.invoke(function, event)
            attempts += 1
            first = first or outcome
            if not outcome.error:
                on_progress("done" if attempts == 1 else f"done at attempt {attempts}")
                return
            failed = f"failed ({outcome.error}: {outcome.error_message})"
            if attempts > plan.retries:
                condition = "RetriesExhausted"
            else:
                delay = self._delays[min(attempts, len(self._delays)) - 1]
                if time.monotonic() + delay - began <= plan.age_seconds:
                    note(f"{failed}; again in {delay:g} s")
                    self._closing.wait(delay)
                    continue
                condition = "EventAgeExceeded"
            if not self._closing.is_set():
                self._give_up(function, event, plan, condition, attempts, first, outcome)
                note(f"{failed}; given up, {_kept(plan.destination)}")
            return

    def _give_up(
        self,
        function: str,
        event: Any,
        plan: _Plan,
        condition: str,
        attempts: int,
        first: Outcome,
        last: Outcome,
    ) -> None:
        dead_letters(plan.destination, self._clients)(
            {
                "requestContext": {
                    # Lambda's id of the event stays the same in all attempts.
                    "requestId": first.request_id,
                    "functionArn": function,
                    "condition": condition,
                    "approximateInvokeCount": attempts,
                },
                "requestPayload": event,
                "responseContext": {
                    "statusCode": 200,
                    "executedVersion": "$LATEST",
                    "functionError": "Unhandled",
                },
                "responsePayload": last.value(),
            }
        )

    def _plan(self, function: str) -> _Plan:
        name, qualifier = split_arn(function)
        request = {"FunctionName": name} | ({"Qualifier": qualifier} if qualifier else {})
        try:
            found = self._clients("lambda").get_function_event_invoke_config(**request)
        except self._clients("lambda").exceptions.ResourceNotFoundException:
            return _Plan()
        return _Plan(
            retries=found.get("MaximumRetryAttempts", USUAL_RETRIES),
            age_seconds=found.get("MaximumEventAgeInSeconds", USUAL_AGE_SECONDS),
            destination=found.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
        )


def _kept(destination: str | None) -> str:
    return f"kept in {destination.rsplit(':', 1)[1]}" if destination else "kept nowhere"
