"""A resource's life as the plugin server drives it, for the tests of resource types."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.provider.connection import Connection
from local.provider.outputs import EMPTY, declared
from local.provider.resource_type import Properties, ResourceType


@dataclass
class Deployed:
    """One deployed resource, with the state that the engine would keep."""

    aws: Connection
    kind: ResourceType
    id: str
    inputs: Properties
    state: Properties

    def update(self, **changes: Any) -> Properties:
        """Change inputs in place (None takes one away) and return the new state."""
        new = {key: value for key, value in {**self.inputs, **changes}.items() if value is not None}
        assert failures(self.kind, new) == {}
        assert not self.kind.replace_on & set(changes), "this replaces the resource"
        outputs = self.kind.update(self.aws, self.id, self.state, new)
        self.inputs = new
        self.state = completed(self.kind, {**new, **outputs})
        self.assert_no_drift()
        return self.state

    def read(self) -> Properties | None:
        return self.kind.read(self.aws, self.id, self.state)

    def delete(self) -> None:
        """Delete twice: the second time nothing is there, which is no error."""
        self.kind.delete(self.aws, self.id, self.state)
        self.kind.delete(self.aws, self.id, self.state)

    def assert_no_drift(self) -> None:
        read = self.read()
        assert read is not None
        assert completed(self.kind, read) == self.state


def deploy(aws: Connection, kind: ResourceType, **inputs: Any) -> Deployed:
    """Check and create a resource; a refresh right after it must show no drift."""
    assert failures(kind, inputs) == {}
    created = kind.create(aws, inputs)
    state = completed(kind, {**inputs, **created.outputs})
    deployed = Deployed(aws, kind, created.id, inputs, state)
    deployed.assert_no_drift()
    return deployed


def completed(kind: ResourceType, properties: Properties) -> Properties:
    """The state as the server keeps it: every output of the SDK's class, empty where unknown."""
    outputs: dict[str, str] = declared([kind.token])[kind.token]["outputs"]
    unknown = set(properties) - set(outputs)
    assert not unknown, f"{kind.token} has no such outputs: {unknown}"
    empty = {name: EMPTY[value] for name, value in outputs.items()}
    return {**empty, **{key: value for key, value in properties.items() if value is not None}}


def failures(kind: ResourceType, inputs: Properties) -> dict[str, str]:
    """The properties that `check` refuses, each with the reason."""
    return {failure.property: failure.reason for failure in kind.check(inputs)}


def imported(aws: Connection, kind: ResourceType, id: str) -> Properties | None:
    """What `pulumi import` reads: nothing is known but the id."""
    return kind.read(aws, id, {})


def error_message(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Message", "")
