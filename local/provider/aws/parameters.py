"""Translates between Pulumi's names of properties and those of the AWS API, by tables.

A table maps the Pulumi name to the API's name, or to `(API's name, table of the nested block)`.
One table serves both directions, so that what is sent and what is read back can't drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from local.provider.resource_type import CheckFailure, Properties

Table: TypeAlias = "Mapping[str, str | tuple[str, Table]]"

ENGINE_INPUTS = frozenset({"tags", "tagsAll", "__defaults"})
"""Inputs of every type that the plugin server handles."""


def same_names(*names: str) -> dict[str, str]:
    """The table of properties whose API name is the Pulumi name."""
    return {name: name for name in names}


def capitalised(*names: str) -> dict[str, str]:
    """The table of properties whose API name is the Pulumi name with a capital first letter."""
    return {name: name[0].upper() + name[1:] for name in names}


def to_request(table: Table, inputs: Properties) -> dict[str, Any]:
    """The API parameters for the inputs that are given; inputs outside the table are left out."""
    return dict(_translated(table, inputs, to_api=True))


def from_answer(table: Table, answer: Mapping[str, Any]) -> Properties:
    """The properties that an answer of the API holds; fields outside the table are left out."""
    return dict(_translated(table, answer, to_api=False))


def unsupported(
    table: Table, inputs: Properties, also: Iterable[str] = (), path: str = ""
) -> Iterator[CheckFailure]:
    """A failure for every input, nested ones included, that the embedded AWS would not honour.

    Args:
        table: the inputs that become API parameters.
        inputs: the inputs as given.
        also: names outside the table that the type handles itself.
        path: where `inputs` stand, for nested blocks.
    """
    known = {*table, *also, *(ENGINE_INPUTS if not path else ())}
    for name, value in inputs.items():
        where = f"{path}.{name}" if path else name
        if value is None:
            continue
        if name not in known:
            yield CheckFailure(
                where,
                "the embedded AWS does not support this input; remove it, or deploy to an account",
            )
            continue
        target = table.get(name)
        if not isinstance(target, tuple):
            continue
        blocks = cast("list[Any]", value) if isinstance(value, list) else [value]
        for index, block in enumerate(blocks):
            if isinstance(block, dict):
                at = f"{where}[{index}]" if isinstance(value, list) else where
                yield from unsupported(target[1], cast(Properties, block), path=at)


def given(**parameters: Any) -> dict[str, Any]:
    """The parameters that are not None: boto3 takes no None for "not given"."""
    return {name: value for name, value in parameters.items() if value is not None}


def changed(old: Properties, new: Properties, *names: str) -> bool:
    """Whether one of the named properties differs; absent, null, empty and false are the same."""
    return any((old.get(name) or None) != (new.get(name) or None) for name in names)


def tag_list(properties: Properties) -> list[dict[str, str]]:
    """All tags of a resource as the list of Key and Value that most AWS APIs take."""
    return [{"Key": key, "Value": value} for key, value in all_tags(properties).items()]


def all_tags(properties: Properties) -> dict[str, str]:
    """All tags of a resource: default tags and its own."""
    return properties.get("tagsAll") or properties.get("tags") or {}


def tags_from(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags from an AWS list of Key and Value; AWS's own (`aws:`) are no user tags."""
    return {
        tag["Key"]: tag["Value"] or ""
        for tag in tags
        if tag["Key"] and not tag["Key"].startswith("aws:")
    }


def removed_tags(old: Properties, new: Properties) -> list[str]:
    """Keys of the tags that `new` no longer has."""
    return sorted(set(all_tags(old)) - set(all_tags(new)))


def json_text(value: Any) -> str:
    """A document input as JSON text; Pulumi takes some documents as objects too."""
    return value if isinstance(value, str) else json.dumps(value)


def same_document(kept: Any, answer: str | None) -> Any:
    """`kept` where AWS's document says the same in another spelling, else AWS's.

    The real provider suppresses differences in spacing and order the same way.
    """
    if not answer:
        return None
    try:
        kept_value = json.loads(kept) if isinstance(kept, str) else kept
        return kept if kept_value == json.loads(answer) else answer
    except ValueError:
        return answer


def _translated(
    table: Table, source: Mapping[str, Any], *, to_api: bool
) -> Iterator[tuple[str, Any]]:
    for pulumi_name, target in table.items():
        api_name, nested = target if isinstance(target, tuple) else (target, None)
        source_name, result_name = (pulumi_name, api_name) if to_api else (api_name, pulumi_name)
        value = source.get(source_name)
        if value is None:
            continue
        if nested is not None:
            value = _translated_block(nested, value, to_api=to_api)
        yield result_name, value


def _translated_block(table: Table, value: Any, *, to_api: bool) -> Any:
    if isinstance(value, list):
        blocks = cast("list[Any]", value)
        return [_translated_block(table, block, to_api=to_api) for block in blocks]
    if not isinstance(value, Mapping):
        # A whole block that is not known yet.
        return value
    return dict(_translated(table, cast("Mapping[str, Any]", value), to_api=to_api))
