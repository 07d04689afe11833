"""What the gateway serves besides the API: the start page, its data, and the API's documentation.

Only to the run's owner: all but the API's published document needs the run's token, and nothing
here answers a page of another origin.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.alarms.alarm_board import AlarmBoard
from local.checkout import CHECKOUT
from local.functions.functions import Functions
from local.gateway.gateway import Gateway
from local.gateway.http_server import HttpRequest, HttpResponse
from local.page.access import PREFIX, SLACK_PATH, TOKEN_PARAMETER, PageAccess
from local.page.picture import stack_picture
from local.page.recent_requests import RecentRequests
from local.page.sent_messages import SentMessages
from local.page.slack import post_to_slack

OPENAPI_PATH = f"{PREFIX}/openapi.json"
ALARMS_PATH = f"{PREFIX}/alarms.json"
PUBLISHED_DOCUMENT = CHECKOUT / "docs" / "openapi.json"

_FILES = Path(__file__).parent / "files"
_SWAGGER_UI_PACKAGE = "flask_swagger_ui"
_SWAGGER_UI_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
_PAGE_FILES = {
    f"{PREFIX}/start.css": "start.css",
    f"{PREFIX}/start.js": "start.js",
    f"{PREFIX}/docs": "docs.html",
    f"{PREFIX}/docs.css": "docs.css",
    f"{PREFIX}/docs.js": "docs.js",
}
_LOCKED = (
    "This page is for whoever started the run: open the address that it printed, which ends in a"
    " token. It is `startPage` in .local/sessions/PORT.json as well."
)
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Swagger UI sets styles on its elements, and has its icons as data.
    (
        "Content-Security-Policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    ),
)


class LocalPages:
    """Answers what is for people.

    Attributes:
        people: what clients of the API need, and who is signed in; None until that is known.
    """

    people: Mapping[str, Any] | None = None

    def __init__(
        self,
        gateway: Gateway,
        functions: Functions,
        export: Mapping[str, Any],
        outputs: Mapping[str, Any],
        board: AlarmBoard,
        messages: SentMessages,
        access: PageAccess,
        recent: RecentRequests,
    ) -> None:
        """Make the pages of a stack.

        Args:
            gateway: what serves them.
            functions: whose logs are shown.
            export: the deployment, in the form of `pulumi stack export`.
            outputs: the stack's outputs.
            board: the alarms.
            messages: what people are told; the local Slack adds to them.
            access: whom they answer.
            recent: the requests to the API.
        """
        self._gateway = gateway
        self._functions = functions
        self._export = export
        self._outputs = outputs
        self._board = board
        self._messages = messages
        self._access = access
        self._recent = recent

    async def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a request to the gateway's port; None where it is for no page."""
        target = urlsplit(request.target) if request.target.startswith("/") else None
        path = target.path if target and not request.target.startswith("//") else None
        if request.defect or path is None or not _is_ours(path):
            return None
        if self._access.is_elsewhere(request):
            return _text(403, "Open this page as http://127.0.0.1 or http://localhost.")
        if path.startswith(SLACK_PATH):
            return self._slack(path, request)
        if request.method not in ("GET", "HEAD"):
            return _text(405, "Only GET.", ("Allow", "GET, HEAD"))
        assert target is not None
        query = parse_qs(target.query)
        if path == "/":
            return self._start_page(query, request)
        if path == OPENAPI_PATH:
            return _json(self._document(request.header("Host") or ""))
        if not self._access.lets_in(request):
            return _text(403, _LOCKED)
        return self._page(path, query)

    def _start_page(self, query: Mapping[str, list[str]], request: HttpRequest) -> HttpResponse:
        given = query.get(TOKEN_PARAMETER)
        if given and self._access.is_token(given[-1]):
            return _file(_FILES / "start.html", ("Set-Cookie", self._access.cookie))
        if not given and self._access.lets_in(request):
            return _file(_FILES / "start.html")
        return _text(403, _LOCKED)

    def _page(self, path: str, query: Mapping[str, list[str]]) -> HttpResponse:
        if path in _PAGE_FILES:
            return _file(_FILES / _PAGE_FILES[path])
        name = path.removeprefix(f"{PREFIX}/swagger-ui/")
        if name in _SWAGGER_UI_FILES:
            return _file(_swagger_ui() / name)
        if path == "/favicon.ico":
            return _file(_swagger_ui() / "favicon-32x32.png")
        if path == f"{PREFIX}/stack.json":
            return _json(self._stack())
        if path == f"{PREFIX}/picture.svg":
            return _response(200, "image/svg+xml", self._picture().encode())
        if path == f"{PREFIX}/session.json":
            return _json(self.people)
        if path == f"{PREFIX}/activity.json":
            return _json(self._activity(query))
        if path == ALARMS_PATH:
            changes = self._board.changes(_number(query, "changes"))
            return _json({"alarms": self._board.alarms(), "changes": changes})
        return _text(404, "There is no such page.")

    def _stack(self) -> dict[str, Any]:
        resources: list[dict[str, Any]] = self._export["deployment"].get("resources", [])
        types = Counter(
            resource["type"] for resource in resources if resource["type"].startswith("aws:")
        )
        return {
            "stack": self._gateway.stage_name,
            "apiUrl": self._gateway.url,
            "outputs": self._outputs,
            "resources": dict(sorted(types.items())),
        }

    def _picture(self) -> str:
        return stack_picture(self._export, self._gateway.stage_name, self._gateway.method_count)

    def _activity(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        requests = self._recent.after(_number(query, "requests"))
        logs = self._functions.logs.after(_number(query, "logs"))
        messages = self._messages.after(_number(query, "messages"))
        return {
            "requests": [{"number": one.number, **asdict(one.request)} for one in requests],
            "logs": [asdict(line) for line in logs],
            "alarms": self._board.alarms(_number(query, "alarms")),
            "messages": [asdict(one) for one in messages],
        }

    def _slack(self, path: str, request: HttpRequest) -> HttpResponse:
        if not self._access.is_slack(path):
            # As Slack answers for a webhook that it does not know.
            return _text(403, "invalid_token")
        if request.method != "POST":
            return _text(405, "Only POST.", ("Allow", "POST"))
        kind = request.header("Content-Type") or ""
        return _text(*post_to_slack(kind, request.body, self._messages))

    def _document(self, host: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(PUBLISHED_DOCUMENT.read_text(encoding="utf-8"))
        document["servers"] = [{"url": f"http://{host}/{self._gateway.stage_name}"}]
        return document


def _is_ours(path: str) -> bool:
    return path in ("/", "/favicon.ico") or path == PREFIX or path.startswith(f"{PREFIX}/")


@cache
def _swagger_ui() -> Path:
    """Where Swagger UI's files are; its package, which would import Flask, is not imported."""
    package = find_spec(_SWAGGER_UI_PACKAGE)
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "dist"


def _number(query: Mapping[str, list[str]], name: str) -> int:
    text = query.get(name, ["0"])[-1]
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else 0


def _file(path: Path, *headers: tuple[str, str]) -> HttpResponse:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _response(200, kind, path.read_bytes(), *headers)


def _json(value: Any) -> HttpResponse:
    return _response(200, "application/json", json.dumps(value).encode())


def _text(status: int, text: str, *headers: tuple[str, str]) -> HttpResponse:
    return _response(status, "text/plain", text.encode(), *headers)


def _response(status: int, kind: str, body: bytes, *headers: tuple[str, str]) -> HttpResponse:
    textual = kind.startswith(("text/", "application/j", "image/svg"))
    content_type = f"{kind}; charset=utf-8" if textual else kind
    return HttpResponse(
        status=status,
        headers=[("Content-Type", content_type), *_HEADERS, *headers],
        body=body,
    )
