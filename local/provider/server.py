"""A provider plugin for custom resources: the engine's protocol on one side, types on the other."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Generator, Iterable
from concurrent import futures
from contextlib import contextmanager
from typing import Any, NoReturn, cast

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.provider import outputs, registry
from local.provider.changes import changes, ignored
from local.provider.connection import CONNECTIONS, Connection
from local.provider.errors import message
from local.provider.naming import DEFAULTS, automatic_name, default_tags, merged_tags
from local.provider.own_user import OwnUserOnly
from local.provider.resource_type import (
    LONGEST_SHOWN,
    CheckFailure,
    Properties,
    ResourceType,
)
from local.provider.values import (
    UNKNOWN,
    Secret,
    Unknown,
    contains,
    decode,
    encode,
    known,
    plain,
    secret_texts,
)

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
"""What the engine itself takes."""


def start(package: str) -> tuple[grpc.Server, int]:
    """Serve a provider on a free port of the loopback interface.

    Args:
        package: `aws` or `random`.

    Returns:
        The running server and its port.
    """
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ]
    own_user = OwnUserOnly()
    server = grpc.server(
        futures.ThreadPoolExecutor(CONNECTIONS), interceptors=[own_user], options=options
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(CustomResources(package), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    own_user.begin(port)
    return server, port


class CustomResources(provider_pb2_grpc.ResourceProviderServicer):
    """Create, read, update and delete of every type in the registry.

    Args:
        package: the provider's name, `aws` or `random`.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._aws = Connection()
        self._default_tags: Properties = {}

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        version = importlib.metadata.version(f"pulumi-{self._package}")
        return plugin_pb2.PluginInfo(version=version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = decode(request.old_inputs), decode(request.news)
        replaces = ["region"] if old.get("region") != new.get("region") else []
        return provider_pb2.DiffResponse(
            changes=_some(next(changes(old, new), None) is not None), replaces=replaces
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        configuration = cast(Properties, plain(decode(request.args)))
        region = configuration.get("region")
        self._aws = Connection(region if isinstance(region, str) else None)
        self._default_tags = default_tags(configuration)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        arguments = cast(Properties, plain(decode(request.args)))
        with _errors_reported(context, "invoking", request.tok, self._package):
            answer = registry.invoke(request.tok)(self._aws, arguments)
            response = provider_pb2.InvokeResponse()
            getattr(response, "return").CopyFrom(encode(answer))
            return response

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        old, inputs = decode(request.olds), decode(request.news)
        inputs.pop(DEFAULTS, None)
        with _errors_reported(context, "checking", token, name):
            kind = registry.resource_type(token)
            failures = self._named(kind, name, old, inputs, request.randomSeed)
            if kind.taggable and "tagsAll" in outputs.outputs_of(token):
                tags = merged_tags(self._default_tags, inputs.get("tags"))
                if tags or "tagsAll" in inputs:
                    inputs["tagsAll"] = tags
            failures += kind.check(_given(known(inputs)))
            return provider_pb2.CheckResponse(
                inputs=encode(inputs),
                failures=[
                    provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)
                    for failure in _without_secrets(failures, inputs)
                ],
            )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        old, new = decode(request.old_inputs), decode(request.news)
        with _errors_reported(context, "comparing", token, name):
            kind = registry.resource_type(token)
            replacing = kind.replace_on | set(
                kind.replaces(_given(known({**decode(request.olds), **old})), _given(known(new)))
            )
            detailed: dict[str, Any] = {}
            replaces: list[str] = []
            for top, path, change in changes(_given(old), _given(new)):
                if ignored(path, list(request.ignoreChanges)):
                    continue
                suffix = "_REPLACE" if top in replacing else ""
                detailed[path] = provider_pb2.PropertyDiff(
                    kind=getattr(provider_pb2.PropertyDiff, change + suffix), inputDiff=True
                )
                if suffix and top not in replaces:
                    replaces.append(top)
            return provider_pb2.DiffResponse(
                changes=_some(bool(detailed)),
                replaces=replaces,
                detailedDiff=detailed,
                hasDetailedDiff=True,
                deleteBeforeReplace=bool(replaces) and _name_is_taken(kind, old, new),
            )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        inputs = _given(decode(request.properties))
        with _errors_reported(context, "creating", token, name):
            kind = registry.resource_type(token)
            if request.preview:
                return provider_pb2.CreateResponse(properties=encode(self._planned(token, inputs)))
            created = kind.create(self._aws, _given(cast(Properties, plain(inputs))))
            return provider_pb2.CreateResponse(
                id=created.id, properties=encode(self._outputs(kind, inputs, created.outputs))
            )

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        inputs, state = decode(request.inputs), decode(request.properties)
        with _errors_reported(context, "reading", token, name or request.id):
            kind = registry.resource_type(token)
            found = kind.read(self._aws, request.id, _given(cast(Properties, plain(state))))
            if found is None:
                return provider_pb2.ReadResponse()
            answer = self._outputs(kind, state, found)
            return provider_pb2.ReadResponse(
                id=request.id,
                properties=encode(answer),
                inputs=encode(_inputs_of_read(token, inputs, state, answer)),
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        state, old = decode(request.olds), decode(request.old_inputs)
        new = _given(decode(request.news))
        kept = {key: value for key, value in state.items() if key not in old and key not in new}
        with _errors_reported(context, "updating", token, name or request.id):
            kind = registry.resource_type(token)
            if request.preview:
                recomputed = kind.recomputed(
                    cast(Properties, plain(state)), cast(Properties, plain(new))
                )
                fresh = dict.fromkeys(recomputed, UNKNOWN)
                planned = self._planned(token, {**kept, **new, **fresh})
                return provider_pb2.UpdateResponse(properties=encode(planned))
            computed = kind.update(
                self._aws,
                request.id,
                cast(Properties, plain(state)),
                cast(Properties, plain(new)),
            )
            answer = self._outputs(kind, {**kept, **new}, computed)
            return provider_pb2.UpdateResponse(properties=encode(answer))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        token, name = _type_and_name(request)
        state = cast(Properties, plain(decode(request.properties)))
        with _errors_reported(context, "deleting", token, name or request.id):
            registry.resource_type(token).delete(self._aws, request.id, state)
            return empty_pb2.Empty()

    def _named(
        self, kind: ResourceType, name: str, old: Properties, inputs: Properties, seed: bytes
    ) -> list[CheckFailure]:
        rule = kind.auto_name
        if rule is None or rule.property in inputs or f"{rule.property}Prefix" in inputs:
            return []
        if rule.property in old.get(DEFAULTS, []):
            chosen = old[rule.property]
        else:
            chosen = automatic_name(rule, name, seed)
            if isinstance(chosen, CheckFailure):
                return [chosen]
        inputs[rule.property] = chosen
        inputs[DEFAULTS] = [rule.property]
        return []

    def _planned(self, token: str, properties: Properties) -> Properties:
        """The outputs of a preview: what is not given is what AWS computes."""
        unknown = dict.fromkeys(outputs.outputs_of(token), UNKNOWN)
        return {**unknown, **self._region(token), **properties}

    def _outputs(self, kind: ResourceType, inputs: Properties, computed: Properties) -> Properties:
        merged = {**self._region(kind.token), **inputs}
        for name, value in computed.items():
            given = inputs.get(name)
            if contains(given, Secret):
                merged[name] = given if plain(given) == value else Secret(value)
            else:
                merged[name] = value
        complete = outputs.complete(kind.token, merged)
        for name in kind.secret_outputs & set(complete):
            if not isinstance(complete[name], Secret):
                complete[name] = Secret(complete[name])
        return complete

    def _region(self, token: str) -> Properties:
        return {"region": self._aws.region} if "region" in outputs.outputs_of(token) else {}


def _without_secrets(failures: Iterable[CheckFailure], inputs: Properties) -> list[CheckFailure]:
    """The failures, none of which lets a secret be shown."""
    secrets = list(secret_texts(inputs))
    shown: list[CheckFailure] = []
    for failure in failures:
        reason = failure.reason
        for secret in secrets:
            text = repr(secret)
            for quoted in (text, f"{text[:LONGEST_SHOWN]}…", secret if len(secret) > 3 else text):
                reason = reason.replace(quoted, "[secret]")
        if contains(inputs.get(re.split(r"[.\[]", failure.property)[0]), Secret):
            # Of a property that is named the engine shows the value.
            shown.append(CheckFailure("", f"{failure.property}: {reason}"))
        else:
            shown.append(CheckFailure(failure.property, reason))
    return shown


@contextmanager
def _errors_reported(
    context: grpc.ServicerContext, action: str, token: str, name: str
) -> Generator[None]:
    try:
        yield
    except registry.UnknownTokenError as error:
        _abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error))
    except Exception as error:
        _abort(context, grpc.StatusCode.UNKNOWN, message(action, token, name, error))


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, details: str) -> NoReturn:
    context.abort(code, details)
    raise AssertionError("abort returned")


