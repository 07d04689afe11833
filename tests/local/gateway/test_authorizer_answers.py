"""How an authorizer's answer is taken, and for how long."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.functions.outcome import Outcome
from local.gateway.api_request import RefusedRequest, api_request
from local.gateway.authorizer import MOST_KEPT, Authorizer, Identity, is_allowed, method_arn
from local.gateway.http_server import HttpRequest
from local.gateway.routing import Match
from tests.local.gateway.served_api import api_of

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc123/dev/GET/v1/orders"
MATCH = Match("/v1/orders", "ANY", {})


def policy(**changes: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN} | changes
    return {"Version": "2012-10-17", "Statement": [statement]}


def returned(**changes: Any) -> dict[str, Any]:
    """An authorizer's answer, changed."""
    return {"principalId": "someone", "policyDocument": policy(), "context": {}} | changes


@dataclass
class Doorkeeper:
    """Answers as told, in place of the functions."""

    answer: Any = field(default_factory=returned)
    error: str | None = None
    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    def start(self, arn: str, event: Any) -> Future[Outcome]:
        self.asked.append((arn, event))
        payload = json.dumps(self.answer).encode()
        future: Future[Outcome] = Future()
        future.set_result(Outcome(request_id="r", payload=payload, error=self.error))
        return future


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def authorizer(doorkeeper: Any, ttl_seconds: int = 300, clock: Any = None) -> Authorizer:
    return Authorizer(api_of(ttl_seconds=ttl_seconds), "authorizer", doorkeeper, clock or Clock())


def ask(one: Authorizer, token: str = "Bearer good", key: str | None = "the-key") -> Identity:
    headers = [("Authorization", token), *([("x-api-key", key)] if key is not None else [])]
    http = HttpRequest(method="GET", target="/dev/v1/orders", headers=headers)
    return asyncio.run(one.identity(api_request(http, "dev"), MATCH))


def refusal(answer: Any, error: str | None = None) -> RefusedRequest:
    with pytest.raises(RefusedRequest) as refused:
        ask(authorizer(Doorkeeper(answer, error)))
    return refused.value


def test_the_function_is_asked_about_the_method() -> None:
    doorkeeper = Doorkeeper()
    ask(authorizer(doorkeeper))
    ((arn, event),) = doorkeeper.asked
    assert arn == "arn:aws:lambda:us-east-1:123456789012:function:authorizer:live"
    assert event["methodArn"] == ARN
    assert event["headers"]["Authorization"] == "Bearer good"


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", ""), (3, "3"), (1.5, "1.5"), (True, "true"), (False, "false")],
)
def test_simple_values_of_the_context_reach_the_function_as_texts(value: Any, text: str) -> None:
    identity = ask(authorizer(Doorkeeper(returned(context={"level": value}))))
    assert {**identity.context, "integrationLatency": ""} == {
        "principalId": "someone",
        "level": text,
        "integrationLatency": "",
    }
    assert identity.context["integrationLatency"].isdecimal()


@pytest.mark.parametrize("context", [{}, None, {"gone": None}])
def test_no_context_is_that_of_the_principal(context: Any) -> None:
    identity = ask(authorizer(Doorkeeper(returned(context=context))))
    assert set(identity.context) == {"principalId", "integrationLatency"}
    assert identity.context["principalId"] == "someone"


@pytest.mark.parametrize("value", [["admin"], [], {"role": "admin"}, {}])
def test_a_list_or_an_object_in_the_context_is_an_error(value: Any) -> None:
    """Output from an API Gateway Lambda authorizer: neither is a valid value."""
    refused = refusal(returned(context={"groups": value}))
    assert refused.kind == "AUTHORIZER_CONFIGURATION_ERROR"
    assert "context.groups is neither text nor number nor boolean" in refused.cause


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Allow", "it is no object"),
        (["Allow"], "it is no object"),
        (None, "it is no object"),
        ({"policyDocument": policy()}, "principalId or policyDocument is missing"),
        (returned(principalId=7), "principalId or policyDocument is missing"),
        (returned(policyDocument=None), "principalId or policyDocument is missing"),
        (returned(policyDocument="Allow"), "principalId or policyDocument is missing"),
        (returned(context=["a"]), "context is no object"),
        (returned(context="a"), "context is no object"),
    ],
)
def test_an_answer_of_another_form_is_an_error(answer: Any, why: str) -> None:
    refused = refusal(answer)
    assert refused.kind == "AUTHORIZER_CONFIGURATION_ERROR"
    assert refused.cause == f"The authorizer's answer: {why}."


@pytest.mark.parametrize(
    ("message", "kind", "cause"),
    [
        ("Unauthorized", "UNAUTHORIZED", "The authorizer refuses the caller."),
        ("unauthorized", "AUTHORIZER_FAILURE", "Exception: unauthorized"),
        ("no keys", "AUTHORIZER_FAILURE", "Exception: no keys"),
    ],
)
def test_only_the_error_unauthorized_refuses_the_caller(
    message: str, kind: str, cause: str
) -> None:
    refused = refusal({"errorMessage": message}, "Exception")
    assert (refused.kind, refused.cause) == (kind, cause)


