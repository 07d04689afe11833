"""The event sources of a deployed stack at work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.clients import AwsClients
from local.event_sources.pipe import Pipe
from local.event_sources.queue_mapping import QueueMapping
from local.event_sources.stream_mapping import StreamMapping
from local.functions.functions import Functions

RECOVERY_SECONDS = 1
"""How long an event source waits after an error of the embedded AWS."""

Source = Pipe | QueueMapping | StreamMapping


class EventSources:
    """Reads every enabled event source mapping and running pipe until the `with` block's exit."""

    def __init__(self, clients: AwsClients, functions: Functions) -> None:
        """Look up what is deployed; `start` begins.

        Args:
            clients: clients of the embedded AWS.
            functions: what runs the functions.
        """
        self._functions = functions
        self._closing = threading.Event()
        self._invocations = ThreadPoolExecutor(thread_name_prefix="queue-batch")
        self._sources = list(self._deployed(clients))
        self._threads = [
            threading.Thread(target=self._run, args=[source], name=source.name, daemon=True)
            for source in self._sources
        ]

    def start(self) -> None:
        """Begin to read, with a worker of each function warm before long."""
        self._functions.prewarm(
            *{one.function for one in self._sources if not isinstance(one, Pipe)}
        )
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop reading; what is under way is waited for. A second time is no error."""
        self._closing.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()
        self._invocations.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _deployed(self, clients: AwsClients) -> Iterator[Source]:
        mappings: list[dict[str, Any]] = clients("lambda").list_event_source_mappings()[
            "EventSourceMappings"
        ]
        for mapping in mappings:
            if mapping["State"] != "Enabled":
                continue
            if ":sqs:" in mapping["EventSourceArn"]:
                yield QueueMapping(mapping, clients, self._functions, self._invocations)
            else:
                yield StreamMapping(mapping, clients, self._functions)
        pipes = clients("pipes")
        for listed in pipes.list_pipes()["Pipes"]:
            pipe: dict[str, Any] = pipes.describe_pipe(Name=listed["Name"])
            if pipe.get("DesiredState", "RUNNING") == "RUNNING":
                yield Pipe(pipe, clients)

    def _run(self, source: Source) -> None:
        while not self._closing.is_set():
            try:
                source.read(self._closing)
            except (ClientError, BotoCoreError) as error:
                # What was read and not done comes again: queues and streams keep it.
                if not self._closing.is_set():
                    self._functions.logs.add(source.name, f"{type(error).__name__}: {error}")
                self._closing.wait(RECOVERY_SECONDS)
