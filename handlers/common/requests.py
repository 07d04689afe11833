"""What handlers take out of a request: body, page and version, each refused with a reason."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from handlers.common.errors import (
    BadParameter,
    FieldError,
    InvalidBody,
    NotFound,
    TooLarge,
    UnsupportedMediaType,
)
from handlers.common.model import ID_PATTERN
from handlers.common.pages import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

MAX_BODY_BYTES = 64 * 1024
"""More than the longest valid body; far below DynamoDB's 400 KB an item."""

MAX_REPORTED_ERRORS = 20

_ENTITY_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_ENTITY_TAGS = re.compile(rf"\s*{_ENTITY_TAG}(?:\s*,\s*{_ENTITY_TAG})*\s*")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Request:
    """An API Gateway proxy event (version 1.0), read defensively: callers may send any bytes."""

    event: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self._context.get("requestId") or "")

    def header(self, name: str) -> str | None:
        """A header's value; with several, the last, as API Gateway has it in `headers`."""
        headers: Mapping[str, Any] = self.event.get("headers") or {}
        found = [value for key, value in headers.items() if key.lower() == name.lower()]
        return None if not found or found[-1] is None else str(found[-1])

    def query(self, name: str) -> str | None:
        parameters: Mapping[str, Any] = self.event.get("queryStringParameters") or {}
        value = parameters.get(name)
        return None if value is None else str(value)

    def location_of(self, item_id: str) -> str:
        """The path of an item in the collection that was called, stage included."""
        path = str(self._context.get("path") or self.event["path"])
        return f"{path.rstrip('/')}/{item_id}"

    @property
    def page_size(self) -> int:
        """The query parameter `limit`.

        Raises:
            BadParameter: it is not a whole number from 1 to 100.
        """
        text = self.query("limit")
        if text is None:
            return DEFAULT_PAGE_SIZE
        if not re.fullmatch(r"[1-9][0-9]{0,2}", text, re.ASCII) or int(text) > MAX_PAGE_SIZE:
            raise BadParameter(f"limit must be a whole number from 1 to {MAX_PAGE_SIZE}.")
        return int(text)

    def body(self, model: type[ModelT]) -> ModelT:
        """The JSON body as a model.

        Raises:
            UnsupportedMediaType: it is not sent as JSON in UTF-8.
            TooLarge: it is larger than any valid body.
            InvalidBody: it is not JSON, or not what the model takes.
        """
        self._require_json()
        raw = self._raw_body()
        if len(raw) > MAX_BODY_BYTES:
            raise TooLarge(f"The body has {len(raw)} bytes; the limit is {MAX_BODY_BYTES}.")
        try:
            return model.model_validate_json(raw)
        except ValidationError as error:
            raise invalid_body(error) from None

    @property
    def _context(self) -> Mapping[str, Any]:
        return self.event.get("requestContext") or {}

    def _require_json(self) -> None:
        content_type = self.header("Content-Type") or ""
        charset = _CHARSET.search(content_type)
        if content_type.split(";")[0].strip().lower() != "application/json" or (
            charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii")
        ):
            raise UnsupportedMediaType("Send the body as Content-Type: application/json in UTF-8.")

    def _raw_body(self) -> bytes:
        text = self.event.get("body") or ""
        try:
            raw = str(text).encode()
            return base64.b64decode(raw, validate=True) if self._is_base64 else raw
        except (UnicodeEncodeError, binascii.Error):
            raise InvalidBody("The body is not JSON in UTF-8.") from None

    @property
    def _is_base64(self) -> bool:
        return bool(self.event.get("isBase64Encoded"))

    @property
    def expected_versions(self) -> Sequence[int] | None:
        """The versions that If-Match accepts; None when there is no such condition.

        RFC 9110, section 13.1.1: `*` or a list of entity tags, compared strongly, so that weak ones
        never match.

        Raises:
            BadParameter: the header is no list of entity tags.
        """
        header = self.header("If-Match")
        if header is None or header.strip() == "*":
            return None
        if not _ENTITY_TAGS.fullmatch(header):
            raise BadParameter('If-Match must be * or entity tags such as "3".')
        tags: list[str] = re.findall(_ENTITY_TAG, header)
        return [int(tag[1:-1]) for tag in tags if re.fullmatch(r'"[0-9]{1,15}"', tag)]


def require_id(text: str, what: str) -> str:
    """An id from the path.

    Raises:
        NotFound: no id has this form, so that nothing can be found under it.
    """
    if not re.fullmatch(ID_PATTERN, text):
        raise NotFound(f"There is no such {what}.")
    return text


def invalid_body(error: ValidationError) -> InvalidBody:
    """The field errors of a body, without the values that were sent."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return InvalidBody("The body is not JSON.")
    return InvalidBody(
        "The body is not what this route takes.",
        tuple(
            FieldError(".".join(str(part) for part in one["loc"]) or "body", one["msg"])
            for one in found[:MAX_REPORTED_ERRORS]
        ),
    )
