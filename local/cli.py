"""The commands of `python -m local`."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, nullcontext, suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from local.child_process import end_children
from local.engine.finding import EngineError
from local.failures import INTERRUPTED, DeploymentError, UserError
from local.folders import run_folder
from local.interruption import silence_other_threads
from local.shell import forget_accounts

if TYPE_CHECKING:
    from local.engine.deployment import Deployment

SLACK_WEBHOOK = "slackWebhookUrl"
"""The setting that a local run lays its own stand-in for Slack over."""

application = typer.Typer(
    help="Run the platform on this machine: the real Pulumi engine, an embedded AWS, no account.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

StackArgument = Annotated[
    str, typer.Argument(help="The stack: any that has a Pulumi.STACK.yaml.", metavar="STACK")
]
ConfigOption = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        "-c",
        metavar="KEY=VALUE",
        help="Lay a value over the stack's config, as in -c 'cache.nodeCount=1'. Repeatable.",
    ),
]


class Emulator(StrEnum):
    """What stands in for AWS."""

    EMBEDDED = "embedded"
    MINISTACK = "ministack"


StackOfRunOption = Annotated[
    str | None, typer.Option("--stack", help="The run of this stack, where there are several.")
]
PortOfRunOption = Annotated[
    int | None, typer.Option("--port", help="The run at this port, where there are several.")
]


@application.command()
def preview(stack: StackArgument, config: ConfigOption = None) -> None:
    """Show what a deployment would create."""
    with _deployment(stack, config) as deployment:
        deployment.preview(on_output=_show, color=_color(sys.stdout.isatty()))


@application.command()
def up(
    stack: StackArgument,
    config: ConfigOption = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of the gateway; 0 for any that is free."),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the start page in the browser.")
    ] = True,
    empty: Annotated[bool, typer.Option("--empty", help="Put no products in.")] = False,
    emulator: Annotated[
        Emulator,
        typer.Option("--aws", help="MiniStack, which others wrote: needs `make second-aws`."),
    ] = Emulator.EMBEDDED,
) -> None:
    """Deploy into an embedded AWS and serve the API until Ctrl-C."""
    from local.gateway.gateway import take_port
    from local.page.access import PageAccess
    from local.page.browser import opened
    from local.provider.registry import recorded_only
    from local.serving import instructions, serving

    # Before the deployment, which nobody wants to have waited for in vain.
    listener = take_port(port)
    access = PageAccess.new(listener.getsockname()[1])
    slack = f"{SLACK_WEBHOOK}={access.slack_url}"
    with listener, _deployment(stack, [slack, *(config or [])], emulator) as deployment:
        deployment.up(on_output=_show, color=_color(sys.stdout.isatty()))
        for resource in recorded_only(deployment.export()):
            print(f"Only recorded, since the embedded AWS has no such API: {resource}")
        run = serving(deployment, listener, empty=empty, access=access)
        # To be interrupted is how this ends well.
        with run as session, suppress(KeyboardInterrupt):
            print(instructions(session))
            print("Ctrl-C ends all of it.", flush=True)
            page = run_folder() / f"start-{access.port}.html"
            shown = open_page and sys.stdout.isatty()
            with opened(session.start_page, page) if shown else nullcontext():
                threading.Event().wait()


@application.command()
def token(
    who: Annotated[str, typer.Argument(help="admin or user.", metavar="WHO")],
    stack: StackOfRunOption = None,
    port: PortOfRunOption = None,
) -> None:
    """Print a fresh access token for the API that runs."""
    from local.session_files import running_session

    print(running_session(stack, port).fresh_token(who))


@application.command()
def alarm(
    name: Annotated[
        str,
        typer.Argument(help="The alarm, with or without the stack's prefix.", metavar="NAME"),
    ],
    state: Annotated[
        str, typer.Option(help="The state to set it to.", metavar="ALARM|OK|INSUFFICIENT_DATA")
    ] = "ALARM",
    reason: Annotated[
        str, typer.Option(help="What the alarm gives as its reason.")
    ] = "Set by `python -m local alarm`",
    stack: StackOfRunOption = None,
    port: PortOfRunOption = None,
) -> None:
    """Set an alarm of what runs to a state, and tell what comes of it."""
    from local.drill import set_alarm
    from local.session_files import running_session

    set_alarm(running_session(stack, port), name, state, reason, say=print)


@application.command()
def export(stack: StackArgument, config: ConfigOption = None) -> None:
    """Deploy into a throw-away embedded AWS and print the deployment as JSON."""

    def show(line: str) -> None:
        print(line, file=sys.stderr)

    with _deployment(stack, config) as deployment:
        deployment.up(on_output=show, color=_color(sys.stderr.isatty()))
        state = deployment.export()
    print(json.dumps(state, indent=4))


def main() -> None:
    """Run a command and end the process with its exit code."""
    forget_accounts()
    code = _run()
    # Of what nobody reads any more, typer has ended the run.
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    # The SDK's threads would wait for ever for an engine that was ended under them.
    end_children()
    os._exit(code)


def _run() -> int:
    try:
        application()
    except (UserError, EngineError, DeploymentError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@contextmanager
def _deployment(
    stack: str, config: list[str] | None, emulator: Emulator = Emulator.EMBEDDED
) -> Generator[Deployment]:
    from local.aws.embedded_aws import EmbeddedAws
    from local.aws.ministack import MiniStack
    from local.engine.deployment import open_deployment

    overrides = _overrides(config or [])
    start_aws = MiniStack if emulator is Emulator.MINISTACK else EmbeddedAws
    with open_deployment(stack, overrides, start_aws=start_aws) as deployment:
        laid_over = {key.rpartition(":")[2] for key in overrides}
        replaced = {
            **dict.fromkeys(deployment.workspace.placeholders, "encrypted; a placeholder"),
            **dict.fromkeys(deployment.workspace.stand_ins, "an example; one that reaches nobody"),
        }
        for key, what in replaced.items():
            if key.rpartition(":")[2] not in laid_over:
                print(f"{key} is {what} stands in for it here.", file=sys.stderr)
        yield deployment


def _overrides(config: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in config]
    for key, separator, _ in pairs:
        if not separator or not key:
            raise UserError(f"-c {key!r} sets nothing: write -c KEY=VALUE.")
    return {key: value for key, _, value in pairs}


def _show(line: str) -> None:
    try:
        print(line)
    except BrokenPipeError:
        # The SDK calls this from a thread too, and warns of what that meets.
        silence_other_threads()
        raise


def _color(terminal: bool) -> str:
    return "always" if terminal and "NO_COLOR" not in os.environ else "never"
