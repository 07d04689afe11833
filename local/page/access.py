"""Who may see and use the pages beside the API: whoever has the token of the run."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Self

from local.gateway.http_server import HttpRequest
from local.loopback import is_foreign, is_loopback

PREFIX = "/_local"
SLACK_PATH = f"{PREFIX}/slack/"
TOKEN_PARAMETER = "token"  # noqa: S105 - its name


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """The secrets of one run's pages, and its port.

    The token stands in the start page's address, and in a cookie from then on. Programs send it as
    `Authorization: Bearer`. The local Slack's address has a secret of its own, as Slack's have.

    Attributes:
        port: where the pages are.
        token: lets people in.
        slack_secret: lets functions post to the local Slack.
    """

    port: int
    token: str = field(repr=False)
    slack_secret: str = field(repr=False)

    @classmethod
    def new(cls, port: int) -> Self:
        """Access with secrets that nobody has had before."""
        return cls(
            port=port, token=secrets.token_urlsafe(24), slack_secret=secrets.token_urlsafe(24)
        )

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def start_page(self) -> str:
        """Address of the start page, which lets whoever has it in."""
        return f"{self.origin}/?{TOKEN_PARAMETER}={self.token}"

    @property
    def slack_url(self) -> str:
        """Address of the local Slack's webhook."""
        return f"{self.origin}{SLACK_PATH}{self.slack_secret}"

    @property
    def cookie(self) -> str:
        """The `Set-Cookie` header that keeps a browser in until it closes."""
        # A page of another site shall not be able to make the browser send it.
        return f"{self._cookie_name}={self.token}; Path=/; HttpOnly; SameSite=Strict"

    def is_elsewhere(self, request: HttpRequest) -> bool:
        """Whether a request comes from a page that is not one of ours."""
        host = request.header("Host")
        return not is_loopback(host) or is_foreign(request.all("Origin"), host)

    def is_token(self, given: str) -> bool:
        """Whether somebody has the token."""
        return _same(given, self.token)

    def lets_in(self, request: HttpRequest) -> bool:
        """Whether a request carries the token, as a cookie or in `Authorization`."""
        scheme, _, given = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(given):
            return True
        return any(self.is_token(value) for value in self._cookies(request))

    def is_slack(self, path: str) -> bool:
        """Whether a path is that of the local Slack's webhook."""
        return _same(path, SLACK_PATH + self.slack_secret)

    @property
    def _cookie_name(self) -> str:
        # Cookies are of a host, and two runs differ by their port only.
        return f"aws-platform-{self.port}"

    def _cookies(self, request: HttpRequest) -> list[str]:
        found: list[str] = []
        for header in request.all("Cookie"):
            try:
                cookies = SimpleCookie(header)
            except CookieError:
                continue
            found += [one.value for name, one in cookies.items() if name == self._cookie_name]
        return found


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
