"""What CloudFormation's schemas say against the inputs of a resource."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from local.provider.aws.parameters import Table
from local.provider.aws.schema.differences import DIFFERENCES, SEARCHED
from local.provider.aws.schema.files import Node, schema
from local.provider.aws.schema.names import cloudformation_type, place
from local.provider.resource_type import LONGEST_SHOWN, CheckFailure, Properties

UNICODE_CLASSES = {
    r"\p{L}\p{M}\p{S}\p{N}\p{P}": r"!-~\xa1-\U0010ffff",
    r"\p{Z}": r" \xa0",
}
"""Letters, marks, symbols, numbers and punctuation, and separators: `re` has no classes of them."""


def schema_failures(token: str, table: Table, inputs: Properties) -> Iterator[CheckFailure]:
    """A failure for each value that is outside the enum, range, length or pattern of its schema.

    Args:
        token: the Pulumi type.
        table: the type's API names of its inputs, which help to find properties in the schema.
        inputs: its inputs; unknown values are absent.
    """
    root = checked_type(token)
    if root is not None:
        yield from root.member_failures("", inputs, table)


@cache
def checked_type(token: str) -> Checked | None:
    """All that the schema says of a type; None where CloudFormation does not have it."""
    type_name = cloudformation_type(token)
    return Checked(token, type_name, "", schema(type_name)) if type_name else None


class Checked:
    """A property of a resource type, or the type itself, with its part of the schema.

    Args:
        token: the Pulumi type.
        type_name: the CloudFormation type.
        path: Pulumi's names down to the property, without indexes; empty for the type.
        node: its part of the schema, references followed and differences laid over.
    """

    def __init__(self, token: str, type_name: str, path: str, node: Node) -> None:
        self.token = token
        self.type_name = type_name
        self.path = path
        self.node = node
        self.items = self._resolved(node["items"]) if "items" in node else None
        self._members: dict[str, Checked | None] = {}

    def member(self, name: str, table: Table) -> Checked | None:
        """A property of this one; None where the schema has none of it."""
        if name not in self._members:
            self._members[name] = self._found(name, table)
        return self._members[name]

    def failures(self, where: str, value: Any, table: Table) -> Iterator[CheckFailure]:
        """What is wrong with a value of this property, which stands at `where`."""
        if self.items is None:
            values = cast("list[Any]", value) if isinstance(value, list) else [value]
            node = self.node
        elif isinstance(value, list) or _is_map_of(value, self.items):
            several = cast("list[Any] | Properties", value)
            for reason in _size_violations(self.node, len(several)):
                yield CheckFailure(where, reason)
            values = several if isinstance(several, list) else []
            node = self.items
        else:
            # A block or value that the provider takes one of, where CloudFormation takes several.
            values, node = [value], self.items
        for index, item in enumerate(values):
            at = f"{where}[{index}]" if isinstance(value, list) else where
            if isinstance(item, dict):
                yield from self.member_failures(at, cast(Properties, item), table)
            for reason in violations(node, item):
                yield CheckFailure(at, reason)

    def member_failures(
        self, where: str, block: Properties, table: Table
    ) -> Iterator[CheckFailure]:
        """What is wrong with the properties of a block, or of the type."""
        for name, value in block.items():
            member = self.member(name, table)
            if member is not None and value is not None:
                target = table.get(name)
                inner: Table = target[1] if isinstance(target, tuple) else {}
                yield from member.failures(f"{where}.{name}" if where else name, value, inner)

    def _found(self, name: str, table: Table) -> Checked | None:
        path = f"{self.path}.{name}" if self.path else name
        node = self.node if self.items is None else self.items
        members: Node = node.get("properties", {})
        found = place(self.token, self.type_name, path, table, members)
        if found is None:
            return None
        for step in found.split("."):
            node = self._resolved(node["properties"][step])
        difference = DIFFERENCES.get(self.token, {}).get(path)
        laid_over = {**node, **(difference.keywords if difference else {})}
        given = {key: item for key, item in laid_over.items() if item is not None}
        return Checked(self.token, self.type_name, path, given)

    def _resolved(self, node: Node) -> Node:
        while "$ref" in node:
            target: Any = schema(self.type_name)
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                target = target[step]
            node = {**target, **{key: item for key, item in node.items() if key != "$ref"}}
        return node


def violations(node: Node, value: Any) -> Iterator[str]:
    """What a schema says against a single value."""
    if not isinstance(value, (str, int, float)):
        return
    if "enum" in node and value not in node["enum"]:
        offered = ", ".join(str(item) for item in node["enum"])
        yield f"{_shown(value)} is not one of {offered}"
    elif isinstance(value, bool):
        return
    elif isinstance(value, str):
        low, high = node.get("minLength", 0), node.get("maxLength")
        if len(value) < low or (high is not None and len(value) > high):
            yield (
                f"{_shown(value)} is {len(value)} characters long, AWS takes {_range(low, high)}"
            )
        pattern = node.get("pattern")
        if pattern is not None and not _matches(pattern, value):
            yield f"{_shown(value)} does not match {pattern}"
    else:
        low, high = node.get("minimum"), node.get("maximum")
        if (low is not None and value < low) or (high is not None and value > high):
            yield f"{value} is outside what AWS takes: {_range(low, high)}"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A schema's pattern, whose classes are ASCII's as in AWS's services."""
    for name, characters in UNICODE_CLASSES.items():
        pattern = pattern.replace(name, characters)
    return re.compile(pattern, re.ASCII)


def _matches(pattern: str, text: str) -> bool:
    if pattern in SEARCHED:
        return compiled(pattern).search(text) is not None
    return compiled(pattern).fullmatch(text) is not None


def _size_violations(node: Node, size: int) -> Iterator[str]:
    low, high = node.get("minItems", 0), node.get("maxItems")
    # To the provider an empty list is one that is not given.
    if size and (size < low or (high is not None and size > high)):
        yield f"has {size} elements, AWS takes {_range(low, high)}"


def _is_map_of(value: Any, items: Node) -> bool:
    """Whether a map stands for a list of names and values, as an alarm's dimensions and tags do."""
    members = items.get("properties", {}).keys()
    return isinstance(value, dict) and "Value" in members and bool({"Name", "Key"} & members)


def _range(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low} or more"
    return f"at most {high}" if low is None else f"{low} to {high}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
