"""Who may call: nobody, those with bad tokens and keys, and how good ones may be written."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.common.routes import ROUTES, Access
from tests.second_aws.step import NOBODY, ORIGIN, Headers, Step


def nobody() -> Iterator[Step]:
    """Every route without any identity."""
    for route in ROUTES:
        if route.access is not Access.PUBLIC:
            path = route.path.replace("{", "some-").replace("}", "")
            name = f"{route.operation} by nobody"
            yield Step(name, route.method, path, headers=ORIGIN)


def identities() -> Iterator[Step]:
    def step(name: str, headers: Headers, who: str = NOBODY) -> Step:
        return Step(name, "GET", "/v1/orders", who=who, headers={**ORIGIN, **headers})

    token, key = "Bearer $user_token", "$key"
    yield step("token and key", {"Authorization": token, "x-api-key": key})
    yield step("token without key", {"Authorization": token})
    yield step("key without token", {"x-api-key": key})
    yield step("neither, with a cookie", {"Cookie": "token=$user_token"})
    yield step("empty token", {"Authorization": "", "x-api-key": key})
    yield step("empty key", {"Authorization": token, "x-api-key": ""})
    yield step("wrong key", {"Authorization": token, "x-api-key": "no-key-of-this-stage"})
    yield step("key with a letter more", {"Authorization": token, "x-api-key": "${key}a"})
    yield step("key and token swapped", {"Authorization": key, "x-api-key": "$user_token"})
    yield step("no JWT", {"Authorization": "Bearer abc", "x-api-key": key})
    yield step("no JWT and a wrong key", {"Authorization": "Bearer abc", "x-api-key": "none"})
    yield step("bearer in small", {"Authorization": "bearer $user_token", "x-api-key": key})
    yield step("two spaces", {"Authorization": "Bearer  $user_token", "x-api-key": key})
    yield step("signature cut", {"Authorization": "Bearer $cut_token", "x-api-key": key})
    yield step("other claims", {"Authorization": "Bearer $changed_token", "x-api-key": key})
    yield step("alg none", {"Authorization": "Bearer $unsigned_token", "x-api-key": key})
    yield step("id token", {"Authorization": "Bearer $id_token", "x-api-key": key})
    yield step("other client", {"Authorization": "Bearer $client_token", "x-api-key": key})
    yield step("other pool", {"Authorization": "Bearer $pool_token", "x-api-key": key})
    yield step("names in small", {"authorization": token, "x-api-key": key})
    yield step("names in capitals", {"AUTHORIZATION": token, "X-API-KEY": key})
    yield step("names mixed", {"aUTHORIZATION": token, "X-Api-Key": key})
    yield step("key in the query", {"Authorization": token, "apikey": key})
    yield step("token twice, bad first", {"Authorization": ("Bearer abc", token), "x-api-key": key})
    yield step("token twice, bad last", {"Authorization": (token, "Bearer abc"), "x-api-key": key})
    yield step("key twice, bad first", {"Authorization": token, "x-api-key": ("none", key)})
    yield step("key twice, bad last", {"Authorization": token, "x-api-key": (key, "none")})
    # The answer to a good token is kept for what has the same token and key only.
    yield step("token again, key of another", {"Authorization": token, "x-api-key": "other"})
