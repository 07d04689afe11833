"""Answers of AWS in which a field that AWS left out reads as empty, where it is asked for by name.

Few fields of AWS's answers are required by its service models. AWS leaves out what has no value,
and then its SDK for Go, on which the real provider is built, has none. boto3 has a KeyError.
"""

from __future__ import annotations

from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape


class Structure(dict[str, Any]):
    """A structure of an answer: `part["Name"]` of a field that is not there is empty.

    Empty is None, and for lists, maps and structures an empty one. Only what AWS's model does not
    have at all is a KeyError. All else is as in a `dict`: `in`, `get` and iteration tell what AWS
    answered.
    """

    _shape: StructureShape

    @classmethod
    def of(cls, shape: StructureShape, answer: dict[str, Any]) -> Structure:
        """An answer as botocore parsed it.

        Args:
            shape: what it is by the model of the service.
            answer: what AWS answered; left as it is.
        """
        members: dict[str, Shape] = shape.members
        part = cls(
            (name, _part(members[name], value) if name in members else value)
            for name, value in answer.items()
        )
        part._shape = shape
        return part

    def __missing__(self, name: str) -> Any:
        shape: Shape = self._shape.members[name]
        if isinstance(shape, StructureShape):
            return Structure.of(shape, {})
        if isinstance(shape, ListShape):
            return []
        return {} if isinstance(shape, MapShape) else None


class AnswersWithoutFields:
    """A base of boto3 clients whose answers are of `Structure`, by `leave_fields_out`."""

    meta: Any

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
        call: Any = super()
        answer = call._make_api_call(operation_name, api_params)
        shape = self.meta.service_model.operation_model(operation_name).output_shape
        return Structure.of(shape, answer) if shape else answer


def leave_fields_out(session: Any) -> None:
    """Let the clients of a boto3 session answer with `Structure` (Boto3, Extensibility guide)."""
    session.events.register("creating-client-class", _add_base)


def _add_base(base_classes: list[type], **_: object) -> None:
    base_classes.insert(0, AnswersWithoutFields)


def _part(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return Structure.of(shape, cast("dict[str, Any]", value))
    if isinstance(shape, ListShape) and isinstance(value, list):
        member = shape.member
        return [_part(member, item) for item in cast("list[Any]", value)]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        member = shape.value
        return {key: _part(member, item) for key, item in cast("dict[str, Any]", value).items()}
    return value
