"""Access tokens of a Cognito user pool, and the policy their holders get.

Rules: "Verifying JSON Web Tokens" in the Cognito developer guide, and RFC 8725.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import jwt

from handlers.common.callers import authorizer_context

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAX_TOKEN_LENGTH = 8192
CLOCK_SKEW_SECONDS = 5

_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)


class InvalidToken(Exception):
    """The header holds no access token of ours; the message says why, and quotes nothing."""


class Keys(Protocol):
    """Where public keys come from."""

    def find(self, key_id: str) -> RSAPublicKey | None: ...


@dataclass(frozen=True)
class Identity:
    """The holder of a token."""

    subject: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class TokenVerifier:
    """Verifies access tokens of one client of one user pool.

    Attributes:
        issuer: the pool's issuer, compared exactly.
        client_id: the pool's client that tokens must come from.
        keys: the pool's public keys.
    """

    issuer: str
    client_id: str
    keys: Keys

    def identity(self, authorization: str) -> Identity:
        """Who holds the token in an Authorization header.

        Raises:
            InvalidToken: it is not a valid access token of ours.
        """
        match = _BEARER.fullmatch(authorization.strip())
        if match is None or len(match[1]) > MAX_TOKEN_LENGTH:
            raise InvalidToken("no bearer token")
        claims = self._claims(match[1])
        if claims.get("token_use") != "access":
            raise InvalidToken("not an access token")
        if claims.get("client_id") != self.client_id:
            raise InvalidToken("another client's token")
        groups = claims.get("cognito:groups", [])
        if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):  # pyright: ignore[reportUnknownVariableType]
            raise InvalidToken("groups are not text")
        return Identity(str(claims["sub"]), tuple(cast("list[str]", groups)))

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256":
                raise InvalidToken("not signed with RS256")
            key = self.keys.find(str(header.get("kid")))
            if key is None:
                raise InvalidToken("unknown key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self.issuer,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iss", "sub"], "verify_aud": False},
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise InvalidToken(type(error).__name__) from None
        if not claims["sub"]:
            raise InvalidToken("no subject")
        return claims


def policy(identity: Identity, method_arn: str) -> dict[str, Any]:
    """What API Gateway takes as the authorizer's answer.

    It covers the whole stage, because API Gateway keeps the answer for every route; roles are
    checked in the handlers.

    Args:
        identity: the token's holder.
        method_arn: `arn:aws:execute-api:region:account:api/stage/METHOD/path`.
    """
    stage_arn = "/".join(method_arn.split("/")[:2])
    return {
        "principalId": identity.subject,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": "Allow",
                    "Resource": f"{stage_arn}/*",
                }
            ],
        },
        "context": authorizer_context(identity.subject, identity.groups),
    }
