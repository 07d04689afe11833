"""The deployed stage: from a request to its answer, in the order that API Gateway works in."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from local.functions.configuration import function_arn_in_uri
from local.functions.functions import Functions
from local.gateway.answered_request import AnsweredRequest, OnAnswer
from local.gateway.api_request import ApiRequest, RefusedRequest, api_request, check_request
from local.gateway.authorizer import Authorizer, Identity
from local.gateway.deployed_api import ApiKey, DeployedApi
from local.gateway.gateway_response import gateway_response, substituted
from local.gateway.http_server import HttpRequest, HttpResponse, Limits
from local.gateway.mock_integration import mock_response
from local.gateway.proxy_event import proxy_event, request_context
from local.gateway.proxy_response import proxy_response
from local.gateway.routing import Match, Router
from local.gateway.stage_cache import StageCache
from local.gateway.throttling import Throttle
from local.gateway.validation import RequestValidator
from local.rest_api.body import Method

ACCESS_LOG = "access log"
MOST_HEADER_BYTES = 10_240
"""Quota "Total combined size of request line and header values" of REST APIs."""

MOST_EVENT_BYTES = 6 * 1024 * 1024
"""Quota "Invocation payload" of Lambda's synchronous invocations."""

INTEGRATION_TIMEOUT_MS = 29_000

BODY_TOO_LARGE = HttpResponse(
    status=413,
    headers=[("Content-Type", "text; charset=utf-8")],
    body=f"HTTP content length exceeded {Limits.body_bytes} bytes.".encode(),
)
"""No gateway response, so that no page of another origin can read it either.

So it is in answers of API Gateway that people have shown, whatever they had deployed for
REQUEST_TOO_LARGE, which is for what Lambda does not take: koki-develop/lgtm-generator, issue 10;
reapit/foundations, issue 4338.
"""


