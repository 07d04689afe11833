"""Cursors of listings: opaque, signed, good only for the query and caller they were given to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)

from handlers.common.aws_clients import secrets_manager
from handlers.common.errors import BadParameter, Unavailable
from handlers.common.facts import CURRENT_KEY, MAX_CURSOR_LENGTH, PREVIOUS_KEY

SECRET_MAX_AGE_SECONDS = 300
REFRESH_COOLDOWN_SECONDS = 30
"""A cursor signed by a newer key than ours causes one read of the secret in this time, not more."""


class SigningKeys(Protocol):
    """Where the keys that sign cursors come from."""

    def current(self) -> Sequence[bytes]:
        """The keys, the one that signs first."""
        ...

    def refreshed(self) -> Sequence[bytes]:
        """The keys, read anew where that is allowed."""
        ...


class SecretKeys:
    """Signing keys in Secrets Manager: JSON with `current`, and `previous` during rotation.

    Args:
        arn: the secret.
        clock: monotonic seconds.
    """

    def __init__(self, arn: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._arn = arn
        self._clock = clock
        self._refreshed_at = float("-inf")

    def current(self) -> Sequence[bytes]:
        return self._read(force=False)

    def refreshed(self) -> Sequence[bytes]:
        now = self._clock()
        due = now - self._refreshed_at >= REFRESH_COOLDOWN_SECONDS
        if due:
            self._refreshed_at = now
        return self._read(force=due)

    @cached_property
    def _provider(self) -> Any:
        # Most requests need no cursor, and the client takes long to make.
        return SecretsProvider(boto3_client=secrets_manager())

    def _read(self, *, force: bool) -> Sequence[bytes]:
        try:
            found: Any = self._provider.get(
                self._arn, max_age=SECRET_MAX_AGE_SECONDS, transform="json", force_fetch=force
            )
        except (GetParameterError, TransformParameterError) as error:
            # Powertools puts the service's message into its own, which is not for the caller.
            raise Unavailable from error
        return [found[name].encode() for name in (CURRENT_KEY, PREVIOUS_KEY) if found.get(name)]


class Cursors:
    """Makes and reads the cursors of one listing.

    Args:
        listing: the listing's name; a cursor of another listing is refused.
        keys: the keys that sign.
    """

    def __init__(self, listing: str, keys: SigningKeys) -> None:
        self._listing = listing
        self._keys = keys

    def write(self, after: str, *, caller: str, query: Mapping[str, str | None]) -> str:
        """The cursor of the page that begins after a sort key.

        Args:
            after: sort key of the last item seen.
            caller: whom the cursor is for.
            query: what the listing was asked for, without the page's size.
        """
        payload = after.encode()
        signature = self._sign(self._keys.current()[0], payload, caller, query)
        return f"{_encode(payload)}.{_encode(signature)}"

    def read(self, cursor: str, *, caller: str, query: Mapping[str, str | None]) -> str:
        """The sort key in a cursor.

        Raises:
            BadParameter: the cursor is not one of ours, or is another caller's or query's.
        """
        try:
            payload, signature = _parts(cursor)
            after = payload.decode()
        except ValueError:
            raise BadParameter("cursor is not one that this API has given.") from None
        if not any(
            hmac.compare_digest(signature, self._sign(key, payload, caller, query))
            for keys in (self._keys.current, self._keys.refreshed)
            for key in keys()
        ):
            raise BadParameter("cursor was not given for this listing, query and caller.")
        return after

    def _sign(
        self, key: bytes, payload: bytes, caller: str, query: Mapping[str, str | None]
    ) -> bytes:
        bound = json.dumps([self._listing, caller, sorted(query.items())]).encode()
        return hmac.new(key, bound + b"\0" + payload, hashlib.sha256).digest()


def _parts(cursor: str) -> tuple[bytes, bytes]:
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise ValueError
    payload, signature = (_decode(part) for part in cursor.split("."))
    return payload, signature


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
    if _encode(value) != text:
        # Unused bits of the last character: one cursor has one spelling.
        raise ValueError
    return value
