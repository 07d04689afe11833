"""Which changes of the published document break callers that rely on the old one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from handlers.common.routes import REMOVED, ROUTES

Document = Mapping[str, Any]

REQUIRED_GROUP = "x-required-group"
"""The published document's extension that names the group a caller has to be in."""

_GONE = "is gone"
_LOWER_BOUNDS = ("minimum", "minLength", "minItems")
_UPPER_BOUNDS = ("maximum", "maxLength", "maxItems")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """One sentence for each change that breaks a caller.

    Args:
        old: the document that callers rely on.
        new: the one that is to take its place.
    """
    return [
        f"{verb.upper()} {path}: {change}"
        for path, operations in old["paths"].items()
        for verb, operation in operations.items()
        for change in _operation(operation, new["paths"].get(path, {}).get(verb), old, new)
    ]


def intended_changes() -> list[str]:
    """The changes that the table of routes says are intended, in the same sentences."""
    return [
        *(f"{route.method} {route.path}: {one.change}" for route in ROUTES for one in route.breaks),
        *(f"{route.method} {route.path}: {_GONE}" for route in REMOVED),
    ]


def _operation(
    before: Document, after: Document | None, old: Document, new: Document
) -> Iterator[str]:
    if after is None:
        yield _GONE
        return
    if not before["security"] and after["security"]:
        yield "needs signing in"
    group = after.get(REQUIRED_GROUP)
    if group not in (None, before.get(REQUIRED_GROUP)):
        yield f"needs the {group} group"
    yield from _parameters(before, after)
    yield from _schema(
        _body(before.get("requestBody"), old),
        _body(after.get("requestBody"), new),
        old,
        new,
        "body",
    )
    for status, response in before["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in after["responses"]:
            yield f"does not answer {status} any more"
            continue
        answered = after["responses"][status]
        for name in response.get("headers", {}):
            if name not in answered.get("headers", {}):
                yield f"answer header {name} is gone"
        yield from _answer(_body(response, old), _body(answered, new), old, new, "answer")


def _parameters(before: Document, after: Document) -> Iterator[str]:
    known = {(one["in"], one["name"]): one for one in before.get("parameters", [])}
    offered = {(one["in"], one["name"]): one for one in after.get("parameters", [])}
    for place, name in sorted(known.keys() - offered.keys()):
        yield f"{place} parameter {name} is gone"
    for key, parameter in offered.items():
        was = known.get(key)
        if parameter.get("required") and not (was and was.get("required")):
            yield f"{key[0]} parameter {key[1]} is required"
        if was is not None:
            yield from _narrowed(was["schema"], parameter["schema"], f"{key[0]} parameter {key[1]}")


def _schema(
    before: Document, after: Document, old: Document, new: Document, place: str
) -> Iterator[str]:
    """What a request may not send any more."""
    before, after = _resolved(before, old), _resolved(after, new)
    yield from _narrowed(before, after, place)
    if before.get("additionalProperties", True) and not after.get("additionalProperties", True):
        yield f"{place} refuses unknown fields"
    had, has = before.get("properties", {}), after.get("properties", {})
    for name in sorted(set(after.get("required", ())) - set(before.get("required", ()))):
        yield f"{place}.{name} is required"
    for name, schema in had.items():
        if name not in has:
            yield f"{place}.{name} is refused"
        else:
            yield from _schema(schema, has[name], old, new, f"{place}.{name}")
    if "items" in before and "items" in after:
        yield from _schema(before["items"], after["items"], old, new, f"{place}[]")


def _answer(
    before: Document, after: Document, old: Document, new: Document, place: str
) -> Iterator[str]:
    """What an answer does not hold any more."""
    before, after = _resolved(before, old), _resolved(after, new)
    if before.get("type") != after.get("type"):
        yield f"{place} is {after.get('type')}, was {before.get('type')}"
    added = set(after.get("enum", ())) - set(before.get("enum", after.get("enum", ())))
    if added:
        yield f"{place} may also be {', '.join(sorted(added))}"
    has = after.get("properties", {})
    for name, schema in before.get("properties", {}).items():
        if name not in has:
            yield f"{place}.{name} is gone"
            continue
        if name in before.get("required", ()) and name not in after.get("required", ()):
            yield f"{place}.{name} may be absent"
        yield from _answer(schema, has[name], old, new, f"{place}.{name}")
    if "items" in before and "items" in after:
        yield from _answer(before["items"], after["items"], old, new, f"{place}[]")


def _narrowed(before: Document, after: Document, place: str) -> Iterator[str]:
    if before.get("type") != after.get("type") and "type" in after:
        yield f"{place} is {after['type']}, was {before.get('type')}"
    if before.get("nullable") and not after.get("nullable"):
        yield f"{place} may not be null"
    if after.get("pattern") not in (None, before.get("pattern")):
        yield f"{place} has another pattern"
    refused = set(before.get("enum", ())) - set(after.get("enum", before.get("enum", ())))
    if refused:
        yield f"{place} may not be {', '.join(sorted(refused))}"
    for name in _LOWER_BOUNDS:
        if after.get(name, float("-inf")) > before.get(name, float("-inf")):
            yield f"{place} has {name} {after[name]}"
    for name in _UPPER_BOUNDS:
        if after.get(name, float("inf")) < before.get(name, float("inf")):
            yield f"{place} has {name} {after[name]}"


def _body(container: Document | None, document: Document) -> Document:
    if container is None:
        return {}
    content: Document = container.get("content", {}).get("application/json", {})
    return _resolved(content.get("schema", {}), document)


def _resolved(schema: Document, document: Document) -> Document:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return document["components"]["schemas"][str(reference).rsplit("/", 1)[1]]
