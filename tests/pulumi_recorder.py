"""A recorder for Pulumi's mocks: what the program registers, and what it would see of AWS."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi import runtime
from pulumi.output import Unknown
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret, wrap_rpc_secret

from local.engine.stand_ins import lay_stand_ins
from settings import Settings
from tests.awsx_vpc_mock import vpc_outputs

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "aws-platform"
REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
ZONES = [f"{REGION}{letter}" for letter in "abcdef"]
UNKNOWN = "<known after up>"
"""Stands in recorded inputs and outputs for what is unknown at preview."""
CALLS: Mapping[str, dict[str, Any]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT_ID},
    "aws:index/getPartition:getPartition": {"partition": "aws"},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ZONES},
    "aws:index/getRegion:getRegion": {"region": REGION},
}
# What AWS computes and the program reads, by type; `{name}` is the logical name.
COMPUTED: Mapping[str, dict[str, Any]] = {
    "aws:apigateway/apiKey:ApiKey": {"value": "{name}-value"},
    "aws:apigateway/restApi:RestApi": {"executionArn": "arn:aws:execute-api:::{name}"},
    "aws:apigateway/stage:Stage": {"invokeUrl": "https://{name}.example.com"},
    "aws:dynamodb/table:Table": {"streamArn": "arn:aws:dynamodb:::{name}/stream"},
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        "primaryEndpointAddress": "{name}.cache.example.com"
    },
    "aws:kms/key:Key": {"keyId": "{name}-key-id"},
    "aws:lambda/alias:Alias": {"invokeArn": "arn:aws:apigateway:::{name}/invocations"},
    "aws:lambda/function:Function": {"version": "1"},
    "aws:rds/instance:Instance": {"address": "{name}.db.example.com"},
    "aws:secretsmanager/secretVersion:SecretVersion": {
        "secretArn": "arn:aws:secretsmanager:::{name}"
    },
    "aws:sqs/queue:Queue": {"url": "https://sqs.example.com/{name}"},
    "random:index/randomId:RandomId": {"hex": "abc123"},
    "random:index/randomPassword:RandomPassword": {"result": "generated"},
}


@dataclass(frozen=True)
class Registered:
    """One registered resource.

    Attributes:
        secret: the inputs that the state keeps encrypted; `inputs` holds them in plain text.
        parent: the parent's logical name.
        depends_on: logical names of what it waits for by option.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    secret: frozenset[str] = frozenset()
    parent: str | None = None
    depends_on: tuple[str, ...] = ()
    options: pulumi.ResourceOptions = field(default_factory=pulumi.ResourceOptions)


