"""Users, and what of their bodies, ids and queries is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.second_aws.step import ADMIN, JSON, ORIGIN, USER, Headers, Step

PROFILE = {"email": "uma@example.com", "givenName": "Uma", "familyName": "Example"}


def users() -> Iterator[Step]:
    path = "/v1/users"

    def post(name: str, body: Any, headers: Headers = JSON, **more: Any) -> Step:
        return Step(f"new user: {name}", "POST", path, who=USER, headers=headers, body=body)

    yield Step("own profile before it is there", "GET", f"{path}/me", who=USER)
    yield post("no body", None)
    yield post("no body, no type", None, {})
    yield post("empty body", b"")
    yield post("no JSON", "{no")
    yield post("JSON and more", json.dumps(PROFILE) + "}")
    yield post("a list", [PROFILE])
    yield post("a text", '"text"')
    yield post("a number", "1")
    yield post("null", "null")
    yield post("empty object", {})
    yield post("field missing", {key: PROFILE[key] for key in ("email", "givenName")})
    yield post("unknown field", {**PROFILE, "role": "admin"})
    yield post("wrong type", {**PROFILE, "givenName": 7})
    yield post("null field", {**PROFILE, "givenName": None})
    yield post("no address", {**PROFILE, "email": "nobody"})
    yield post("empty name", {**PROFILE, "givenName": ""})
    yield post("long name", {**PROFILE, "givenName": "x" * 101})
    yield post("two lines in a name", {**PROFILE, "givenName": "a\nb"})
    yield post("bad id", {**PROFILE, "userId": "me"})
    yield post("another's id", {**PROFILE, "userId": "somebody-else"})
    yield post("no UTF-8", b'{"email": "\xff"}')
    yield post("byte order mark", b"\xef\xbb\xbf" + json.dumps(PROFILE).encode())
    yield post("lone surrogate", json.dumps(PROFILE).replace("Uma", "\\ud800"))
    yield post("NaN", json.dumps(PROFILE).replace('"Uma"', "NaN"))
    yield post("key twice", json.dumps(PROFILE)[:-1] + ', "email": "second@example.com", "a": 1}')
    yield post("as text", json.dumps(PROFILE), {"Content-Type": "text/plain"})
    yield post("as a form", "a=b", {"Content-Type": "application/x-www-form-urlencoded"})
    yield post("no JSON as text", "{no", {"Content-Type": "text/plain"})
    yield post("as Latin-1", PROFILE, {"Content-Type": "application/json; charset=iso-8859-1"})
    yield post("a type of nothing", PROFILE, {"Content-Type": ""})
    yield post("a strange type", PROFILE, {"Content-Type": "nonsense"})
    yield post("a problem's type", PROFILE, {"Content-Type": "application/problem+json"})
    yield Step(
        "new user",
        "POST",
        path,
        who=USER,
        headers={"Content-Type": "Application/JSON; charset=UTF-8"},
        body={**PROFILE, "givenName": "Umé ☂ 𝄞"},
        keeps={"user": "userId"},
    )
    yield post("again", PROFILE)
    yield Step(
        "new user by an admin",
        "POST",
        path,
        who=ADMIN,
        headers=JSON,
        body={**PROFILE, "userId": "guest-1"},
    )
    yield Step("own profile", "GET", f"{path}/me", who=USER)
    yield Step("own profile by id", "GET", f"{path}/$user", who=USER)
    yield Step("own profile, slash at its end", "GET", f"{path}/me/", who=USER)
    yield Step("own profile, encoded", "GET", f"{path}/m%65", who=USER)
    yield Step("own profile by HEAD", "HEAD", f"{path}/me", who=USER)
    yield Step("another's profile", "GET", f"{path}/guest-1", who=USER)
    yield Step("any profile by an admin", "GET", f"{path}/$user", who=ADMIN)
    yield Step("no such user", "GET", f"{path}/nobody-at-all", who=ADMIN)
    for name, part in {
        "slash": "a%2Fb",
        "space": "a%20b",
        "plus": "a+b",
        "umlaut": "%C3%A4",
        "percent": "a%25b",
        "percent twice": "a%252Fb",
        "question mark": "a%3Fb",
        "long": "x" * 300,
        "dots": "%2e%2e",
        "semicolon": "a;b=c",
        "bar as it is": "a|b",
    }.items():
        yield Step(f"user's id with {name}", "GET", f"{path}/{part}", who=ADMIN)
    yield Step("users by a user", "GET", path, who=USER)
    yield Step("users by an admin", "GET", path, who=ADMIN)
    yield Step(
        "first page of users",
        "GET",
        f"{path}?limit=1",
        who=ADMIN,
        keeps={"next_users": "nextCursor"},
    )
    yield Step(
        "second page of users",
        "GET",
        f"{path}?limit=1&cursor=$next_users",
        who=ADMIN,
    )
    for name, query in {
        "limit 0": "limit=0",
        "limit 101": "limit=101",
        "limit in words": "limit=ten",
        "limit empty": "limit=",
        "limit twice": "limit=1&limit=500",
        "limit twice, bad first": "limit=500&limit=1",
        "limit in capitals": "LIMIT=0",
        "limit, encoded": "%6cimit=0",
        "limit with a plus": "limit=+1",
        "limit with spaces": "limit=%201",
        "a cursor that is none": "cursor=abc",
        "a cursor cut": "cursor=x$next_users",
        "cursor empty": "cursor=",
        "unknown parameter": "what=1",
        "parameter without value": "limit",
        "ampersands": "&&",
        "semicolon": "limit=1;cursor=abc",
        "no UTF-8": "limit=%ff",
        "bad escape": "limit=%zz",
    }.items():
        yield Step(f"users: {name}", "GET", f"{path}?{query}", who=ADMIN)

    def put(name: str, body: Any, headers: Headers = JSON) -> Step:
        return Step(name, "PUT", f"{path}/me", who=USER, headers=headers, body=body)

    changed = {**PROFILE, "familyName": "Other"}
    yield put("profile replaced", changed)
    yield put("profile, version that is", changed, {**JSON, "If-Match": '"2"'})
    yield put("profile, version that was", changed, {**JSON, "If-Match": '"2"'})
    for name, tag in {
        "weak tag": 'W/"3"',
        "any": "*",
        "list": '"1", "4"',
        "no tag": "4",
        "empty": "",
    }.items():
        headers = {**JSON, "If-Match": tag}
        yield put(f"If-Match: {name}", changed, headers)
    twice = {**JSON, "If-Match": ('"1"', "*")}
    yield put("If-Match twice", changed, twice)
    yield put("if-match in small", changed, {**JSON, "if-match": '"1"'})
    yield put("profile without body", None, {})
    yield put("profile as a list", [])
    yield Step(
        "another's profile replaced",
        "PUT",
        f"{path}/guest-1",
        who=USER,
        headers=JSON,
        body=PROFILE,
    )
    yield Step("another's profile deleted", "DELETE", f"{path}/guest-1", who=USER)


def users_leave() -> Iterator[Step]:
    yield Step("own profile deleted", "DELETE", "/v1/users/me", who=USER, headers=ORIGIN)
    yield Step("own profile deleted again", "DELETE", "/v1/users/me", who=USER)
    yield Step("own profile that is gone", "GET", "/v1/users/me", who=USER)
    yield Step("user deleted by an admin", "DELETE", "/v1/users/guest-1", who=ADMIN)
