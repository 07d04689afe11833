import datetime
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from local.provider.values import (
    ARCHIVE,
    OUTPUT,
    RESOURCE,
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Archive,
    Asset,
    Secret,
    Unknown,
    contains,
    decode,
    encode,
    known,
    plain,
)


def sent(properties: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def test_whole_numbers_arrive_as_int_and_others_as_float() -> None:
    decoded = decode(sent({"port": 443, "size": 0.5, "on": True}))
    assert decoded == {"port": 443, "size": 0.5, "on": True}
    assert type(decoded["port"]) is int
    assert decoded["on"] is True


def test_null_properties_are_left_out() -> None:
    assert decode(sent({"a": None, "b": {"c": None, "d": 1}})) == {"b": {"d": 1}}


def test_the_engines_signatures_become_values() -> None:
    secret = {SIGNATURE: SECRET, "value": "s"}
    archive = {SIGNATURE: ARCHIVE, "hash": "abc", "path": "/code.zip"}
    resource = {SIGNATURE: RESOURCE, "urn": "urn:x", "id": "vpc-1"}
    output = {SIGNATURE: OUTPUT, "value": "o", "secret": True}
    decoded = decode(
        sent({"s": secret, "a": archive, "r": resource, "o": output, "u": rpc.UNKNOWN})
    )
    assert decoded["s"] == Secret("s")
    assert decoded["a"] == Archive("abc")
    assert decoded["a"].path == "/code.zip"
    assert decoded["r"] == "vpc-1"
    assert decoded["o"] == Secret("o")
    assert decoded["u"] is UNKNOWN


def test_what_is_sent_back_is_what_came() -> None:
    values: dict[str, Any] = {
        "secret": Secret({"inner": [1, "two"]}),
        "unknown": UNKNOWN,
        "asset": Asset("h1", text="hello"),
        "archive": Archive("h2", assets={"f.py": Asset("h3", path="/f.py")}),
        "list": [1, 2.5, False, "x"],
    }
    assert decode(encode(values)) == values


def test_an_archive_of_the_same_content_is_the_same_wherever_it_lies() -> None:
    assert Archive("h", path="/a") == Archive("h", path="/b")
    assert Archive("h") != Archive("i")
    assert Archive("h") != Asset("h")


def test_timestamps_of_aws_are_text_and_odd_values_are_refused() -> None:
    moment = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
    assert decode(encode({"t": moment, "b": b"x"})) == {"t": "2026-01-02T00:00:00Z", "b": "x"}
    with pytest.raises(TypeError, match="object"):
        encode({"o": object()})


def test_a_secret_is_not_printed() -> None:
    assert "hunter2" not in repr({"password": Secret("hunter2")})


def test_unknown_values_are_left_away_and_shorten_no_list() -> None:
    properties = {"a": Secret(1), "b": UNKNOWN, "c": [1, UNKNOWN], "d": {"e": UNKNOWN, "f": 2}}
    assert known(properties) == {"a": 1, "d": {"f": 2}}


def test_secrets_and_unknowns_are_found_at_any_depth() -> None:
    nested = {"a": [{"b": Secret(UNKNOWN)}]}
    assert contains(nested, Secret)
    assert contains(nested, Unknown)
    assert not contains(plain(nested), Secret)
