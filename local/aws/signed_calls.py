"""Lets only the owner of a run call its embedded AWS: whoever signs with the run's access key.

Anybody on this machine can connect to loopback, and every page that is open in a browser can send
requests there. So nothing reaches moto that is not signed (AWS Signature Version 4), and nothing
that comes from a browser does. The calls that AWS's user pools take unsigned are let through:
they name a client or a token, which are random and only the owner knows.
"""

from __future__ import annotations

import hmac
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.wsgi import get_input_stream

from local.aws.access import AwsAccess
from local.aws.public_calls import USER_POOLS, public_targets
from local.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)"
    r"/(?P<service>[^/,\s]+)/aws4_request,\s*SignedHeaders=(?P<headers>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)
_KEY_SET = re.compile(r"/[a-z0-9-]+_[A-Za-z0-9]+/\.well-known/jwks\.json")
"""A user pool's public keys, which AWS gives to everybody, and which functions fetch unsigned."""

_MOTO_S_OWN = "/moto-api"
"""Below this moto resets, seeds and configures itself, and shows everything."""

_XML = "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class _Refusal:
    """As the Common Errors of AWS's services have it.

    Attributes:
        code: the error's code.
        message: for whoever reads it.
    """

    code: str
    message: str


_HOW = (
    "This embedded AWS takes calls that are signed with the access key of its run, which"
    " `make local` prints."
)
_ELSEWHERE = _Refusal(
    code="AccessDenied", message="This embedded AWS is called by programs on this machine only."
)
_CLOSED = _Refusal(code="AccessDenied", message="The API of moto itself is closed.")
_UNSIGNED = _Refusal(code="MissingAuthenticationToken", message=f"The call is not signed. {_HOW}")
_UNKNOWN_KEY = _Refusal(code="InvalidClientTokenId", message=f"The access key is another. {_HOW}")
_WRONG_SIGNATURE = _Refusal(
    code="SignatureDoesNotMatch", message=f"The secret access key is another. {_HOW}"
)


class SignedCalls:
    """A WSGI application that hands on what the owner sends, and answers 403 to all else."""

    def __init__(self, application: WSGIApplication, access: AwsAccess) -> None:
        """Guard an application.

        Args:
            application: what is guarded.
            access: the key that calls are signed with, and the run's region.
        """
        self._application = application
        self._access = access
        self._credentials = Credentials(access.access_key_id, access.secret_access_key)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        refusal = self._refusal(environ)
        if refusal:
            return _refused(environ, start_response, refusal)
        return self._application(environ, _without_cors(start_response))

    def _refusal(self, environ: WSGIEnvironment) -> _Refusal | None:
        path = environ.get("PATH_INFO", "")
        if not is_loopback(environ.get("HTTP_HOST")) or "HTTP_ORIGIN" in environ:
            return _ELSEWHERE
        if path.startswith(_MOTO_S_OWN):
            return _CLOSED
        if environ["REQUEST_METHOD"] == "GET" and _KEY_SET.fullmatch(path):
            return None
        if "HTTP_AUTHORIZATION" not in environ and _is_public(environ):
            # moto reads the region off the signature.
            scope = f"{self._access.region}/{USER_POOLS}/aws4_request"
            environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential=-/20260101/{scope}"
            return None
        signed = _AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        if not signed or "HTTP_X_AMZ_DATE" not in environ:
            return _UNSIGNED
        if not hmac.compare_digest(signed["key"].encode(), self._credentials.access_key.encode()):
            return _UNKNOWN_KEY
        expected = self._signature(environ, signed)
        return None if hmac.compare_digest(signed["signature"], expected) else _WRONG_SIGNATURE

    def _signature(self, environ: WSGIEnvironment, signed: re.Match[str]) -> str:
        body = get_input_stream(environ).read()
        # moto reads it once more.
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        request = AWSRequest(
            method=environ["REQUEST_METHOD"],
            # As it was sent, since it was signed so.
            url=f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}",
            data=body,
            headers={name: _header(environ, name) for name in signed["headers"].split(";")},
        )
        request.context["timestamp"] = environ["HTTP_X_AMZ_DATE"]
        kind = S3SigV4Auth if signed["service"] == "s3" else SigV4Auth
        signer: Any = kind(self._credentials, signed["service"], signed["region"])
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return signer.signature(text, request)


def _is_public(environ: WSGIEnvironment) -> bool:
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    return bool(target) and target in public_targets()


def _header(environ: WSGIEnvironment, name: str) -> str:
    key = name.upper().replace("-", "_")
    return environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", "")


def _refused(
    environ: WSGIEnvironment, start_response: StartResponse, refusal: _Refusal
) -> Iterable[bytes]:
    """The answer in the form that the caller's protocol has for errors."""
    headers = [("x-amzn-ErrorType", refusal.code)]
    if environ.get("CONTENT_TYPE", "").startswith(_XML):
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{refusal.code}</Code>"
            f"<Message>{escape(refusal.message)}</Message></Error></ErrorResponse>"
        )
        headers.append(("Content-Type", "text/xml"))
    else:
        body = json.dumps({"__type": refusal.code, "message": refusal.message})
        headers.append(("Content-Type", "application/json"))
    content = body.encode()
    start_response("403 Forbidden", [*headers, ("Content-Length", str(len(content)))])
    return [content]


def _without_cors(start_response: StartResponse) -> StartResponse:
    """moto lets every origin read what it answers."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
        kept = [one for one in headers if not one[0].lower().startswith("access-control-")]
        return start_response(status, kept, *rest)

    return start
