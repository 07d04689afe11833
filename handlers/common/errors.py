"""Why a request can't be done, in the words of the domain; `answers.py` gives them HTTP status."""

from __future__ import annotations

from dataclasses import dataclass


class DomainError(Exception):
    """A request that can't be done; the message is for the caller and names no personal datum."""


class BadParameter(DomainError):
    """A query parameter, header or cursor is not acceptable."""


class NotFound(DomainError):
    """There is no such thing, or none that this caller may know of."""


class Forbidden(DomainError):
    """The caller's role does not allow it."""


class Conflict(DomainError):
    """The state of things does not allow it."""


class VersionMismatch(DomainError):
    """The thing has changed since the caller read it."""


class TooLarge(DomainError):
    """The body is larger than the API takes."""


class UnsupportedMediaType(DomainError):
    """The body is not JSON."""


class MethodNotAllowed(DomainError):
    """The path does not take this method."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class Unavailable(DomainError):
    """AWS is throttling or out of reach; the same request may work soon."""

    def __init__(self) -> None:
        super().__init__("The service is busy; try again shortly.")


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with a body: the field's path, such as `lines.0.quantity`, and the reason."""

    field: str
    message: str


class InvalidBody(DomainError):
    """The body is not what the route takes."""

    def __init__(self, message: str, errors: tuple[FieldError, ...] = ()) -> None:
        super().__init__(message)
        self.errors = errors
