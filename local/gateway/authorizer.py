"""REQUEST authorizers: identity sources, the call, its cached answers, and policies.

"Configure a Lambda authorizer", "Input to" and "Output from an API Gateway Lambda authorizer" of
the API Gateway developer guide.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from local.functions.configuration import function_arn_in_uri
from local.functions.functions import Functions
from local.functions.outcome import Outcome
from local.gateway.api_request import ApiRequest, RefusedRequest
from local.gateway.deployed_api import DeployedApi
from local.gateway.proxy_event import authorizer_event
from local.gateway.routing import Match

MOST_KEPT = 10_000
UNAUTHORIZED = "Unauthorized"
ACTION = "execute-api:Invoke"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An authorizer's answer.

    Attributes:
        policy: the policy document.
        context: what the integration sees as `requestContext.authorizer`.
        usage_key: API key, where keys come from the authorizer.
    """

    policy: Mapping[str, Any]
    context: Mapping[str, str]
    usage_key: str | None = None


class Authorizer:
    """One authorizer of the stage; used from one event loop."""

    def __init__(
        self,
        api: DeployedApi,
        name: str,
        functions: Functions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings = api.body.authorizers[name]
        self._api = api
        self._functions = functions
        self._clock = clock
        self._arn = function_arn_in_uri(settings["authorizerUri"])
        self._sources = [
            source.strip() for source in settings.get("identitySource", "").split(",") if source
        ]
        self._ttl_seconds = float(settings.get("authorizerResultTtlInSeconds", 300))
        self._kept: dict[tuple[str, ...], tuple[float, Identity]] = {}

    async def identity(self, request: ApiRequest, match: Match) -> Identity:
        """Who sends a request that may be sent.

        Raises:
            RefusedRequest: an identity source is missing, the authorizer refuses or fails.
        """
        values = [request.value(source, match.parameters) for source in self._sources]
        if not all(values):
            raise RefusedRequest("UNAUTHORIZED", cause="An identity source is missing.")
        key = tuple(cast("list[str]", values))
        arn = method_arn(self._api, request)
        until, identity = self._kept.get(key, (0.0, None))
        if identity is None or until <= self._clock():
            identity = await self._ask(request, match, arn)
            self._keep(key, identity)
        if not is_allowed(identity.policy, arn):
            raise RefusedRequest("ACCESS_DENIED", cause="The authorizer's policy denies it.")
        return identity

    async def _ask(self, request: ApiRequest, match: Match, arn: str) -> Identity:
        event = authorizer_event(self._api, request, match, arn)
        began = time.monotonic()
        try:
            call = self._functions.start(self._arn, event)
            outcome = await asyncio.wrap_future(call)
        except Exception as error:
            raise RefusedRequest("AUTHORIZER_FAILURE", cause=str(error)) from error
        identity = _identity(outcome)
        latency = str(int((time.monotonic() - began) * 1000))
        return Identity(
            policy=identity.policy,
            context={**identity.context, "integrationLatency": latency},
            usage_key=identity.usage_key,
        )

    def _keep(self, key: tuple[str, ...], identity: Identity) -> None:
        if self._ttl_seconds <= 0 or not key:
            return
        now = self._clock()
        if len(self._kept) >= MOST_KEPT:
            self._kept = {one: kept for one, kept in self._kept.items() if kept[0] > now}
        if len(self._kept) < MOST_KEPT:
            self._kept[key] = (now + self._ttl_seconds, identity)


def method_arn(api: DeployedApi, request: ApiRequest) -> str:
    """The ARN that policies are about."""
    path = request.path.lstrip("/")
    return (
        f"arn:aws:execute-api:{api.region}:{api.account_id}:{api.id}/{api.stage}"
        f"/{request.http.method}/{path}"
    )


def is_allowed(policy: Mapping[str, Any], arn: str) -> bool:
    """Whether a policy allows a method's invocation: some Allow and no Deny.

    Raises:
        RefusedRequest: the policy has what is not evaluated here (conditions), or no right form.
    """
    effects: set[str] = set()
    for statement in _several(policy.get("Statement")):
        if not isinstance(statement, dict) or "Condition" in statement:
            raise RefusedRequest(
                "AUTHORIZER_CONFIGURATION_ERROR", cause=f"Can't evaluate {json.dumps(statement)}."
            )
        known = cast("dict[str, Any]", statement)
        if _any_matches(known.get("Action"), ACTION, ignore_case=True) and _any_matches(
            known.get("Resource"), arn
        ):
            effects.add(str(known.get("Effect")))
    return "Allow" in effects and "Deny" not in effects


def _identity(outcome: Outcome) -> Identity:
    if outcome.error:
        message = outcome.error_message
        if message == UNAUTHORIZED:
            raise RefusedRequest("UNAUTHORIZED", cause="The authorizer refuses the caller.")
        raise RefusedRequest("AUTHORIZER_FAILURE", cause=f"{outcome.error}: {message}")
    answer = outcome.value()
    if not isinstance(answer, dict):
        raise _wrong_form("it is no object")
    found = cast("dict[str, Any]", answer)
    policy: Any = found.get("policyDocument")
    context: Any = found.get("context") or {}
    if not isinstance(found.get("principalId"), str) or not isinstance(policy, dict):
        raise _wrong_form("principalId or policyDocument is missing")
    if not isinstance(context, dict):
        raise _wrong_form("context is no object")
    return Identity(
        policy=cast("dict[str, Any]", policy),
        context={"principalId": found["principalId"], **_texts(cast("dict[str, Any]", context))},
        usage_key=found.get("usageIdentifierKey"),
    )


def _texts(context: Mapping[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in context.items():
        if isinstance(value, bool):
            texts[name] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            texts[name] = str(value)
        elif value is not None:
            raise _wrong_form(f"context.{name} is neither text nor number nor boolean")
    return texts


def _wrong_form(why: str) -> RefusedRequest:
    return RefusedRequest(
        "AUTHORIZER_CONFIGURATION_ERROR", cause=f"The authorizer's answer: {why}."
    )


def _any_matches(patterns: Any, text: str, *, ignore_case: bool = False) -> bool:
    for pattern in _several(patterns):
        # Brackets mean nothing in policies.
        glob = re.sub(r"\[", "[[]", str(pattern))
        if ignore_case:
            glob, text = glob.lower(), text.lower()
        if fnmatchcase(text, glob):
            return True
    return False


def _several(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]
