"""Property values as the engine sends them, and as resource types see them.

The engine's protocol marks secrets, unknown values, assets and archives by signatures in plain
maps, and has one number type. Decoded here are `Secret`, `UNKNOWN`, `Asset`, `Archive` and `int`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from local.provider.resource_type import Properties

SIGNATURE: Final = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
SECRET: Final = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]
ASSET: Final = rpc._special_asset_sig  # pyright: ignore[reportPrivateUsage]
ARCHIVE: Final = rpc._special_archive_sig  # pyright: ignore[reportPrivateUsage]
RESOURCE: Final = rpc._special_resource_sig  # pyright: ignore[reportPrivateUsage]
OUTPUT: Final = rpc._special_output_value_sig  # pyright: ignore[reportPrivateUsage]


class Unknown:
    """A value that only a deployment computes; `UNKNOWN` is the one instance."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Secret:
    """A value that the engine encrypts in the state and hides in what it prints."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Secret(...)"


class Asset(pulumi.Asset):
    """A file; equal to every asset of the same content.

    Attributes:
        hash: SHA-256 of the content, as the engine computes it.
        text, path, uri: where the content is; all None where only the hash is known.
    """

    signature = ASSET
    sources = ("text", "path", "uri")

    def __init__(self, hash: str, **sources: Any) -> None:
        self.hash = hash
        self.text: str | None = sources.get("text")
        self.path: str | None = sources.get("path")
        self.uri: str | None = sources.get("uri")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)


class Archive(pulumi.Archive):
    """A set of files; equal to every archive of the same content.

    Attributes:
        hash: SHA-256 of the content, as the engine computes it.
        assets, path, uri: where the content is; all None where only the hash is known.
    """

    signature = ARCHIVE
    sources = ("assets", "path", "uri")

    def __init__(self, hash: str, **sources: Any) -> None:
        self.hash = hash
        self.assets: dict[str, Asset | Archive] | None = sources.get("assets")
        self.path: str | None = sources.get("path")
        self.uri: str | None = sources.get("uri")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Archive) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)


def decode(properties: struct_pb2.Struct) -> Properties:
    """The properties of a request; null ones are left out, as "not given"."""
    decoded = {name: _decoded(value) for name, value in properties.fields.items()}
    return {name: value for name, value in decoded.items() if value is not None}


def encode(properties: Properties) -> struct_pb2.Struct:
    """Properties for an answer."""
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        struct.fields[name].CopyFrom(_encoded(value))
    return struct


def plain(value: Any) -> Any:
    """The value with all secrets in it unwrapped."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {name: plain(item) for name, item in cast(Properties, value).items()}
    if isinstance(value, list):
        return [plain(item) for item in cast("list[Any]", value)]
    return value


def known(properties: Properties) -> Properties:
    """The properties, secrets unwrapped, without those that are not known yet.

    Unknown items of a map are left out; a list with an unknown element is left out whole, since
    its length would lie.
    """
    return {
        name: known(cast(Properties, value)) if isinstance(value, dict) else value
        for name, value in cast(Properties, plain(properties)).items()
        if isinstance(value, dict) or not contains(value, Unknown)
    }


def contains(value: Any, kind: type[Secret] | type[Unknown]) -> bool:
    """Whether a secret, or an unknown value, stands anywhere in the value."""
    if isinstance(value, kind):
        return True
    return any(contains(item, kind) for item in _items(value))


def secret_texts(value: Any, *, within: bool = False) -> Iterator[str]:
    """Every text that stands in a secret."""
    if isinstance(value, str) and within:
        yield value
    for item in _items(value):
        yield from secret_texts(item, within=within or isinstance(value, Secret))


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, Secret):
        return (value.value,)
    if isinstance(value, dict):
        return cast(Properties, value).values()
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _decoded(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decoded(item) for item in value.list_value.values]
        case "struct_value":
            return _decoded_map(value.struct_value)
        case _:
            return None


def _decoded_map(struct: struct_pb2.Struct) -> Any:
    items = {name: _decoded(value) for name, value in struct.fields.items()}
    match items.pop(SIGNATURE, None):
        case None:
            return {name: item for name, item in items.items() if item is not None}
        case signature if signature == SECRET:
            return Secret(items.get("value"))
        case signature if signature == ASSET:
            return Asset(items.pop("hash", ""), **items)
        case signature if signature == ARCHIVE:
            return Archive(items.pop("hash", ""), **items)
        case signature if signature == RESOURCE:
            return items.get("id") or items.get("urn")
        case signature if signature == OUTPUT:
            inner = items.get("value", UNKNOWN)
            return Secret(inner) if items.get("secret") else inner
        case signature:
            raise ValueError(f"the engine sent a value of unknown kind {signature}")


def _encoded(value: Any) -> struct_pb2.Value:
    encoded = struct_pb2.Value()
    if value is None:
        encoded.null_value = struct_pb2.NullValue.NULL_VALUE
    elif isinstance(value, bool):
        encoded.bool_value = value
    elif isinstance(value, (int, float)):
        encoded.number_value = value
    elif isinstance(value, str):
        encoded.string_value = value
    elif isinstance(value, Unknown):
        encoded.string_value = rpc.UNKNOWN
    elif isinstance(value, Secret):
        encoded.struct_value.CopyFrom(encode({SIGNATURE: SECRET, "value": value.value}))
    elif isinstance(value, (Asset, Archive)):
        sources = {name: getattr(value, name) for name in value.sources}
        given = {name: source for name, source in sources.items() if source is not None}
        content = {SIGNATURE: value.signature, "hash": value.hash, **given}
        encoded.struct_value.CopyFrom(encode(content))
    elif isinstance(value, dict):
        encoded.struct_value.CopyFrom(encode(cast(Properties, value)))
    elif isinstance(value, (list, tuple, set, frozenset)):
        items = cast("Iterable[Any]", value)
        encoded.list_value.values.extend(_encoded(item) for item in items)
    else:
        # boto3's timestamps and byte strings
        encoded.string_value = value.decode() if isinstance(value, bytes) else _timestamp(value)
    return encoded


def _timestamp(value: Any) -> str:
    isoformat = getattr(value, "isoformat", None)
    if isoformat is None:
        raise TypeError(f"a property can't hold a {type(value).__name__}")
    return str(isoformat()).replace("+00:00", "Z")
