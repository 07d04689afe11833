"""Another embedded AWS: MiniStack, which others wrote, in a process of its own, on loopback.

It stands in an environment of its own, since it asks for other versions of what we use. Like ours
it ends with the process that started it, also when that is killed.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from local.aws.access import ACCOUNT_ID, DEFAULT_REGION, AwsAccess
from local.aws.public_calls import public_targets
from local.checkout import CHECKOUT
from local.child_process import end
from local.failures import UserError
from local.shell import environment_of_children

PYTHON = CHECKOUT / ".venv-second-aws" / "bin" / "python"
"""Of the environment that `make second-aws` makes."""

BACKLOG = 128
SETTINGS = {
    "MINISTACK_HOST": "127.0.0.1",
    "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
    # Without them it would look for Docker, and listen at fixed ports.
    "DOCKER_HOST": "unix:///dev/null/docker.sock",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "COGNITO_EMAIL_ENABLED": "false",
    "LAMBDA_EXECUTOR": "local",
    "LOG_LEVEL": "ERROR",
}


class MiniStack:
    """A running MiniStack, empty at first; ends at the exit of the `with` block.

    It takes calls that name the run's access key, without a look at the signature, and what AWS's
    user pools take unsigned.

    Attributes:
        access: how it is called; the access key is one of this run.
        pid: its process.
        folder: its files, gone at its end.
    """

    def __init__(self, region: str = DEFAULT_REGION) -> None:
        """Start the server; calls may be made at once, they wait until it is up.

        Args:
            region: the region that its callers are in.

        Raises:
            UserError: MiniStack isn't installed.
        """
        if not PYTHON.exists():
            raise UserError("MiniStack isn't installed here. Install it: make second-aws")
        self._folder = tempfile.TemporaryDirectory(
            prefix="aws-platform-ministack-", ignore_cleanup_errors=True
        )
        self.folder = self._folder.name
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
            port = listener.getsockname()[1]
            self.access = AwsAccess.new(f"http://127.0.0.1:{port}", region)
            environment = {
                **environment_of_children(),
                **SETTINGS,
                **self.access.environment(),
                "GATEWAY_PORT": str(port),
                "MINISTACK_REGION": region,
                "TMPDIR": self.folder,
                "STATE_DIR": self.folder,
                "S3_DATA_DIR": self.folder,
            }
            # The functions that it runs import theirs from the layers that they were deployed with.
            del environment["PYTHONPATH"]
            self._process = subprocess.Popen(
                [
                    str(PYTHON),
                    # Else this folder comes first among those that it imports from.
                    "-I",
                    str(Path(__file__).with_name("ministack_server.py")),
                    str(listener.fileno()),
                    *public_targets(),
                ],
                cwd=self.folder,
                env=environment,
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,
            )
        self.pid = self._process.pid

    def read_ahead(self) -> None:
        """Nothing: what calls need is imported quickly enough."""

    def stop(self) -> None:
        """End the server; a second time is no error."""
        end(self._process, at_once=True)
        if self._process.stdin:
            self._process.stdin.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
