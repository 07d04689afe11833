from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime, tzinfo
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.authorizer.domain import Identity, InvalidToken, TokenVerifier, policy
from handlers.common.callers import caller_of

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_pool"
CLIENT = "client-of-ours"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Keys:
    def find(self, key_id: str) -> rsa.RSAPublicKey | None:
        return KEY.public_key() if key_id == "ours" else None


VERIFIER = TokenVerifier(issuer=ISSUER, client_id=CLIENT, keys=Keys())


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "sub": "0a1b2c3d",
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "cognito:groups": ["admin", "staff"],
        "iat": now,
        "exp": now + 3600,
        "jti": "once",
        **changes,
    }


def token(key: Any = KEY, kid: str | None = "ours", **changes: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    # Not jwt.encode, which refuses to write some of the claims that are tried here.
    payload = json.dumps(claims(**changes)).encode()
    return jwt.api_jws.encode(payload, key, algorithm="RS256", headers=headers)


def encoded(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused(text: str) -> None:
    with pytest.raises(InvalidToken):
        VERIFIER.identity(text)


def test_a_valid_access_token_tells_who_and_which_groups() -> None:
    assert VERIFIER.identity(f"Bearer {token()}") == Identity("0a1b2c3d", ("admin", "staff"))


def test_the_scheme_is_read_as_http_says() -> None:
    assert VERIFIER.identity(f"  bearer   {token()}  ").subject == "0a1b2c3d"


def test_a_user_without_groups_is_welcome() -> None:
    without = claims()
    del without["cognito:groups"]
    text = jwt.encode(without, KEY, algorithm="RS256", headers={"kid": "ours"})
    assert VERIFIER.identity(f"Bearer {text}").groups == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": ISSUER + "/"},
        {"iss": ISSUER.replace("pool", "other")},
        {"iss": ISSUER.upper()},
        {"iss": [ISSUER]},
        {"iss": None},
        {"token_use": "id"},
        {"token_use": None},
        {"token_use": ["access"]},
        {"client_id": "client-of-others"},
        {"client_id": None},
        {"client_id": [CLIENT]},
        {"exp": "tomorrow"},
        {"exp": None},
        {"exp": -1},
        pytest.param({"nbf": int(time.time()) + 600}, id="not-yet-valid"),
        {"nbf": "later"},
        pytest.param({"iat": int(time.time()) + 600}, id="issued-in-the-future"),
        {"iat": "once"},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": ["0a1b2c3d"]},
        {"cognito:groups": "admin"},
        {"cognito:groups": {"admin": True}},
        {"cognito:groups": [["admin"]]},
        {"cognito:groups": None},
    ],
    ids=str,
)
def test_a_token_with_one_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    refused(f"Bearer {token(**changes)}")


def test_clocks_may_differ_by_less_than_five_seconds() -> None:
    VERIFIER.identity(f"Bearer {token(exp=int(time.time()) - 3)}")
    refused(f"Bearer {token(exp=int(time.time()) - 5)}")
    refused(f"Bearer {token(exp=int(time.time()) - 60)}")


@pytest.mark.parametrize("claim", ["sub", "iss", "client_id", "token_use", "exp"])
def test_a_token_without_a_needed_claim_is_refused(claim: str) -> None:
    short = claims()
    del short[claim]
    refused("Bearer " + jwt.encode(short, KEY, algorithm="RS256", headers={"kid": "ours"}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Basic x", "no bearer token"),
        (f"Bearer {'a.' * 8192}", "no bearer token"),
        (f"Bearer {token(token_use='id')}", "not an access token"),
        (f"Bearer {token(client_id='another')}", "another client's token"),
        (f"Bearer {token(**{'cognito:groups': 'admin'})}", "groups are not text"),
        (f"Bearer {token(sub='')}", "no subject"),
        (f"Bearer {token(exp=1)}", "ExpiredSignatureError"),
    ],
    ids=lambda text: text[:8],
)
def test_the_log_says_what_is_wrong_with_a_token(text: str, reason: str) -> None:
    with pytest.raises(InvalidToken, match=f"^{reason}$"):
        VERIFIER.identity(text)


def test_an_id_token_is_refused() -> None:
    refused(f"Bearer {token(token_use='id', aud=CLIENT)}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused(algorithm: str) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": "ours"}
    refused(f"Bearer {encoded(header)}.{encoded(claims())}.")
    refused(f"Bearer {encoded(header)}.{encoded(claims())}.AA")
    refused(f"Bearer {encoded(header)}.{encoded(claims())}.{token().split('.')[2]}")


def test_hs256_with_the_public_key_as_secret_is_refused() -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{encoded({'alg': 'HS256', 'kid': 'ours'})}.{encoded(claims())}"
    signature = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    refused(f"Bearer {signed}.{encoded(signature)}")


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_rsa_algorithms_are_refused(algorithm: str) -> None:
    refused("Bearer " + jwt.encode(claims(), KEY, algorithm=algorithm, headers={"kid": "ours"}))


def test_another_pool_s_key_is_refused_under_every_key_id() -> None:
    for kid in ("ours", "theirs", None):
        refused(f"Bearer {token(FOREIGN_KEY, kid)}")


