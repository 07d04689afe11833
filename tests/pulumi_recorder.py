"""A recorder for Pulumi's mocks: what the program registers, and what it would see of AWS."""

from __future__ import annotations

import asyncio
import json
import runpy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi import runtime
from pulumi.runtime.mocks import MockMonitor

from tests.awsx_vpc_mock import vpc_outputs

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "aws-platform"
REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
ZONES = [f"{REGION}{letter}" for letter in "abcdef"]
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
    """One registered resource."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str | None = None
    options: pulumi.ResourceOptions = field(default_factory=pulumi.ResourceOptions)


@dataclass
class Recorder(runtime.Mocks):
    """Records resources; refuses unknown function calls and two of one type and name."""

    monitor: MockMonitor = field(init=False)
    resources: list[Registered] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
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
        inputs = dict(args.inputs)
        options = self._options.get((args.typ, args.name), pulumi.ResourceOptions())
        parent = options.parent._name if options.parent else None
        self.resources.append(Registered(args.typ, args.name, inputs, parent, options))
        if args.typ.startswith("pulumi:providers:"):
            return f"{args.name}-id", inputs
        if args.typ == "awsx:ec2:Vpc":
            return f"{args.name}-id", vpc_outputs(self.monitor, args.name, inputs)
        computed = {
            key: value.format(name=args.name) if isinstance(value, str) else value
            for key, value in COMPUTED.get(args.typ, {}).items()
        }
        return f"{args.name}-id", {
            "arn": f"arn:aws:::{args.name}",
            "name": args.name,
            **inputs,
            **computed,
        }

    def call(self, args: runtime.MockCallArgs) -> dict[str, Any]:
        self.calls.append(args.token)
        if args.token not in CALLS:
            raise AssertionError(f"the program calls {args.token}, which has no recorded answer")
        return CALLS[args.token]

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
    stack: str = "dev", overrides: Mapping[str, Any] | None = None, *, preview: bool = False
) -> Recorder:
    """Run the real `__main__.py` with a committed stack's config.

    Args:
        stack: `dev` or `prod`.
        overrides: settings without namespace that replace the committed ones.
        preview: whether what AWS computes is unknown.
    """
    own = {f"{PROJECT}:{key}": value for key, value in (overrides or {}).items()}
    config = {**committed_config(stack), **own}

    def program() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return record(program, stack=stack, config=config, preview=preview)


def record(
    program: Callable[[], None],
    *,
    stack: str = "dev",
    config: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> Recorder:
    """Run a program under mocks and return what it registered; its errors propagate."""
    recorder = Recorder()
    runtime.settings.reset_options()
    runtime.set_all_config({key: _as_engine_sends(value) for key, value in (config or {}).items()})

    async def recorded() -> None:
        runtime.register_stack_transformation(recorder.transformation)
        program()
        exported = runtime.get_root_resource().outputs
        recorder.outputs = await pulumi.Output.all(**exported).future(with_unknowns=True) or {}

    async def run() -> None:
        runtime.set_mocks(recorder, PROJECT, stack, preview, monitor=recorder.monitor)
        # Mocks bring a stack of their own, which would take the exports.
        runtime.settings.set_root_resource(None)
        await runtime.run_in_stack(recorded)

    asyncio.run(run())
    return recorder


def _as_engine_sends(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
