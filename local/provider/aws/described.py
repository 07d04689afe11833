"""Resource types whose outputs are what a describe call of AWS says."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, ClassVar, NoReturn

from local.optional_parts import nested
from local.provider.aws.parameters import Table, unsupported
from local.provider.aws.schema.check import schema_failures
from local.provider.aws.tagging import Tagging
from local.provider.resource_type import Aws, CheckFailure, Created, Properties, ResourceType


class DescribedType(ResourceType):
    """A type with one translation from AWS's answer to outputs, used by create, update and read.

    So a refresh right after a deployment sees no difference, and drift in any described property
    shows.
    """

    table: ClassVar[Table] = {}
    """Inputs that become API parameters; see `parameters.py`."""

    handled: ClassVar[frozenset[str]] = frozenset()
    """Inputs outside `table` that the type handles itself."""

    tagging: ClassVar[Tagging | None] = None
    """The calls for the type's tags; None where it has none, or handles them itself."""

    @abstractmethod
    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        """The properties AWS knows of the resource; None when there is none.

        Args:
            aws: the account and region.
            id: provider id of the resource.
            properties: its inputs or state, for what the id does not say; empty on import.
        """

    def tags(self, aws: Aws, id: str, described: Properties) -> dict[str, str] | None:
        """The resource's tags in AWS; None where the type or moto has none."""
        return self.tagging.described(aws, described) if self.tagging else None

    def tagged(self, inputs: Properties) -> dict[str, Any]:
        """The parameter of a create call that gives the new resource its tags."""
        return self.tagging.given(inputs) if self.tagging else {}

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        """The AWS rules of this type that neither moto nor its schema has."""
        return ()

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from unsupported(self.table, inputs, self.handled)
        yield from schema_failures(self.token, self.table, inputs)
        yield from self.rules(inputs)

    def read(self, aws: Aws, id: str, state: Properties) -> Properties | None:
        described = self.describe(aws, id, state)
        if described is None:
            return None
        read = {**state, **described}
        tags = self.tags(aws, id, read)
        if tags is not None:
            defaults = set(nested(state, "tagsAll")) - set(nested(state, "tags"))
            read["tagsAll"] = tags
            own = {key: value for key, value in tags.items() if key not in defaults}
            if own or "tags" in state:
                read["tags"] = own
        return read

    def created(self, aws: Aws, id: str, inputs: Properties) -> Created:
        """The answer of `create` for a resource that was made just now."""
        return Created(id, self.outputs(aws, id, inputs))

    def retagged(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        """Change the tags of a resource that was updated just now; the answer of `update`."""
        outputs = self.outputs(aws, id, new)
        if self.tagging:
            self.tagging.put(aws, outputs, old, new)
        return outputs

    def outputs(self, aws: Aws, id: str, properties: Properties) -> Properties:
        """What `describe` says of a resource that must be there."""
        described = self.describe(aws, id, properties)
        if described is None:
            refuse("Describe", "ResourceNotFound", f"{self.token} {id} disappeared")
        return described


class RecordedType(ResourceType):
    """A type that moto has no API for: only the Pulumi state holds it."""

    recorded_only = True
    table: ClassVar[Table] = {}

    @abstractmethod
    def recorded(self, aws: Aws, inputs: Properties) -> Created:
        """The id and outputs that AWS would give."""

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from unsupported(self.table, inputs)
        yield from schema_failures(self.token, self.table, inputs)

    def create(self, aws: Aws, inputs: Properties) -> Created:
        return self.recorded(aws, inputs)

    def read(self, aws: Aws, id: str, state: Properties) -> Properties | None:
        return dict(state)

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        return self.recorded(aws, new).outputs

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        """Nothing to delete."""


def refuse(operation: str, code: str, message: str) -> NoReturn:
    """Raise the error that AWS answers with where moto accepts the call."""
    from botocore.exceptions import ClientError

    raise ClientError({"Error": {"Code": code, "Message": message}}, operation)


@contextmanager
def ignoring(*codes: str) -> Generator[None]:
    """Ignore AWS errors of the given codes, or ends of codes, that say "no such resource"."""
    try:
        yield
    except Exception as error:
        if not error_code(error).endswith(codes):
            raise


def error_code(error: Exception) -> str:
    """AWS's code of a boto3 error; empty for other exceptions."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
