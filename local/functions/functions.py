"""Runs the deployed functions as Lambda would, in worker processes that come from the checkout."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.checkout import CHECKOUT
from local.functions.configuration import FunctionConfiguration
from local.functions.environment import function_environment, withheld_variables
from local.functions.logs import FunctionLogs
from local.functions.outcome import Outcome
from local.functions.pool import Pool
from local.functions.sources import Sources
from local.functions.worker_process import ForkParent

MOST_AT_ONCE = 128
"""Invocations under way, of all functions; more wait."""


class Functions:
    """The functions of one deployment."""

    def __init__(
        self,
        configurations: Callable[[str], FunctionConfiguration],
        environment: Mapping[str, str],
        code: Path = CHECKOUT,
        packages: Mapping[str, Path] | None = None,
    ) -> None:
        """Make ready to run; the workers start when they are needed, or by `prewarm`.

        Args:
            configurations: how a function is deployed, by its ARN (with alias) or name.
            environment: variables for each function besides its own: where its AWS is.
            code: the checkout, whose `handlers/` they are.
            packages: by functions' names, what was packaged for them from elsewhere.
        """
        self.logs = FunctionLogs()
        self._configurations = configurations
        self._environment = dict(environment)
        self._code = code
        self._packages = packages or {}
        self._executor = ThreadPoolExecutor(MOST_AT_ONCE, "invocation")
        self._pools: dict[str, Pool] = {}
        self._lock = threading.Lock()
        self._sources = Sources(code / "handlers")
        self._parent = ForkParent()

    def start(self, function: str, event: Any) -> Future[Outcome]:
        """Invoke a function; nothing that it does makes the future raise.

        Args:
            function: its ARN (with alias) or name.
            event: the event; anything that JSON can hold.
        """
        return self._executor.submit(self.invoke, function, event)

    def invoke(self, function: str, event: Any) -> Outcome:
        """Invoke a function and wait for its end; arguments as for `start`."""
        payload = json.dumps(event).encode()
        return self._pool(function).invoke(function, payload)

    def prewarm(self, *functions: str) -> None:
        """Start one worker for each of these, without waiting for it."""
        for function in functions:
            self._executor.submit(self._prewarm, function)

    def close(self) -> None:
        """End all workers; a second time is no error."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.close()
        self._parent.close()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Functions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prewarm(self, function: str) -> None:
        self._pool(function).prewarm()

    def _pool(self, function: str) -> Pool:
        with self._lock:
            pool = self._pools.get(function)
            if pool is None:
                configuration = self._configurations(function)
                pool = Pool(
                    configuration,
                    self._code,
                    self._packages.get(configuration.name),
                    function_environment(configuration, self._environment, self._code),
                    self._parent,
                    self._sources,
                    self.logs,
                )
                self._pools[function] = pool
                if withheld := withheld_variables(configuration.environment):
                    self.logs.add(
                        configuration.name,
                        f"Not set here, where they would change what this machine runs:"
                        f" {', '.join(withheld)}",
                    )
            return pool
