"""An AWS whose answers are kept, and given again with a field left out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape

from local.aws.answers import Structure
from local.provider.connection import Connection

Path = tuple[str, ...]
"""Names of fields from an answer down; `*` for each element of a list or map."""


@dataclass(frozen=True)
class Call:
    """One call of AWS: service, operation and parameters as JSON."""

    service: str
    operation: str
    parameters: str


@dataclass
class ReplayedAws:
    """Answers calls from the AWS behind it and keeps the answers; once `replay` is on, from those.

    Attributes:
        aws: the AWS behind it.
        answers: what it answered, or the error that it refused a call with.
        replay: whether only kept answers are given.
        other: an answer to one of the calls that is given in place of the kept one.
    """

    aws: Connection
    answers: dict[Call, dict[str, Any] | ClientError] = field(default_factory=dict)
    replay: bool = False
    other: tuple[Call, dict[str, Any]] | None = None

    @property
    def region(self) -> str:
        return self.aws.region

    @property
    def account_id(self) -> str:
        return self.aws.account_id

    @property
    def partition(self) -> str:
        return self.aws.partition

    def client(self, service: str) -> Any:
        client = self.aws.client(service)
        asked = type(client)._make_api_call

        def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            call = Call(service, operation, json.dumps(parameters, sort_keys=True, default=str))
            if not self.replay:
                try:
                    self.answers[call] = _plain(asked(client, operation, parameters))
                except ClientError as error:
                    self.answers[call] = error
            return self._kept(call)

        client._make_api_call = answer
        return client

    def optional_fields(self, call: Call) -> Iterator[Path]:
        """The fields of a kept answer that AWS's model does not require."""
        yield from _optional(self._shape(call), self.answers[call], ())

    def without(self, call: Call, path: Path) -> None:
        """Leave a field out of the answer to one call from now on."""
        answer = copy.deepcopy(self.answers[call])
        assert isinstance(answer, dict)
        _leave_out(answer, path)
        self.other = (call, answer)

    def values(self, call: Call, path: Path) -> list[Any]:
        """What stands in a field of a kept answer."""
        return list(_values(self.answers[call], path))

    def _kept(self, call: Call) -> dict[str, Any]:
        answer = self.answers[call]
        if isinstance(answer, ClientError):
            raise answer
        if self.other and self.other[0] == call:
            answer = self.other[1]
        shape = self._shape(call)
        answer = copy.deepcopy(answer)
        return Structure.of(shape, answer) if shape else answer

    def _shape(self, call: Call) -> StructureShape | None:
        model = self.aws.client(call.service).meta.service_model
        return model.operation_model(call.operation).output_shape


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _optional(shape: Shape | None, value: Any, at: Path) -> Iterator[Path]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                if name not in shape.required_members:
                    yield (*at, name)
                yield from _optional(member, value[name], (*at, name))
    elif isinstance(shape, ListShape):
        found = (path for item in value for path in _optional(shape.member, item, (*at, "*")))
        yield from dict.fromkeys(found)
    elif isinstance(shape, MapShape):
        items = value.values()
        found = (path for item in items for path in _optional(shape.value, item, (*at, "*")))
        yield from dict.fromkeys(found)


def _leave_out(value: Any, path: Path) -> None:
    name, *rest = path
    if name == "*":
        for item in value.values() if isinstance(value, dict) else value:
            _leave_out(item, tuple(rest))
    elif not rest:
        value.pop(name, None)
    elif name in value:
        _leave_out(value[name], tuple(rest))


def _values(value: Any, path: Path) -> Iterator[Any]:
    if not path:
        yield value
        return
    name, *rest = path
    if name == "*":
        for item in value.values() if isinstance(value, dict) else value:
            yield from _values(item, tuple(rest))
    elif name in value:
        yield from _values(value[name], tuple(rest))
