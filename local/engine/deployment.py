"""A stack of this checkout on the real Pulumi engine and an embedded AWS."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi.automation import CommandError, LocalWorkspace, Stack

from local.aws.access import DEFAULT_REGION
from local.aws.embedded_aws import EmbeddedAws
from local.aws.ministack import MiniStack
from local.checkout import CHECKOUT
from local.engine.command import EngineCommand
from local.engine.events import Change, Events
from local.engine.finding import Engine, find_engine
from local.engine.program import Program
from local.engine.work_folder import work_folder
from local.engine.workspace import Workspace, create_workspace
from local.failures import DeploymentError, UserError

PARALLEL = 16
"""Resource operations at once."""


class Deployment:
    """One stack in one embedded AWS. Made by `open_deployment`.

    Attributes:
        aws: the embedded AWS.
        workspace: the engine's work folder.
    """

    def __init__(
        self,
        program: Program,
        workspace: Workspace,
        aws: EmbeddedAws | MiniStack,
        engine: Engine,
    ) -> None:
        self.aws = aws
        self.workspace = workspace
        self._program = program
        home = workspace.folder / "home"
        home.mkdir()
        self._stack = Stack.create(
            workspace.stack,
            LocalWorkspace(
                work_dir=str(workspace.folder),
                pulumi_home=str(home),
                pulumi_command=EngineCommand(engine, workspace.plugin_pids),
                program=program.run,
                env_vars={
                    **aws.access.environment(),
                    "PULUMI_BACKEND_URL": f"file://{quote(str(workspace.folder))}",
                    "PULUMI_CONFIG_PASSPHRASE": "embedded",
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                },
            ),
        )

    def configure(self, overrides: Mapping[str, str]) -> None:
        """Change the stack's config for what follows; see `Workspace.configure`."""
        self.workspace.configure(overrides)

    def preview(self, **options: Any) -> list[Change]:
        """What `up` would change; options as for `up`."""
        return self._run(self._stack.preview, **options)

    def up(self, **options: Any) -> list[Change]:
        """Deploy.

        Args:
            options: `on_output`, called with each line the engine prints; `color`; `diff`.

        Returns:
            What was changed; resources that stayed as they are do not appear.

        Raises:
            UserError: the program refused its config; nothing was registered.
            DeploymentError: the engine failed otherwise.
        """
        self.aws.read_ahead()
        return self._run(self._stack.up, **options)

    def refresh(self, **options: Any) -> list[Change]:
        """Read every resource anew; what differed from the state. Options as for `up`."""
        return self._run(self._stack.refresh, **options)

    def destroy(self, **options: Any) -> list[Change]:
        """Delete every resource; options as for `up`."""
        return self._run(self._stack.destroy, **options)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in plain text."""
        return {name: output.value for name, output in self._stack.outputs().items()}

    def export(self) -> dict[str, Any]:
        """The deployment, in the form of `pulumi stack export --show-secrets`."""
        state = self._stack.export_stack()
        return {"version": state.version, "deployment": state.deployment}

    def _run(self, operation: Callable[..., Any], **options: Any) -> list[Change]:
        events = Events(options.pop("on_output", None))
        self._program.forget()
        try:
            operation(
                on_event=events.on_event,
                on_output=events.on_output,
                parallel=PARALLEL,
                suppress_progress=True,
                **options,
            )
        except CommandError as error:
            self._program.end_unfinished()
            if self._program.error and not events.open:
                raise UserError(self._program.error) from None
            failure = DeploymentError(_stderr(error))
            for reason in events.reasons:
                failure.add_note(reason)
            raise failure from error
        finally:
            if not self._program.error:
                events.open_gate()
        return events.changes


@contextlib.contextmanager
def open_deployment(
    stack: str,
    overrides: Mapping[str, str] | None = None,
    checkout: Path = CHECKOUT,
    stack_files: Path | None = None,
    *,
    start_aws: Callable[[str], EmbeddedAws | MiniStack] = EmbeddedAws,
) -> Generator[Deployment]:
    """A stack in a new embedded AWS; all of it is gone at the exit of the `with` block.

    Args:
        stack: the stack's name.
        overrides: config values laid over the stack's own, see `Workspace.configure`.
        checkout: where the program is.
        stack_files: where the stack files are; in the checkout where none is given.
        start_aws: starts the AWS to deploy to, in a region.

    Raises:
        UserError: there is no such stack, or an override can't be used.
        EngineError: there is no engine.
    """
    with work_folder() as folder:
        workspace = create_workspace(checkout, stack, folder, stack_files)
        workspace.configure(overrides or {})
        program = Program(checkout)
        region = workspace.region or os.environ.get("AWS_REGION") or DEFAULT_REGION
        with start_aws(region) as aws:
            yield Deployment(program, workspace, aws, find_engine())


def _stderr(error: CommandError) -> str:
    # The SDK keeps the parts of a result in the error's text only.
    return str(error).partition("\n stderr: ")[2].strip()
