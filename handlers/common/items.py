"""DynamoDB items as plain dicts; whole numbers are `int`, because the API stores no others."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from handlers.common.model import Model

Item = dict[str, Any]

ModelT = TypeVar("ModelT", bound="Model")

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def to_attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values to DynamoDB's typed attributes."""
    return {name: _serializer.serialize(value) for name, value in values.items()}


def from_attributes(attributes: Mapping[str, Any]) -> Item:
    """DynamoDB's typed attributes to plain values."""
    return {name: _plain(_deserializer.deserialize(value)) for name, value in attributes.items()}


def to_model(model: type[ModelT], item: Item) -> ModelT:
    """The model that an item holds beside the table's own attributes.

    Raises:
        ValidationError: an attribute that the model needs is missing, or of another form.
    """
    names = [field.alias for field in model.model_fields.values()]
    return model.model_validate({name: item[name] for name in names if name in item})


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_plain(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
    return value