def _type_and_name(request: Any) -> tuple[str, str]:
    """Type and logical name; from the URN where the engine leaves them empty."""
    _, _, types, name = request.urn.split("::", 3)
    return request.type or types.rpartition("$")[2], request.name or name


def _given(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if name != DEFAULTS}


def _some(changed: bool) -> Any:
    kinds = provider_pb2.DiffResponse
    return kinds.DIFF_SOME if changed else kinds.DIFF_NONE


def _name_is_taken(kind: ResourceType, old: Properties, new: Properties) -> bool:
    """Whether the old resource must go first, since the new one has its name."""
    if kind.delete_before_replace:
        return True
    rule = kind.auto_name
    if rule is None or rule.property in new.get(DEFAULTS, []):
        return False
    name = new.get(rule.property)
    return name is not None and not isinstance(name, Unknown) and name == old.get(rule.property)


def _inputs_of_read(
    token: str, inputs: Properties, old_state: Properties, new_state: Properties
) -> Properties:
    """The inputs after a refresh: those whose output drifted take AWS's value.

    On import there are no inputs: all inputs of the type that AWS has a value for are.
    """
    if not old_state:
        names = outputs.inputs_of(token) - {"region"}
        return {name: new_state[name] for name in sorted(names) if new_state.get(name)}
    before = outputs.complete(token, old_state)
    drifted = {
        name: new_state[name]
        for name in outputs.inputs_of(token) | {"tagsAll"}
        if name in inputs and plain(before.get(name)) != plain(new_state.get(name))
    }
    return {**inputs, **drifted}
