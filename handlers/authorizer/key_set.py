"""The user pool's public keys, fetched seldom and kept through an outage."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jwt import PyJWK

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

FETCH_TIMEOUT_SECONDS = 2.0
FRESH_SECONDS = 3600
REFETCH_COOLDOWN_SECONDS = 30
RECOVERY_COOLDOWN_SECONDS = 1
"""The pause between tries while no usable key is known and every caller gets an error."""

STALE_SECONDS = 24 * 3600
MAX_ANSWER_BYTES = 64 * 1024


class KeySetUnavailable(Exception):
    """The keys are needed and can't be had: nobody can say whether a token is good."""


class KeySet:
    """A JSON Web Key Set (RFC 7517) by address.

    Keys are fetched when first needed, after an hour, and for an unknown key id; failed or not, at
    most once in 30 s while there are keys to go on with. While the address does not answer, those
    that are known serve for a day.

    Args:
        url: the address.
        clock: monotonic seconds.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, RSAPublicKey] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def find(self, key_id: str) -> RSAPublicKey | None:
        """The key of an id; None when the pool has none.

        Raises:
            KeySetUnavailable: the address does not answer, and what is known is too old or nothing.
        """
        now = self._clock()
        due = now - self._fetched_at > FRESH_SECONDS or key_id not in self._keys
        usable = now - self._fetched_at <= STALE_SECONDS
        cooldown = REFETCH_COOLDOWN_SECONDS if usable else RECOVERY_COOLDOWN_SECONDS
        if due and now - self._tried_at >= cooldown:
            self._tried_at = now
            self._fetch(now)
        if now - self._fetched_at > STALE_SECONDS:
            raise KeySetUnavailable
        if key_id not in self._keys and self._fetched_at < self._tried_at:
            # The last try failed, so that a key id we do not know may well be a new one.
            raise KeySetUnavailable
        return self._keys.get(key_id)

    def _fetch(self, now: float) -> None:
        try:
            self._keys = _keys_in(_read(self._url))
        except Exception:
            # Whatever the answer was, the keys that are known go on serving.
            return
        self._fetched_at = now


def _read(url: str) -> Any:
    # The address comes from the deployment, never from a request.
    with urllib.request.urlopen(url, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310
        return json.loads(answer.read(MAX_ANSWER_BYTES))


def _keys_in(document: Any) -> dict[str, RSAPublicKey]:
    keys = {
        str(key["kid"]): PyJWK(key, algorithm="RS256").key
        for key in document["keys"]
        if key.get("kty") == "RSA"
    }
    if not keys:
        raise ValueError("The key set holds no RSA key.")
    return keys