class Stage:
    """A deployed stage; used from one event loop."""

    def __init__(
        self, api: DeployedApi, functions: Functions, on_answer: OnAnswer = lambda _: None
    ) -> None:
        """Make the stage.

        Args:
            api: the stage as it was deployed.
            functions: what runs its functions.
            on_answer: told of each request that was answered.
        """
        self._on_answer = on_answer
        self._api = api
        self._functions = functions
        self._router = Router(api.body.methods)
        self._validator = RequestValidator(api.body)
        self._throttle = Throttle()
        self._cache = StageCache()
        self._authorizers = {
            name: Authorizer(api, name, functions) for name in api.body.authorizers
        }

    async def answer(self, http: HttpRequest) -> HttpResponse:
        """Answer a request; every failure is one of the gateway responses."""
        request = api_request(http, self._api.stage)
        exchange = _Exchange(self._api, request)
        began = time.monotonic()
        if http.defect == 413:
            self._tell(request, BODY_TOO_LARGE.status, 0, "The body has more than 10 MB.")
            return BODY_TOO_LARGE
        note = ""
        try:
            response = await self._answer(exchange)
        except RefusedRequest as refused:
            note = f"{refused.kind}: {refused.cause}" if refused.cause else refused.kind
            response = exchange.refusal(refused)
        milliseconds = (time.monotonic() - began) * 1000
        self._tell(request, response.status, milliseconds, note)
        self._write_access_log(exchange, response, milliseconds)
        added = [
            ("x-amzn-RequestId", request.id),
            ("x-amz-apigw-id", request.extended_id),
            ("X-Amzn-Trace-Id", f"Root={request.trace_root}"),
        ]
        return HttpResponse(
            status=response.status, headers=[*response.headers, *added], body=response.body
        )

    def _tell(self, request: ApiRequest, status: int, milliseconds: float, note: str) -> None:
        self._on_answer(
            AnsweredRequest(
                id=request.id,
                time=request.time,
                method=request.http.method,
                path=request.stage_path,
                status=status,
                milliseconds=milliseconds,
                note=note,
            )
        )

    async def _answer(self, exchange: _Exchange) -> HttpResponse:
        request = exchange.request
        check_request(request, self._api.stage)
        size = len(request.http.target) + sum(len(value) for _, value in request.http.headers)
        if size > MOST_HEADER_BYTES:
            raise RefusedRequest(
                "DEFAULT_4XX",
                status=431,
                cause=f"Headers have more than {MOST_HEADER_BYTES} bytes.",
            )
        match = self._router.match(request.http.method, request.path)
        if match is None:
            raise RefusedRequest("MISSING_AUTHENTICATION_TOKEN", cause="No such path and method.")
        exchange.match = match
        method = self._api.body.methods[match.resource, match.method]
        settings = self._api.settings_of(match.resource, match.method)
        if method.authorizer:
            exchange.identity = await self._authorizers[method.authorizer].identity(request, match)
        if method.parameters.get("apiKeyRequired"):
            exchange.key = self._key(request, exchange.identity)
            self._throttle.take_of_key(exchange.key)
        self._throttle.take((match.resource, match.method), settings.limit)
        self._validator.check(request, method, match.parameters)
        if not (self._api.cache_cluster and settings.cached and request.http.method == "GET"):
            return await self._integrate(exchange, method, match)
        keys: list[str] = method.integration.get("cacheKeyParameters") or []
        address = (
            match.resource,
            *(request.value(one, match.parameters) for one in keys),
        )
        kept = self._cache.get(address)
        if kept is None:
            kept = await self._integrate(exchange, method, match)
            self._cache.put(address, kept, settings.cache_ttl_seconds)
        return kept

    async def _integrate(self, exchange: _Exchange, method: Method, match: Match) -> HttpResponse:
        request = exchange.request
        if method.integration.get("type") == "MOCK":
            return mock_response(
                method,
                request,
                match.parameters,
                exchange.context(),
                self._api.stage_variables,
            )
        if method.integration.get("type") != "AWS_PROXY":
            raise RefusedRequest("API_CONFIGURATION_ERROR", cause="Neither MOCK nor AWS_PROXY.")
        event = proxy_event(
            self._api,
            request,
            match,
            authorizer=exchange.identity.context if exchange.identity else None,
            key=exchange.key,
        )
        if len(json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")) > MOST_EVENT_BYTES:
            raise RefusedRequest("REQUEST_TOO_LARGE", cause="The event has more than 6 MB.")
        timeout = method.integration.get("timeoutInMillis", INTEGRATION_TIMEOUT_MS) / 1000
        call = self._functions.start(function_arn_in_uri(method.integration["uri"]), event)
        try:
            # The function goes on after the gateway's patience has ended.
            outcome = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(call)), timeout)
        except TimeoutError:
            raise RefusedRequest(
                "INTEGRATION_TIMEOUT", cause=f"The function took more than {timeout:g} s."
            ) from None
        except Exception as error:
            raise RefusedRequest("INTEGRATION_FAILURE", status=502, cause=str(error)) from error
        exchange.function_request_id = outcome.request_id
        if outcome.error:
            cause = f"{outcome.error}: {outcome.error_message}"
            raise RefusedRequest("INTEGRATION_FAILURE", status=502, cause=cause)
        return proxy_response(
            outcome.payload,
            accept=request.header("Accept"),
            binary_media_types=self._api.body.binary_media_types,
        )

    def _key(self, request: ApiRequest, identity: Identity | None) -> ApiKey:
        from_authorizer = self._api.body.api_key_source == "AUTHORIZER"
        sent = identity and identity.usage_key if from_authorizer else request.header("x-api-key")
        given = (sent or "").encode("utf-8", "surrogateescape")
        found = [one for one in self._api.keys if hmac.compare_digest(one.value.encode(), given)]
        if not found:
            raise RefusedRequest("INVALID_API_KEY", cause="x-api-key is no key of this stage.")
        return found[0]

    def _write_access_log(
        self, exchange: _Exchange, response: HttpResponse, milliseconds: float
    ) -> None:
        template = self._api.access_log_format
        if template:
            context = {
                **exchange.context(),
                "status": response.status,
                "responseLength": len(response.body),
                "responseLatency": int(milliseconds),
                "error": {"responseType": exchange.refused_as},
                "integration": {"requestId": exchange.function_request_id},
            }
            self._functions.logs.add(ACCESS_LOG, substituted(template, context, escape=True))


class _Exchange:
    """What is known of a request while it is answered."""

    def __init__(self, api: DeployedApi, request: ApiRequest) -> None:
        self.request = request
        self.match: Match | None = None
        self.identity: Identity | None = None
        self.key: ApiKey | None = None
        self.function_request_id: str | None = None
        self.refused_as: str | None = None
        self._api = api

    def context(self) -> Mapping[str, Any]:
        """`$context` of templates and access logs."""
        match = self.match or Match("", "", {})
        context = request_context(
            self._api,
            self.request,
            match,
            authorizer=self.identity.context if self.identity else None,
            key=self.key,
        )
        # Whoever reads a template's text shall not read keys there.
        context["identity"].pop("apiKey", None)
        context["xrayTraceId"] = self.request.trace_root
        return context

    def refusal(self, refused: RefusedRequest) -> HttpResponse:
        self.refused_as = refused.kind
        parameters: Mapping[str, str] = self.match.parameters if self.match else {}
        return gateway_response(
            self._api.body.gateway_responses,
            refused,
            self.context(),
            lambda source: self.request.value(source, parameters),
        )
