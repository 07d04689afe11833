"""A stack of this checkout on the real Pulumi engine and an embedded AWS."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import re
import runpy
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi import RunError
from pulumi.automation import CommandError, LocalWorkspace, Stack
from pulumi.automation.events import EngineEvent, StepEventMetadata

from local.aws.embedded_aws import EmbeddedAws
from local.checkout import CHECKOUT
from local.engine.command import EngineCommand, OnOutput
from local.engine.finding import Engine, find_engine
from local.engine.output import EngineOutput
from local.engine.workspace import Workspace, create_workspace
from local.failures import DeploymentError, UserError

PARALLEL = 16
"""Resource operations at once."""

UNCHANGED = ("same", "read", "refresh")
"""Operations of the engine that leave a resource as it was."""

PROGRAM_END_SECONDS, PROGRAM_POLL_SECONDS = 10, 0.02
"""How long what is left of a failed program may take to end, and how often it is looked at."""

QUIET_SECONDS = 0.3
"""After which an event loop that does not run is one that the SDK has left."""

STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Change:
    """What the engine does, or would do, to one resource.

    Attributes:
        urn: the resource.
        operation: `create`, `update`, `replace`, `delete`, … as in the engine's events.
        properties: the paths of the properties that differ.
    """

    urn: str
    operation: str
    properties: tuple[str, ...]


class Deployment:
    """One stack in one embedded AWS. Made by `open_deployment`.

    Attributes:
        aws: the embedded AWS.
        workspace: the engine's work folder.
    """

    def __init__(
        self,
        checkout: Path,
        workspace: Workspace,
        aws: EmbeddedAws,
        engine: Engine,
        imported: threading.Thread,
    ) -> None:
        self.aws = aws
        self.workspace = workspace
        self._checkout = checkout
        self._imported = imported
        self._program_error: str | None = None
        self._program_loop: asyncio.AbstractEventLoop | None = None
        home = workspace.folder / "home"
        home.mkdir()
        self._stack = Stack.create(
            workspace.stack,
            LocalWorkspace(
                work_dir=str(workspace.folder),
                pulumi_home=str(home),
                pulumi_command=EngineCommand(engine, workspace.plugin_pids),
                program=self._run_program,
                env_vars={
                    **aws.access.environment(),
                    "PULUMI_BACKEND_URL": f"file://{workspace.folder}",
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

    def recorded_only(self) -> list[str]:
        """The resources that the embedded AWS has no API for, as `type (name)`."""
        from local.provider.registry import recorded_only_tokens

        tokens = recorded_only_tokens()
        resources = self.export()["deployment"].get("resources", [])
        return [
            f"{resource['type']} ({resource['urn'].rsplit('::', 1)[1]})"
            for resource in resources
            if resource["type"] in tokens
        ]

    def export(self) -> dict[str, Any]:
        """The deployment, in the form of `pulumi stack export --show-secrets`."""
        state = self._stack.export_stack()
        return {"version": state.version, "deployment": state.deployment}

    def _run(self, operation: Callable[..., Any], **options: Any) -> list[Change]:
        events = _Events(options.pop("on_output", None))
        self._program_error = None
        self._program_loop = None
        try:
            operation(
                on_event=events.on_event,
                on_output=events.on_output,
                parallel=PARALLEL,
                suppress_progress=True,
                **options,
            )
        except CommandError as error:
            self._end_unfinished_program()
            if self._program_error and not events.open:
                raise UserError(self._program_error) from None
            failure = DeploymentError(_stderr(error))
            for reason in events.reasons:
                failure.add_note(reason)
            raise failure from error
        finally:
            if not self._program_error:
                events.open_gate()
        return events.changes

    def _run_program(self) -> None:
        # Modules that the SDK loads at their first use are seen half loaded by a second thread.
        self._imported.join()
        _send_no_debug_messages()
        self._program_loop = asyncio.get_running_loop()
        try:
            runpy.run_path(str(self._checkout / "__main__.py"), run_name="__main__")
        except RunError as error:
            self._program_error = str(error)
            raise

    def _end_unfinished_program(self) -> None:
        """End what the SDK leaves under way of a failed program.

        Else it would end when it is collected, perhaps in the midst of the next program, whose
        callback server the SDK would then take for its own, and stop.
        """
        loop, until = self._program_loop, time.monotonic() + PROGRAM_END_SECONDS
        quiet_since = time.monotonic()
        while loop and not loop.is_closed() and time.monotonic() < until:
            if loop.is_running():
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET_SECONDS:
                # Should the SDK's thread come back to the loop just now, it sees to the rest.
                with contextlib.suppress(RuntimeError):
                    _cancel_all(loop)
                return
            time.sleep(PROGRAM_POLL_SECONDS)


class _Events:
    """Collects changes, and holds the engine's lines back until a resource is registered.

    A program that refuses its config does so before; then its message is all that is shown.
    """

    def __init__(self, on_output: OnOutput | None) -> None:
        self.changes: list[Change] = []
        self.reasons: list[str] = []
        self.open = False
        self._on_output = EngineOutput(on_output) if on_output else None
        self._held: list[str] = []
        self._refreshed: set[str] = set()
        self._lock = threading.Lock()

    def on_output(self, line: str) -> None:
        with self._lock:
            if not self.open:
                self._held.append(line)
            elif self._on_output:
                self._on_output(line)

    def on_event(self, event: EngineEvent) -> None:
        diagnostic = event.diagnostic_event
        if diagnostic and diagnostic.severity == "error":
            self.reasons.append(f"{diagnostic.urn}: {diagnostic.message}")
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            if step.type != STACK_TYPE:
                self.open_gate()
            if step.op.value == "refresh":
                self._refreshed.add(step.urn)
                return
        # Only after a refresh is it known what it found.
        elif event.res_outputs_event and event.res_outputs_event.metadata.urn in self._refreshed:
            step = event.res_outputs_event.metadata
        else:
            return
        if step.op.value not in UNCHANGED:
            self.changes.append(Change(step.urn, step.op.value, _differing(step)))

    def open_gate(self) -> None:
        with self._lock:
            self.open = True
            if self._on_output:
                for line in self._held:
                    self._on_output(line)
            self._held.clear()


def _send_no_debug_messages() -> None:
    """Nobody reads them, and the program waits for the engine at each: for a third of a preview."""
    pulumi.log.debug = lambda *_, **__: None  # pyright: ignore[reportUnknownLambdaType, reportUnknownMemberType]


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    def ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
        """The SDK's own handler would stop the loop at the first error."""

    loop.set_exception_handler(ignore)
    if tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks, timeout=PROGRAM_END_SECONDS))


