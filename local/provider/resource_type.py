"""The contract of one AWS resource type in the embedded AWS.

A type is a class below `local/provider/aws/`, one module or folder for each AWS service. The plugin
server (`server.py`) does everything that is the same for all types: secrets, unknown values at
preview, default tags, automatic names, the comparison of old and new inputs, and filling the
outputs that AWS leaves empty. A class says only what is particular to its type.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

Properties = dict[str, Any]
"""Resource properties under their Pulumi names (camelCase); whole numbers are `int`."""

LONGEST_SHOWN = 80
"""Characters of a value that is quoted in the reason why it is refused."""


@dataclass(frozen=True, kw_only=True)
class AutoName:
    """How the real provider names a resource that is given no name: logical name and 7 hex digits.

    Attributes:
        property: the input that takes the name.
        max_length: the longest name AWS takes, in characters.
        separator: what stands between the logical name and the digits.
        lower: whether AWS takes lower case only.
    """

    property: str = "name"
    max_length: int = 255
    separator: str = "-"
    lower: bool = False


@dataclass(frozen=True)
class CheckFailure:
    """An input that AWS would refuse: the property's name and AWS's reason."""

    property: str
    reason: str


@dataclass(frozen=True)
class Created:
    """A new resource: its provider id, and the outputs that AWS computed."""

    id: str
    outputs: Properties


class Aws(Protocol):
    """The AWS account and region a provider is configured for."""

    @property
    def region(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def partition(self) -> str: ...

    def client(self, service: str) -> Any:
        """The boto3 client of a service, made once (boto3 is imported at the first call)."""
        ...


class ResourceType(ABC):
    """One resource type; an instance is shared by all threads and keeps no state.

    `inputs` and `state` hold plain Python values: secrets unwrapped, assets and archives as
    `values.Asset` and `values.Archive` (of class `pulumi.Asset`, `pulumi.Archive`), and `tagsAll`
    (default tags and own tags merged) where the type has tags. Errors of boto3 may be left to
    propagate: the server turns them into Pulumi errors with the resource's name and AWS's message.
    """

    token: ClassVar[str]
    """The Pulumi type, for example `aws:ec2/vpc:Vpc`."""

    replace_on: ClassVar[frozenset[str]] = frozenset()
    """Inputs whose change replaces the resource in the real provider."""

    auto_name: ClassVar[AutoName | None] = None
    """How a missing name is made; None where the real provider makes none."""

    taggable: ClassVar[bool] = True
    """Whether the type has `tags` and `tagsAll`."""

    secret_outputs: ClassVar[frozenset[str]] = frozenset()
    """Outputs that the real provider marks as secret."""

    delete_before_replace: ClassVar[bool] = False
    """Whether the real provider deletes before it creates on replacement."""

    recorded_only: ClassVar[bool] = False
    """Whether moto has no API for the type, so that nothing but the Pulumi state holds it."""

    def check(self, inputs: Properties) -> Iterable[CheckFailure]:
        """The AWS rules that moto does not enforce; unknown values are absent from `inputs`."""
        return ()

    def replaces(self, old: Properties, new: Properties) -> Iterable[str]:
        """Inputs that force replacement for reasons `replace_on` can't say (a shrinking disk)."""
        return ()

    def recomputed(self, old: Properties, new: Properties) -> Iterable[str]:
        """Outputs that AWS computes anew at this update (a version): unknown at preview.

        Values that are not known yet stand in `new` and differ from every known one.
        """
        return ()

    @abstractmethod
    def create(self, aws: Aws, inputs: Properties) -> Created:
        """Create the resource with boto3 and return its id and computed outputs."""

    @abstractmethod
    def read(self, aws: Aws, id: str, state: Properties) -> Properties | None:
        """What AWS says of the resource now, laid over `state`; None when it is gone.

        `state` is empty on `pulumi import`.
        """

    @abstractmethod
    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        """Change the resource in place from state `old` to inputs `new`; the computed outputs."""

    @abstractmethod
    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        """Delete the resource; one that is gone already is no error."""
