"""Which method of the REST API takes a request.

Rules: a static path part before `{name}`, that before `{name+}`; a verb's own method before ANY.
A resource without a method for the verb is passed over, as others measured at AWS
(ministackorg/ministack, pull request 1423; floci-io/floci, pull request 3399). A slash at the
path's end does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local.gateway.api_request import decoded

ANY = "ANY"


@dataclass(frozen=True)
class Match:
    """The method that takes a request.

    Attributes:
        resource: path of the API's resource.
        method: its verb, or ANY.
        parameters: path parameters, as they were sent.
    """

    resource: str
    method: str
    parameters: Mapping[str, str]


@dataclass
class _Node:
    resource: str | None = None
    static: dict[str, _Node] = field(default_factory=dict[str, "_Node"])
    variable: tuple[str, _Node] | None = None
    greedy: tuple[str, str] | None = None


class Router:
    """The resources of a REST API as a tree."""

    def __init__(self, methods: Iterable[tuple[str, str]]) -> None:
        """Make a router.

        Args:
            methods: path and verb (or ANY) of each method.
        """
        self._root = _Node()
        self._methods: dict[str, set[str]] = {}
        for path, method in methods:
            self._methods.setdefault(path, set()).add(method)
        for path in self._methods:
            self._add(path)

    def match(self, method: str, path: str) -> Match | None:
        """The method for a verb and an undecoded path below the stage; None when there is none."""
        parts = path.strip("/").split("/") if path.strip("/") else []
        for resource, parameters in _found(self._root, parts, {}):
            verbs = self._methods[resource]
            verb = method if method in verbs else ANY
            if verb in verbs:
                return Match(resource, verb, parameters)
        return None

    def _add(self, path: str) -> None:
        node = self._root
        for part in path.strip("/").split("/") if path.strip("/") else []:
            name = part.strip("{}").rstrip("+")
            if part.endswith("+}"):
                node.greedy = (name, path)
                return
            if part.startswith("{"):
                if node.variable is None:
                    node.variable = (name, _Node())
                node = node.variable[1]
            else:
                node = node.static.setdefault(part, _Node())
        node.resource = path


def _found(
    node: _Node, parts: list[str], parameters: dict[str, str]
) -> Iterable[tuple[str, dict[str, str]]]:
    """The resources for the parts of a path, the most specific first."""
    if not parts:
        if node.resource is not None:
            yield node.resource, parameters
        return
    part, rest = parts[0], parts[1:]
    if static := node.static.get(decoded(part)):
        yield from _found(static, rest, parameters)
    if node.variable and part:
        name, below = node.variable
        yield from _found(below, rest, {**parameters, name: part})
    if node.greedy:
        name, resource = node.greedy
        yield resource, {**parameters, name: "/".join(parts)}
