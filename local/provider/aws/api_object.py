"""Resource types that are one object of an API: one call each makes, reads and deletes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from local.optional_parts import elements
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import from_answer, json_text, same_document, to_request
from local.provider.resource_type import Aws, Created, Properties

Answer = dict[str, Any]
"""What boto3 answers."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """The methods of a boto3 client for one kind of object, and how they answer.

    Attributes:
        service: the client's name.
        create: the method that makes an object.
        read: the method that describes it, or lists it among others.
        update: the method that changes it; empty where nothing is changed in place.
        delete: the method that deletes it; empty where there is none.
        found: where the object stands in the answer of `read`: `Group`; `Aliases[]` for a list that
            is searched; empty where the answer is the object.
        id: where AWS's id stands in the answer of `create`; empty where the address is the id.
        gone: error codes, or their ends, that say "no such object".
    """

    service: str
    create: str
    read: str
    update: str = ""
    delete: str = ""
    found: str = ""
    id: str = ""
    gone: tuple[str, ...]

    @classmethod
    def of(cls, service: str, noun: str, *, read: str = "get", **others: Any) -> Api:
        """An API whose methods are named after the object: `create_group`, `get_group`.

        Args:
            service: the client's name.
            noun: the object's name in the methods.
            read: the verb of the method that describes it.
            others: the other attributes.
        """
        methods = {verb: f"{verb}_{noun}" for verb in ("create", "update", "delete")}
        return cls(service=service, read=f"{read}_{noun}", **methods, **others)


class ApiObject(DescribedType):
    """A type whose calls take and answer what its `table` says, and no more.

    Each call gets those parameters of the table that it knows, by the models of boto3: one that
    takes no name gets none, one that takes `Names` gets a list of one.
    """

    api: ClassVar[Api]

    address: ClassVar[tuple[str, ...]] = ()
    """Inputs that tell the object from others of its kind; joined, they are its id."""

    separator: ClassVar[str] = "/"
    """What stands between the parts of the address in an id."""

    id_parameter: ClassVar[str] = ""
    """The API's name of the id that AWS gives; on import the address stands before it."""

    defaults: ClassVar[Mapping[str, Any]] = {}
    """Parameters, under the API's names, for inputs that are not given."""

    documents: ClassVar[frozenset[str]] = frozenset()
    """Inputs that are JSON, in which spacing and order are no difference."""

    sets: ClassVar[frozenset[str]] = frozenset()
    """Inputs that are lists in any order."""

    def require(self, aws: Aws, inputs: Properties) -> None:
        """Refuse what AWS refuses at a creation or update, and moto takes."""

    def complete(self, aws: Aws, id: str, inputs: Properties) -> None:
        """Give a new object what its creation does not take."""

    def computed(self, aws: Aws, id: str, found: Answer, properties: Properties) -> Properties:
        """Outputs beside those of the table, which win over them.

        Args:
            aws: the account and region.
            id: provider id of the resource.
            found: the object, as AWS describes it.
            properties: inputs or state; empty on import.
        """
        return {}

    def located(self, id: str, properties: Properties) -> dict[str, str]:
        """The parameters that tell which object it is, from its id or else its properties."""
        parameters = [str(self.table[name]) for name in self.address]
        if self.id_parameter:
            parameters.append(self.id_parameter)
        parts = id.split(self.separator, max(len(parameters) - 1, 0))
        missing = len(parameters) - len(parts)
        given = [properties[name] for name in self.address[:missing]] if missing else []
        return dict(zip(parameters, [*given, *parts], strict=True))

    def create(self, aws: Aws, inputs: Properties) -> Created:
        self.require(aws, inputs)
        answer = self.call(aws, self.api.create, {**self.request(inputs), **self.tagged(inputs)})
        id = _at(answer, self.api.id) if self.api.id else self._address_of(inputs)
        self.complete(aws, id, inputs)
        return self.created(aws, id, inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        located = self.located(id, properties)
        with ignoring(*self.api.gone):
            found = self.find(aws, located)
            if found is None:
                return None
            described = from_answer(self.table, {**found, **located})
            for name in self.documents & described.keys():
                answer = json_text(described[name])
                described[name] = same_document(properties.get(name), answer)
            for name in self.sets & described.keys():
                described[name] = in_order(described[name], properties.get(name))
            return {**described, **self.computed(aws, id, found, properties)}
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        if self.api.update:
            self.require(aws, new)
            self.call(aws, self.api.update, {**self.request(new), **self.located(id, old)})
        return self.retagged(aws, id, old, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        if self.api.delete:
            with ignoring(*self.api.gone):
                self.call(aws, self.api.delete, self.located(id, state))

    def request(self, inputs: Properties) -> dict[str, Any]:
        """The parameters for the inputs."""
        texts = {name: json_text(inputs[name]) for name in self.documents if inputs.get(name)}
        return {**self.defaults, **to_request(self.table, {**inputs, **texts})}

    def call(self, aws: Aws, method: str, parameters: Mapping[str, Any]) -> Answer:
        """Call a method of the client with those of the parameters that it takes."""
        client = aws.client(self.api.service)
        return getattr(client, method)(**dict(_taken(client, method, parameters)))

    def _address_of(self, inputs: Properties) -> str:
        return self.separator.join(inputs[name] for name in self.address)

    def find(self, aws: Aws, located: dict[str, str]) -> Answer | None:
        """The object as AWS describes it; None where it is not in the answer."""
        if not self.api.found:
            return self.call(aws, self.api.read, located)
        if not self.api.found.endswith("[]"):
            return self.call(aws, self.api.read, located).get(self.api.found)
        name = self.api.found.removesuffix("[]")
        for page in _pages(aws.client(self.api.service), self.api.read, located):
            for item in elements(page, name):
                if all(_says(item, key, value) for key, value in located.items()):
                    return item
        return None


def _says(item: Answer, name: str, value: str) -> bool:
    try:
        return item[name] == value
    except KeyError:
        # No field of the object, but of what it belongs to.
        return True


def in_order(answer: list[Any], kept: list[Any] | None) -> list[Any]:
    """A set's answer in the order that is known already, where it is the same set."""
    return kept if kept is not None and sorted(kept) == sorted(answer) else answer


def _pages(client: Any, method: str, parameters: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    taken = dict(_taken(client, method, parameters))
    if client.can_paginate(method):
        return client.get_paginator(method).paginate(**taken)
    return [getattr(client, method)(**taken)]


def _taken(client: Any, method: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    operation = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members: dict[str, Any] = operation.input_shape.members if operation.input_shape else {}
    for name, value in parameters.items():
        if name in members:
            yield name, _known(members[name], value)
        elif f"{name}s" in members:
            yield f"{name}s", [value]


def _known(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, dict):
        block = cast("dict[str, Any]", value)
        members = shape.members
        return {
            name: _known(members[name], item) for name, item in block.items() if name in members
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_known(shape.member, item) for item in cast("list[Any]", value)]
    return value


def _at(answer: Mapping[str, Any], path: str) -> Any:
    found: Any = answer
    for name in path.split("."):
        found = found[name]
    return found