@dataclass
class Recorder(runtime.Mocks):
    """Records resources; refuses unknown function calls and two of one type and name.

    Attributes:
        preview: whether ids and everything else that AWS computes are unknown.
        answers: what function calls return, by token.
    """

    preview: bool = False
    answers: Mapping[str, dict[str, Any]] = field(default_factory=lambda: CALLS)
    monitor: MockMonitor = field(init=False)
    resources: list[Registered] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)
    transforms: list[pulumi.ResourceTransform] = field(default_factory=list)
    _options: dict[tuple[str, str], pulumi.ResourceOptions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.monitor = MockMonitor(self)

    def transformation(self, args: pulumi.ResourceTransformationArgs) -> None:
        """Keeps the options, which mocks don't show."""
        self._options[args.type_, args.name] = args.opts

    def register_transform(self, transform: pulumi.ResourceTransform) -> None:
        self.transforms.append(transform)

    def new_resource(self, args: runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if any((one.type, one.name) == (args.typ, args.name) for one in self.resources):
            raise AssertionError(f"{args.typ} {args.name} is registered twice")
        options = self._options.get((args.typ, args.name), pulumi.ResourceOptions())
        self.resources.append(_registered(args, options))
        # What the program gave it gets back, but for what only AWS knows.
        given = {key: value for key, value in args.inputs.items() if value is not None}
        if args.typ == "awsx:ec2:Vpc":
            outputs = {} if self.preview else vpc_outputs(self.monitor, args.name, args.inputs)
        elif self.preview or args.typ.startswith("pulumi:providers:"):
            outputs = given
        else:
            outputs = {"arn": f"arn:aws:::{args.name}", "name": args.name, **given}
            outputs |= _named(COMPUTED.get(args.typ, {}), args.name)
        for key in options.additional_secret_outputs or ():
            if key in outputs:
                outputs[key] = wrap_rpc_secret(unwrap_rpc_secret(outputs[key]))
        return "" if self.preview else f"{args.name}-id", outputs

    def call(self, args: runtime.MockCallArgs) -> dict[str, Any]:
        self.calls.append(args.token)
        if args.token not in self.answers:
            raise AssertionError(f"the program calls {args.token}, which has no recorded answer")
        return self.answers[args.token]

    def of(self, type_: str) -> list[Registered]:
        """All resources of a type, given whole or by its last part (`Instance`)."""
        return [one for one in self.resources if type_ in (one.type, one.type.rpartition(":")[2])]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The only resource of a type, or the one with this logical name."""
        found = [one for one in self.of(type_) if name is None or one.name == name]
        names = [one.name for one in self.of(type_)]
        assert len(found) == 1, f"expected one {type_} {name or ''}, there are {names}"
        return found[0]

    def counts(self) -> Counter[str]:
        return Counter(one.type for one in self.resources)


def committed_config(stack: str) -> dict[str, Any]:
    """The values of `Pulumi.<stack>.yaml` by whole key."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]


def run_program(
    stack: str = "dev",
    overrides: Mapping[str, Any] | None = None,
    *,
    preview: bool = False,
    secret: Iterable[str] = (),
    recorder: Recorder | None = None,
) -> Recorder:
    """Run the real `__main__.py` with a committed stack's config, as a local run has it.

    Args:
        stack: `dev` or `prod`.
        overrides: settings without namespace that replace the committed ones.
        preview: whether what AWS computes is unknown.
        secret: settings without namespace that are encrypted in the stack's config.
        recorder: records instead of a new one, for what is registered before an error.
    """
    own = {f"{PROJECT}:{key}": value for key, value in (overrides or {}).items()}
    committed = committed_config(stack)
    lay_stand_ins(committed, {f"{PROJECT}:alarmEmails": [*Settings().alarm_emails]}, PROJECT)
    config = {**committed, **own}
    secret_keys = [f"{PROJECT}:{key}" for key in secret]
    recorder = recorder or Recorder(preview=preview)
    return record(_program, stack=stack, config=config, secret=secret_keys, recorder=recorder)


def record(
    program: Callable[[], object],
    *,
    stack: str = "dev",
    config: Mapping[str, Any] | None = None,
    preview: bool = False,
    secret: Iterable[str] = (),
    recorder: Recorder | None = None,
) -> Recorder:
    """Run a program under mocks and return what it registered; its errors propagate.

    Args:
        program: what Pulumi runs.
        stack: the stack's name.
        config: the stack's config by whole key.
        preview: whether what AWS computes is unknown.
        secret: whole keys of the config that are encrypted.
        recorder: records instead of a new one, for what is registered before an error.
    """
    kept = recorder or Recorder(preview=preview)
    runtime.settings.reset_options()
    values = {key: _as_engine_sends(value) for key, value in (config or {}).items()}
    runtime.set_all_config(values, list(secret))

    async def recorded() -> None:
        runtime.register_stack_transformation(kept.transformation)
        program()
        for key, value in runtime.get_root_resource().outputs.items():
            output = pulumi.Output.from_input(value)
            kept.outputs[key] = _shown(await output.future(with_unknowns=True))
            if await output.is_secret():
                kept.secret_outputs.add(key)

    async def run() -> None:
        runtime.set_mocks(kept, PROJECT, stack, kept.preview, monitor=kept.monitor)
        # Mocks bring a stack of their own, which would take the exports.
        runtime.settings.set_root_resource(None)
        await runtime.run_in_stack(recorded)

    asyncio.run(run())
    return kept


def _program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


def _registered(args: runtime.MockResourceArgs, options: pulumi.ResourceOptions) -> Registered:
    waits_for: Any = options.depends_on or []
    return Registered(
        type=args.typ,
        name=args.name,
        inputs={key: _shown(value) for key, value in args.inputs.items()},
        secret=frozenset(key for key, value in args.inputs.items() if is_rpc_secret(value)),
        parent=options.parent._name if options.parent else None,
        depends_on=tuple(one._name for one in waits_for),
        options=options,
    )


def _named(outputs: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        key: value.format(name=name) if isinstance(value, str) else value
        for key, value in outputs.items()
    }


def _shown(value: Any) -> Any:
    """A recorded value without the marks of secrets and of unknown values."""
    value = unwrap_rpc_secret(value)
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return value


def _as_engine_sends(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