def test_a_function_that_can_not_be_called_is_a_failure() -> None:
    class Broken:
        def start(self, arn: str, event: Any) -> Future[Outcome]:
            raise LookupError("there is no such function")

    with pytest.raises(RefusedRequest) as refused:
        ask(authorizer(Broken()))
    assert refused.value.kind == "AUTHORIZER_FAILURE"
    assert refused.value.cause == "there is no such function"


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        (ARN.replace("orders", "[o]rders"), False),
        (ARN.replace("GET", "[A-Z][A-Z][A-Z]"), False),
        (ARN.replace("GET", "?ET"), True),
        (ARN.replace("GET", "??"), False),
        (ARN.replace("GET/v1", "*"), True),
    ],
)
def test_brackets_mean_nothing_in_a_policy(resource: str, allowed: bool) -> None:
    """IAM knows `*` and `?` only ("IAM JSON policy elements: Resource")."""
    assert is_allowed(policy(Resource=resource), ARN) is allowed
    literal = "arn:x/dev/GET/v1/[a]"
    assert is_allowed(policy(Resource=literal), literal)


def test_a_policy_without_effect_action_or_resource_allows_nothing() -> None:
    for name in ("Effect", "Action", "Resource"):
        odd = policy()
        del odd["Statement"][0][name]
        assert not is_allowed(odd, ARN)


def test_case_matters_in_resources_and_effects_and_not_in_actions() -> None:
    assert not is_allowed(policy(Resource=ARN.upper()), ARN)
    assert not is_allowed(policy(Effect="allow"), ARN)
    actions = ["s3:*", "Execute-API:INVOKE"]
    assert is_allowed(policy(Action=actions), ARN)


def test_a_policy_that_can_not_be_evaluated_says_which_statement() -> None:
    odd = policy(Condition={"Bool": {"a": "b"}})
    with pytest.raises(RefusedRequest) as refused:
        is_allowed(odd, ARN)
    assert refused.value.cause == f"Can't evaluate {json.dumps(odd['Statement'][0])}."


def test_a_denied_caller_is_refused_without_a_second_call() -> None:
    doorkeeper = Doorkeeper(returned(policyDocument=policy(Effect="Deny")))
    one = authorizer(doorkeeper)
    for _ in range(2):
        with pytest.raises(RefusedRequest) as refused:
            ask(one)
        assert refused.value.kind == "ACCESS_DENIED"
        assert refused.value.cause == "The authorizer's policy denies it."
    assert len(doorkeeper.asked) == 1


@pytest.mark.parametrize(("token", "key"), [("", "the-key"), ("Bearer good", None)])
def test_both_identity_sources_must_be_sent(token: str, key: str | None) -> None:
    doorkeeper = Doorkeeper()
    with pytest.raises(RefusedRequest) as refused:
        ask(authorizer(doorkeeper), token, key)
    assert refused.value.kind == "UNAUTHORIZED"
    assert refused.value.cause == "An identity source is missing."
    assert doorkeeper.asked == []


@pytest.mark.parametrize(("ttl", "passed", "asked"), [(300, 299, 1), (300, 300, 2), (0, 0, 2)])
def test_an_answer_is_kept_for_its_time(ttl: int, passed: int, asked: int) -> None:
    doorkeeper, clock = Doorkeeper(), Clock()
    one = authorizer(doorkeeper, ttl, clock)
    first = ask(one)
    clock.now += passed
    assert ask(one).policy == first.policy
    assert len(doorkeeper.asked) == asked


def test_an_answer_is_kept_for_each_token_and_key_by_itself() -> None:
    doorkeeper = Doorkeeper()
    one = authorizer(doorkeeper)
    for token, key in (("Bearer a", "1"), ("Bearer a", "2"), ("Bearer b", "1"), ("Bearer a", "1")):
        ask(one, token, key)
    assert len(doorkeeper.asked) == 3


def test_a_failure_is_not_kept() -> None:
    doorkeeper = Doorkeeper({"errorMessage": "no keys"}, "Exception")
    one = authorizer(doorkeeper)
    with pytest.raises(RefusedRequest):
        ask(one)
    doorkeeper.answer, doorkeeper.error = returned(), None
    assert ask(one).context["principalId"] == "someone"


def test_the_answers_kept_are_limited_and_old_ones_make_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MOST_KEPT == 10_000
    monkeypatch.setattr("local.gateway.authorizer.MOST_KEPT", 2)
    doorkeeper, clock = Doorkeeper(), Clock()
    one = authorizer(doorkeeper, 300, clock)
    for token in ("a", "b", "c", "c"):
        ask(one, token)
    assert len(doorkeeper.asked) == 4, "a third one is not kept while two still hold"
    clock.now += 300
    for token in ("d", "d", "e", "e"):
        ask(one, token)
    assert len(doorkeeper.asked) == 6


def test_a_usage_key_is_the_authorizers() -> None:
    assert ask(authorizer(Doorkeeper())).usage_key is None
    identity = ask(authorizer(Doorkeeper(returned(usageIdentifierKey="k"))))
    assert identity.usage_key == "k"


def test_the_arn_of_a_method_names_stage_verb_and_path() -> None:
    http = HttpRequest(method="GET", target="/dev/v1/orders?x=1", headers=[])
    assert method_arn(api_of(), api_request(http, "dev")) == ARN
