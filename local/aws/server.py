"""The process of the embedded AWS: moto, mended where it errs, for the run's owner only."""

from __future__ import annotations

import gc
import os
import sys
import threading
from typing import Any

from local.aws.access import AwsAccess
from local.aws.cache_subnet_groups import complete_cache_subnet_groups
from local.aws.log_role import refuse_logs_without_a_role
from local.aws.queues import make_queues_lossless
from local.aws.tables import make_transactions_atomic

COLLECTIONS = (10_000, 20, 50)
"""How seldom each generation of objects is collected, as `gc.set_threshold` takes it."""

SERVICES_READ_AHEAD = ("ec2", "iam", "kms", "logs", "awslambda", "apigateway", "rds", "cloudwatch")


FIRST_STACK = "first-stack"
"""The argument for an account in which no stack has been before."""


def _serve(file_descriptor: int, *, first_stack: bool) -> None:
    imported = threading.Event()
    threading.Thread(target=_obey_starter, args=[imported], daemon=True).start()

    import logging

    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import (  # pyright: ignore[reportMissingTypeStubs]
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.serving import WSGIRequestHandler, make_server

    from local.aws.signed_calls import SignedCalls

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
        elif service == "apigateway":
            refuse_logs_without_a_role(another_stack=not first_stack)
        elif service == "elasticache":
            complete_cache_subnet_groups()
        return create_backend_app(service)

    access = AwsAccess.of_environment(os.environ)
    assert access is not None
    application = SignedCalls(DomainDispatcherApplication(create_app), access)
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
    _serve(int(sys.argv[1]), first_stack=FIRST_STACK in sys.argv[2:])
