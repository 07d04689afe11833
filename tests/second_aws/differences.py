"""Where our gateway and MiniStack answer otherwise, which of them AWS agrees with, and by what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REFUSED = frozenset({"body", "content-type", "status"})
"""What differs where one side refuses what the other serves."""

ERROR_TYPE = "x-amzn-errortype"
RECORDED = "Events of AWS, recorded by LocalStack for `test_lambda_aws_proxy_integration`"
VARIABLES = "Variables for data transformations for API Gateway"
QUOTAS = "Quotas for configuring and running a REST API in API Gateway"
PROXY = "Lambda proxy integrations in API Gateway"


class Right(StrEnum):
    """Whose answer is AWS's."""

    OURS = "ours"
    UNKNOWN = "nobody knows"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One of them.

    Attributes:
        what: what is asked for.
        ours: what our gateway does.
        ministack: what MiniStack does.
        right: who is right.
        source: title of AWS's page, or what else says so.
        requests: names of the steps that show it, with the parts of the answer that differ.
    """

    what: str
    ours: str
    ministack: str
    right: Right
    source: str
    requests: dict[str, frozenset[str]]


def _each(parts: frozenset[str], *names: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(names, parts)


_BODY = frozenset({"body"})
_PREFLIGHT = frozenset(
    f"access-control-{name}"
    for name in ("allow-headers", "allow-methods", "expose-headers", "max-age")
)

DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        what="`$context` in the template of a mock integration",
        ours="filled in",
        ministack="sent as it stands",
        right=Right.OURS,
        source=VARIABLES,
        requests=_each(
            _BODY,
            "health",
            "health of another origin",
            "health with a query",
            "health accepting HTML",
            "health, slash at its end",
            "health, percent-encoded",
            "health with a token",
        ),
    ),
    Difference(
        what="`$context.error.validationErrorString` in a gateway response",
        ours="filled in",
        ministack="sent as it stands",
        right=Right.OURS,
        source=VARIABLES,
        requests=_each(
            _BODY,
            "new user: no body",
            "new user: no body, no type",
            "new user: empty body",
            "new user: no JSON",
            "new user: JSON and more",
            "new user: a list",
            "new user: a text",
            "new user: a number",
            "new user: null",
            "profile without body",
            "profile as a list",
        ),
    ),
    Difference(
        what="A content type that no template of a mock integration is for (`WHEN_NO_TEMPLATES`)",
        ours="415",
        ministack="served",
        right=Right.OURS,
        source=(
            "Method request behavior for payloads without mapping templates for REST APIs in API"
            " Gateway"
        ),
        requests={
            "health as text": REFUSED | {ERROR_TYPE},
            "preflight as text": REFUSED | _PREFLIGHT | {ERROR_TYPE},
        },
    ),
    Difference(
        what="A body of a content type that no model is for",
        ours="left to the function",
        ministack="validated by the model for JSON",
        right=Right.OURS,
        source="Request validation for REST APIs in API Gateway",
        requests=_each(
            frozenset({"body", "status", ERROR_TYPE}),
            "new user: as a form",
            "new user: no JSON as text",
        ),
    ),
    Difference(
        what="`x-amzn-ErrorType` of a wrong API key",
        ours="`ForbiddenException`",
        ministack="not sent",
        right=Right.OURS,
        source="How do I troubleshoot HTTP 403 errors from API Gateway? (AWS re:Post)",
        requests=_each(
            frozenset({ERROR_TYPE}),
            "wrong key",
            "key with a letter more",
            "key twice, bad last",
            "token again, key of another",
        ),
    ),
    Difference(
        what="A header sent twice",
        ours="its last value counts",
        ministack="one value with a comma",
        right=Right.OURS,
        source=PROXY,
        requests={
            "token twice, bad first": REFUSED | {"www-authenticate", ERROR_TYPE},
            "key twice, bad first": REFUSED,
            "If-Match twice": REFUSED | {"etag"},
        },
    ),
    Difference(
        what="A query parameter sent twice",
        ours="its last value counts",
        ministack="its first value counts",
        right=Right.OURS,
        source=PROXY,
        requests={
            "users: limit twice": REFUSED,
            "users: limit twice, bad first": REFUSED,
            "products: category twice": _BODY,
        },
    ),
    Difference(
        what="A semicolon in a query",
        ours="splits it",
        ministack="is part of the value",
        right=Right.OURS,
        source="Amazon API Gateway important notes",
        requests={"users: semicolon": _BODY},
    ),
    Difference(
        what="A percent-encoded path",
        ours="stays encoded in the event",
        ministack="is decoded, and split at `%2F`",
        right=Right.OURS,
        source=RECORDED,
        requests={
            "encoded slash between parts": REFUSED | {ERROR_TYPE},
            "encoded part": REFUSED,
            "own profile, encoded": REFUSED | {"etag"},
            "user's id with slash": frozenset({"body", ERROR_TYPE}),
            **_each(
                _BODY,
                "no UTF-8",
                "null byte",
                "user's id with question mark",
                "product's id with slash",
                "product's id with question mark",
                "order's id with slash",
            ),
        },
    ),
    Difference(
        what="Two slashes between stage and path",
        ours="count as one",
        ministack="both are in the event",
        right=Right.OURS,
        source=RECORDED,
        requests={"slashes at the beginning": REFUSED},
    ),
    Difference(
        what="Two slashes within a path",
        ours="no such path",
        ministack="count as one for the route, as two in the event",
        right=Right.OURS,
        source=RECORDED,
        requests={"two slashes": frozenset({"body", ERROR_TYPE})},
    ),
    Difference(
        what="A percent sign that encodes nothing",
        ours="400",
        ministack="left to the function",
        right=Right.UNKNOWN,
        source="RFC 3986, 2.1, does not allow it",
        requests={
            "bad escape": frozenset({"body", "status"}),
            "half an escape": frozenset({"body", "status"}),
            "users: bad escape": _BODY,
        },
    ),
    Difference(
        what="A verb in small letters",
        ours="another verb",
        ministack="the same verb",
        right=Right.OURS,
        source="RFC 9110, 9.1",
        requests={"verb in small": REFUSED | {"www-authenticate", ERROR_TYPE}},
    ),
    Difference(
        what="A body that is not UTF-8, or begins with a byte order mark, before validation",
        ours="odd bytes are replaced, the mark is no JSON",
        ministack="odd bytes are no JSON, the mark is left out",
        right=Right.UNKNOWN,
        source="RFC 8259, 8.1, leaves the mark to the reader",
        requests=_each(
            frozenset({"body", ERROR_TYPE}), "new user: no UTF-8", "new user: byte order mark"
        ),
    ),
    Difference(
        what="An event of more than 6 MB",
        ours="the gateway response for it",
        ministack="left to the function",
        right=Right.OURS,
        source="Lambda quotas",
        requests={"body that Lambda refuses": frozenset({"body", ERROR_TYPE})},
    ),
    Difference(
        what="A body of more than 10 MB",
        ours="413 in plain text, without CORS",
        ministack="left to the function",
        right=Right.OURS,
        source="An answer of AWS, shown in issue 10 of koki-develop/lgtm-generator",
        requests={
            "body that the gateway refuses": frozenset(
                {
                    "access-control-allow-origin",
                    "access-control-expose-headers",
                    "body",
                    "content-type",
                }
            )
        },
    ),
    Difference(
        what="More than 10,240 bytes of headers and request line",
        ours="431",
        ministack="served",
        right=Right.OURS,
        source=QUOTAS,
        requests={
            "headers that the gateway refuses": REFUSED,
            "query that the gateway refuses": REFUSED,
        },
    ),
)


def known_differences() -> dict[str, frozenset[str]]:
    """The parts that differ, by the names of requests."""
    return {name: parts for one in DIFFERENCES for name, parts in one.requests.items()}


def table() -> list[str]:
    """The rows of the document."""
    return [
        f"| {one.what} | {one.ours} | {one.ministack} | {one.right} | {one.source} |"
        for one in DIFFERENCES
    ]
