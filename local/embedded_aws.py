"""The embedded AWS: a moto server in a process of its own, on loopback.

The process ends with the one that started it, also when that is killed: it reads its standard
input, a pipe that only the starter holds open, and leaves at the pipe's end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

from local.aws_access import AwsAccess
from local.child_process import end
from local.embedded_dynamodb import make_transactions_atomic
from local.embedded_sqs import make_queues_lossless

ACCOUNT_ID = "123456789012"

BACKLOG = 128
COLLECTIONS = (10_000, 20, 50)
"""How seldom each generation of objects is collected, as `gc.set_threshold` takes it."""

MOTO_SETTINGS = {
    # Roles may have AWS's own policies attached, which moto reads only when told to.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}
SERVICES_READ_AHEAD = ("ec2", "iam", "kms", "logs", "awslambda", "apigateway", "rds", "cloudwatch")


class EmbeddedAws:
    """A running embedded AWS, empty at first; ends at the exit of the `with` block.

    Attributes:
        access: how it is called; the access key is one of this run.
    """

    def __init__(self) -> None:
        """Start the server; calls may be made at once, they wait until it is up."""
        with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
            self.access = AwsAccess.new(f"http://127.0.0.1:{listener.getsockname()[1]}")
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.embedded_aws", str(listener.fileno())],
                cwd=Path(__file__).resolve().parents[1],
                env={**environment_without_aws(), **MOTO_SETTINGS, **self.access.environment()},
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


def environment_without_aws() -> dict[str, str]:
    """Our environment without what concerns a person's own AWS accounts and Pulumi stacks."""
    foreign = ("AWS_", "PULUMI_")
    return {key: value for key, value in os.environ.items() if not key.startswith(foreign)}


def _serve(file_descriptor: int) -> None:
    imported = threading.Event()
    threading.Thread(target=_obey_starter, args=[imported], daemon=True).start()

    import logging

    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs]
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.serving import WSGIRequestHandler, make_server

    from local.signed_calls import SignedCalls

    imported.set()
    # Functions are run by the gateway; moto would look for Docker.
    default_user_config["lambda"] = {"use_docker": False}
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # Clients keep their connections.
    WSGIRequestHandler.protocol_version = "HTTP/1.1"

    def create_app(service: Any) -> Any:
        if service == "sns":
            _leave_subscriptions_alone()
        elif service == "dynamodb":
            _leave_event_sources_alone()
            make_transactions_atomic()
        elif service == "sqs":
            make_queues_lossless()
        return create_backend_app(service)

    access = AwsAccess.of_environment(os.environ)
    assert access is not None
    application = SignedCalls(
        DomainDispatcherApplication(create_app), access.access_key_id, access.secret_access_key
    )
    # Else each full collection stops all requests for up to a second, as the stack's state grows.
    gc.set_threshold(*COLLECTIONS)
    server = make_server("127.0.0.1", 0, application, threaded=True, fd=file_descriptor)
    server.serve_forever()


def _obey_starter(imported: threading.Event) -> None:
    for _ in sys.stdin:
        threading.Thread(target=_read_ahead, args=[imported], daemon=True).start()
    os._exit(0)


def _read_ahead(imported: threading.Event) -> None:
    """Import what the first calls would otherwise wait for."""
    # moto's modules import each other in a circle that two threads at once would break.
    imported.wait()
    from moto.backends import get_backend

    for service in SERVICES_READ_AHEAD:
        get_backend(service)  # pyright: ignore[reportUnknownMemberType, reportCallIssue, reportArgumentType]


def _leave_event_sources_alone() -> None:
    """Keep moto from invoking the functions of event sources itself, in Docker.

    It would do so at each write, fail, and forget the stream's records or count a message as
    received.
    """
    from moto.dynamodb.models.table import Table
    from moto.sqs.models import Queue

    for source in (Table, Queue):
        source.lambda_event_source_mappings = property(lambda _: {}, lambda *_: None)  # pyright: ignore


def _leave_subscriptions_alone() -> None:
    """Keep moto from invoking the functions that subscribed to a topic itself, in Docker.

    Alarms reach them by `local/alarms/topics.py`.
    """
    from moto.sns.models import Subscription

    publish = Subscription.publish

    def publish_elsewhere(self: Any, *arguments: Any, **options: Any) -> None:
        if self.protocol != "lambda":
            publish(self, *arguments, **options)

    Subscription.publish = publish_elsewhere


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
