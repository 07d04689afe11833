"""The embedded AWS: a moto server in a process of its own, on loopback.

The process ends with the one that started it, also when that is killed: it reads its standard
input, a pipe that only the starter holds open, and leaves at the pipe's end.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from typing import Self

from local.aws.access import DEFAULT_REGION, AwsAccess
from local.aws.server import FIRST_STACK
from local.checkout import CHECKOUT
from local.child_process import end
from local.shell import environment_of_children

BACKLOG = 128
MOTO_SETTINGS = {
    # Roles may have AWS's own policies attached, which moto reads only when told to.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # moto takes GovCloud and the newest regions for misspelt; the program refuses those that are.
    "MOTO_ALLOW_NONEXISTENT_REGION": "true",
}


class EmbeddedAws:
    """A running embedded AWS, empty at first; ends at the exit of the `with` block.

    Attributes:
        access: how it is called; the access key is one of this run.
    """

    def __init__(self, region: str = DEFAULT_REGION, *, first_stack: bool = False) -> None:
        """Start the server; calls may be made at once, they wait until it is up.

        Args:
            region: the region that its callers are in.
            first_stack: no stack has been in the account before, so that nobody has set what an
                account has once, which is API Gateway's log role. Else a stack can run here that
                leaves that to another, as `Pulumi.dev.yaml` does.
        """
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
            self.access = AwsAccess.new(f"http://127.0.0.1:{listener.getsockname()[1]}", region)
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "local.aws.server", str(listener.fileno())),
                    *([FIRST_STACK] if first_stack else []),
                ],
                cwd=CHECKOUT,
                env={**environment_of_children(), **MOTO_SETTINGS, **self.access.environment()},
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
            )

    def read_ahead(self) -> None:
        """Import now what the calls of a deployment would otherwise wait for; returns at once."""
        assert self._process.stdin is not None
        # A server that ended is told by the first call.
        with contextlib.suppress(OSError):
            self._process.stdin.write("\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """End the server; a second time is no error."""
        end(self._process, at_once=True)
        if self._process.stdin:
            self._process.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
