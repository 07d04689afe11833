"""A request to the deployed stage, in the terms of API Gateway."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import parse_qsl, unquote

from local.gateway.http_server import HttpRequest

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class RefusedRequest(Exception):
    """API Gateway answers by itself, with a gateway response.

    Attributes:
        kind: type of the gateway response, such as `THROTTLED`.
        status: status where the type has none of its own, or another than its own.
        validation_error: what `$context.error.validationErrorString` holds.
        cause: what the developer is told in the list of recent requests.
    """

    def __init__(
        self, kind: str, *, status: int | None = None, validation_error: str = "", cause: str = ""
    ) -> None:
        super().__init__(cause or validation_error or kind)
        self.kind = kind
        self.status = status
        self.validation_error = validation_error
        self.cause = cause or validation_error


@dataclass(frozen=True, kw_only=True)
class ApiRequest:
    """One request.

    Attributes:
        http: the request as it came.
        path: path below the stage, undecoded.
        stage_path: path with the stage.
        query: query parameters in order, decoded.
        id: `$context.requestId`.
        extended_id: `$context.extendedRequestId`.
        trace_root: root of the X-Ray trace header.
        time: when it came, in seconds since 1970.
    """

    http: HttpRequest
    path: str
    stage_path: str
    query: Sequence[tuple[str, str]] = ()
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_id: str = field(default_factory=lambda: f"{uuid.uuid4().hex[:15]}=")
    trace_root: str = field(
        default_factory=lambda: f"1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"
    )
    time: float = field(default_factory=time.time)

    @cached_property
    def headers(self) -> dict[str, list[str]]:
        """All values by name, in the case of the first; as functions get them."""
        names: dict[str, str] = {}
        found: dict[str, list[str]] = {}
        for name, value in self.http.headers:
            known = names.setdefault(name.lower(), name)
            found.setdefault(known, []).append(value)
        return found

    def header(self, name: str) -> str | None:
        return self.http.header(name)

    @cached_property
    def query_values(self) -> dict[str, list[str]]:
        """All values of each query parameter."""
        found: dict[str, list[str]] = {}
        for name, value in self.query:
            found.setdefault(name, []).append(value)
        return found

    @property
    def media_type(self) -> str:
        """Type of the body; JSON where none is sent, as API Gateway assumes."""
        declared = self.header("Content-Type") or "application/json"
        return declared.split(";")[0].strip().lower()

    @property
    def request_time(self) -> str:
        """`$context.requestTime`, CLF-formatted."""
        return datetime.fromtimestamp(self.time, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")

    def value(self, source: str, path_parameters: Mapping[str, str]) -> str | None:
        """What a mapping expression such as `method.request.header.Origin` holds.

        Args:
            source: the expression.
            path_parameters: of the method that was matched, undecoded.
        """
        place, _, name = source.removeprefix("method.request.").partition(".")
        if place == "header":
            return self.header(name)
        if place == "querystring":
            values = self.query_values.get(name)
            return values[-1] if values else None
        if place == "path":
            value = path_parameters.get(name)
            return None if value is None else decoded(value)
        return None


def api_request(http: HttpRequest, stage: str) -> ApiRequest:
    """A request in the terms of a stage; `check_request` says whether it can be answered.

    Slashes too many before the stage, or between it and the path, do not count: so it is in the
    events that LocalStack recorded at AWS (its test `test_lambda_aws_proxy_integration`). A
    semicolon splits the query ("Amazon API Gateway important notes").
    """
    target, _, query = http.target.partition("?")
    if "://" in target:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    stage_path = _after_one_slash(target)
    path = stage_path.removeprefix(f"/{stage}")
    return ApiRequest(
        http=http,
        path=_after_one_slash(path) if path.startswith("/") else path or "/",
        stage_path=stage_path,
        query=parse_qsl(query.replace(";", "&"), keep_blank_values=True, errors="replace"),
    )


def _after_one_slash(path: str) -> str:
    return "/" + path.lstrip("/")


def check_request(request: ApiRequest, stage: str) -> None:
    """Refuse what can't be routed.

    Raises:
        RefusedRequest: it is malformed, or its path is of another stage.
    """
    target = request.http.target
    defect = request.http.defect
    if defect:
        raise RefusedRequest("DEFAULT_4XX", status=defect, cause="Not a complete HTTP request.")
    if not target.isascii() or _BAD_ESCAPE.search(target):
        raise RefusedRequest("DEFAULT_4XX", status=400, cause="The path is not percent-encoded.")
    if request.path == request.stage_path or not request.path.startswith("/"):
        raise RefusedRequest(
            "MISSING_AUTHENTICATION_TOKEN", cause=f"Paths of this stage begin with /{stage}/."
        )


def decoded(text: str) -> str:
    """A part of a path, percent-decoded."""
    return unquote(text, errors="replace")