def test_an_unknown_or_missing_key_id_is_refused() -> None:
    for kid in ("theirs", "", None):
        refused(f"Bearer {token(kid=kid)}")


def test_a_key_brought_along_in_the_header_is_ignored() -> None:
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(FOREIGN_KEY.public_key()))
    refused(
        "Bearer "
        + jwt.encode(
            claims(),
            FOREIGN_KEY,
            algorithm="RS256",
            headers={"kid": "ours", "jwk": jwk, "jku": "https://evil.example.com/jwks.json"},
        )
    )


def test_an_access_token_that_names_its_audience_is_welcome() -> None:
    """Those of a resource server do ("Using the access token", resource binding)."""
    for audience in (CLIENT, "https://api.example.com", ["https://api.example.com"]):
        assert VERIFIER.identity(f"Bearer {token(aud=audience)}").subject == "0a1b2c3d"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> int:
    """A second at which time stands still."""
    second = 1_775_738_096

    class StillClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.fromtimestamp(second, tz)

    monkeypatch.setattr("jwt.api_jwt.datetime", StillClock)
    return second


@pytest.mark.parametrize(
    ("claim", "last_good", "first_bad"), [("exp", -4, -5), ("nbf", 5, 6), ("iat", 5, 6)]
)
def test_clocks_may_differ_by_five_seconds(
    now: int, claim: str, last_good: int, first_bad: int
) -> None:
    times = {"iat": now, "exp": now + 3600}
    assert VERIFIER.identity(f"Bearer {token(**{**times, claim: now + last_good})}")
    refused(f"Bearer {token(**{**times, claim: now + first_bad})}")


def token_of(length: int) -> str:
    """A good token of so many characters."""
    for title in ("", "x", "xx"):
        size, text = 0, ""
        while len(text) < length:
            payload = json.dumps(claims(padding="x" * size)).encode()
            headers = {"kid": "ours", "title": title}
            text = jwt.api_jws.encode(payload, KEY, algorithm="RS256", headers=headers)
            size += max(1, (length - len(text)) * 3 // 4)
        if len(text) == length:
            return text
    raise AssertionError(f"no token has {length} characters")


def test_a_token_has_at_most_8192_characters() -> None:
    longest, longer = token_of(8192), token_of(8193)
    assert (len(longest), len(longer)) == (8192, 8193)
    assert VERIFIER.identity(f"Bearer {longest}").subject == "0a1b2c3d"
    refused(f"Bearer {longer}")


@pytest.mark.parametrize(
    "text",
    ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a.b", "Bearer a.b.c", "Bearer ...",
     "Bearer é.b.c", f"Bearer {'a' * 100_000}", "Bearer a.b.c d", "Bearer a.b.c, Bearer d.e.f"],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    refused(text)


def test_a_header_or_payload_that_is_no_object_is_refused() -> None:
    signature = token().split(".")[2]
    for header in ([], "x", 7, None, b"\xff", b"[" * 3000):
        refused(f"Bearer {encoded(header)}.{encoded(claims())}.{signature}")
    for payload in ([], "x", None, b"\xff"):
        text = jwt.api_jws.encode(
            payload if isinstance(payload, bytes) else json.dumps(payload).encode(),
            KEY,
            algorithm="RS256",
            headers={"kid": "ours"},
        )
        refused(f"Bearer {text}")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_token_with_any_character_changed_is_refused(data: Any) -> None:
    good = token()
    place = data.draw(st.integers(0, len(good) - 1))
    character = data.draw(st.characters(codec="utf-8").filter(lambda one: one != good[place]))
    changed = good[:place] + character + good[place + 1 :]
    try:
        identity = VERIFIER.identity(f"Bearer {changed}")
    except InvalidToken:
        return
    # The last character of the signature has bits that no byte uses: the token is the same.
    assert place == len(good) - 1
    assert identity.subject == "0a1b2c3d"


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_in_an_orderly_way(text: str) -> None:
    refused(text)
    refused(f"Bearer {text}")


def test_the_policy_covers_the_whole_stage_and_its_context_is_text() -> None:
    answer = policy(
        Identity("someone", ("staff", "admin")),
        "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/v1/users/me",
    )
    assert answer["principalId"] == "someone"
    assert answer["policyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Action": "execute-api:Invoke",
                "Effect": "Allow",
                "Resource": "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/*",
            }
        ],
    }
    assert answer["context"] == {"sub": "someone", "groups": "staff admin"}


GROUP_NAMES = st.text(st.characters(categories=["L", "M", "S", "N", "P"]), min_size=1, max_size=9)


@given(groups=st.lists(GROUP_NAMES))
def test_the_functions_read_from_the_context_who_calls(groups: list[str]) -> None:
    """Names of groups: "CreateGroup" in the Cognito API reference."""
    context = policy(Identity("someone", tuple(groups)), "arn/prod/GET/x")["context"]
    caller = caller_of({"requestContext": {"authorizer": context}})
    assert caller.user_id == "someone"
    assert caller.groups - {""} == set(groups)
    assert caller.is_admin == ("admin" in groups)