def _stderr(error: CommandError) -> str:
    # The SDK keeps the parts of a result in the error's text only.
    return str(error).partition("\n stderr: ")[2].strip()


def _differing(step: StepEventMetadata) -> tuple[str, ...]:
    return tuple(sorted(step.detailed_diff or step.diffs or ()))


@contextlib.contextmanager
def open_deployment(
    stack: str, overrides: Mapping[str, str] | None = None, checkout: Path = CHECKOUT
) -> Generator[Deployment]:
    """A stack in a new embedded AWS; all of it is gone at the exit of the `with` block.

    Args:
        stack: the stack's name.
        overrides: config values laid over the stack's own, see `Workspace.configure`.
        checkout: where the program is.

    Raises:
        UserError: there is no such stack, or an override can't be used.
        EngineError: there is no engine.
    """
    with tempfile.TemporaryDirectory(prefix="aws-platform-") as name:
        workspace = create_workspace(checkout, stack, Path(name).resolve())
        workspace.configure(overrides or {})
        imported = threading.Thread(target=_import_ahead, args=(checkout,), daemon=True)
        imported.start()
        with EmbeddedAws() as aws:
            yield Deployment(checkout, workspace, aws, find_engine(), imported)


def _import_ahead(checkout: Path) -> None:
    """Import what the program will, while the engine starts."""
    _make_importable(checkout)
    components = sorted((checkout / "components").rglob("*.py"))
    # Collections would look at a million new objects, of which none is garbage.
    gc.disable()
    # What is wrong with them shows when the program itself imports them.
    with contextlib.suppress(Exception):
        for path in components:
            module = path.relative_to(checkout).with_suffix("")
            importlib.import_module(".".join(module.parts).removesuffix(".__init__"))
        # The provider's SDK loads each of its modules at their first use only.
        used = set(re.findall(r"\baws\.([a-z0-9]+_?)\.", "".join(map(Path.read_text, components))))
        for name in sorted(used):
            hasattr(importlib.import_module(f"pulumi_aws.{name}"), "outputs")
    gc.freeze()
    gc.enable()


def _make_importable(checkout: Path) -> None:
    if str(checkout) not in sys.path:
        sys.path.insert(0, str(checkout))
