"""The API's functions as a WSGI application, for clients that are not ours."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
TOKENS = {"Bearer user": "alice", "Bearer admin": "admin"}
KEY = "the-key"


class Gateway:
    """A WSGI application that does of API Gateway what an answer depends on: identity and events.

    Attributes:
        people: callers by name.
        build_event: makes a proxy event.
        served: how many requests came.
    """

    people: Any
    build_event: Any
    served = 0

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        path = "/" + environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/")
        path = path.removeprefix("/prod")
        if path == "/openapi.json":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [DOCUMENT.read_bytes()]
        self.served += 1
        status, headers, body = self._answer(environ, path)
        start_response(f"{status} Answer", list(headers.items()))
        return [body.encode()]

    def _answer(self, environ: Any, path: str) -> tuple[int, dict[str, str], str]:
        method = environ["REQUEST_METHOD"]
        if path == "/health":
            return self._health(method)
        headers = {
            name[5:].replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        person = None
        if not (method == "GET" and path.startswith("/v1/products")):
            name = TOKENS.get(headers.get("Authorization", ""))
            if name is None or "X-Api-Key" not in headers:
                return self._problem(401)
            if headers["X-Api-Key"] != KEY:
                return self._problem(403)
            person = self.people[name]
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        event = self.build_event(
            method,
            "/v1/users",
            person=person,
            headers=headers,
            # Without binary media types API Gateway hands every body over as text.
            body=raw.decode("utf-8", "replace") or None,
        )
        event["path"] = path
        event["requestContext"]["path"] = f"/test{path}"
        pairs = [one.partition("=")[::2] for one in environ["QUERY_STRING"].split("&") if one]
        event["queryStringParameters"] = {
            unquote(name): unquote(value.replace("+", " ")) for name, value in pairs
        } or None
        event["multiValueQueryStringParameters"] = None
        function = path.split("/")[2] if path.count("/") > 1 else ""
        if not path.startswith("/v1/") or function not in ("users", "products", "orders"):
            return self._problem(404)
        answer = importlib.import_module(f"handlers.{function}.api").lambda_handler(event, None)
        return (
            answer["statusCode"],
            {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()},
            answer["body"],
        )

    def _health(self, method: str) -> tuple[int, dict[str, str], str]:
        if method != "GET":
            return self._problem(404)
        body = {"status": "healthy", "timestamp": "09/Apr/2026:12:34:56 +0000"}
        return 200, {"Content-Type": "application/json"}, json.dumps(body)

    def _problem(self, status: int) -> tuple[int, dict[str, str], str]:
        body = {"type": "about:blank", "title": "T", "status": status, "detail": "D"}
        return (
            status,
            {"Content-Type": "application/problem+json"},
            json.dumps({**body, "requestId": "r"}),
        )
