"""One of the two that the requests are sent to, and what of its answers can be compared."""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any, cast

from tests.second_aws.step import NOBODY, Step

CASUAL_HEADERS = frozenset(
    {
        # Of the connection, not of the answer.
        "connection",
        "content-length",
        "date",
        "server",
        "transfer-encoding",
        # Ids of the request, under which AWS finds it again.
        "x-amz-apigw-id",
        "x-amz-id-2",
        "x-amz-request-id",
        "x-amzn-requestid",
        "x-amzn-trace-id",
    }
)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LOG_TIME = re.compile(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000")


@dataclass(frozen=True)
class Comparable:
    """What of an answer must be the same on both sides.

    Attributes:
        parts: by `status`, `body` and header names in small letters.
    """

    parts: Mapping[str, Any]

    def differences(self, other: Comparable) -> dict[str, tuple[Any, Any]]:
        """The parts that differ, with both values; None where one side has none."""
        names = sorted({*self.parts, *other.parts})
        both = {name: (self.parts.get(name), other.parts.get(name)) for name in names}
        return {name: values for name, values in both.items() if values[0] != values[1]}


@dataclass(frozen=True, kw_only=True)
class Side:
    """A served platform.

    Attributes:
        address: host and port.
        host: Host header, where that is another.
        stage: name of the stage.
        names: what `$name` of a step means here: tokens, key, and what answers gave.
        subs: ids of the people who are signed in, by their names.
    """

    address: str
    host: str | None
    stage: str
    names: dict[str, str]
    subs: Mapping[str, str] = field(default_factory=dict[str, str])

    def answers(self, steps: Iterable[Step]) -> list[Comparable]:
        """Send all requests, in their order."""
        return [self.answer(step) for step in steps]

    def answer(self, step: Step) -> Comparable:
        """Send a request, and give what came back in terms that hold on both sides."""
        status, headers, body = self._send(step)
        content = _json(body)
        comparable = self._comparable(status, headers, body)
        if isinstance(content, dict):
            for name, source in step.keeps.items():
                self.names[name] = str(content.get(source))  # pyright: ignore
        return comparable

    def _send(self, step: Step) -> tuple[int, list[tuple[str, str]], bytes]:
        headers: dict[str, str | tuple[str, ...] | None] = {
            "Host": self.host or self.address,
            "Accept-Encoding": "identity",
        }
        if step.who != NOBODY:
            headers["Authorization"] = f"Bearer ${step.who}_token"
            headers["x-api-key"] = "$key"
        content = step.content
        if content is not None:
            if b"$" in content:
                content = self._filled(content.decode()).encode()
            headers["Content-Length"] = str(len(content))
        given = {name.lower() for name in step.headers}
        headers = {name: value for name, value in headers.items() if name.lower() not in given}
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.putrequest(
                step.method,
                f"/{self.stage}{self._filled(step.path)}",
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in (*headers.items(), *step.headers.items()):
                for one in () if value is None else (value,) if isinstance(value, str) else value:
                    connection.putheader(name, self._filled(one))
            connection.endheaders(content)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _filled(self, text: str) -> str:
        return Template(text).safe_substitute(self.names)

    def _comparable(
        self, status: int, headers: Iterable[tuple[str, str]], body: bytes
    ) -> Comparable:
        content = _json(self._without_names(body.decode("utf-8", "backslashreplace")))
        parts: dict[str, Any] = {"status": status, "body": _generalised(content)}
        for name, value in headers:
            if name.lower() not in CASUAL_HEADERS:
                known = parts.get(name.lower())
                text = _general_text(self._without_names(value))
                parts[name.lower()] = text if known is None else f"{known}, {text}"
        return Comparable(parts)

    def _without_names(self, text: str) -> str:
        for name, value in {**self.subs, **self.names}.items():
            # Short ones would be found everywhere.
            if len(value) > 8:
                text = text.replace(value, f"${name}")
        return text


def forged_tokens(token: str) -> dict[str, str]:
    """Tokens that are good no more, made of one that is."""
    head, claims, signature = token.split(".")
    changed = {**_part(claims), "cognito:groups": ["admin"]}
    return {
        "cut_token": token[:-8],
        "changed_token": f"{head}.{_encoded(changed)}.{signature}",
        "unsigned_token": f"{_encoded({**_part(head), 'alg': 'none'})}.{claims}.",
    }


def _part(text: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _encoded(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _json(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace") if isinstance(body, bytes) else body


def _generalised(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "<cursor>" if name == "nextCursor" else _generalised(part)
            for name, part in cast("dict[str, Any]", value).items()
        }
    if isinstance(value, list):
        return [_generalised(part) for part in cast("list[Any]", value)]
    return _general_text(value) if isinstance(value, str) else value


def _general_text(text: str) -> str:
    text = _ID.sub("<id>", text)
    return _LOG_TIME.sub("<time>", _TIME.sub("<time>", text))
