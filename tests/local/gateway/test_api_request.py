"""Requests in the terms of API Gateway, and those that are refused before they are routed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from local.gateway.api_request import ApiRequest, RefusedRequest, api_request, check_request
from local.gateway.http_server import HttpRequest

ELSEWHERE = ("MISSING_AUTHENTICATION_TOKEN", None, "Paths of this stage begin with /dev/.")


def request(target: str = "/dev/v1/orders", **changes: Any) -> ApiRequest:
    http = {"method": "GET", "target": target, "headers": []} | changes
    return api_request(HttpRequest(**http), "dev")


@pytest.mark.parametrize(
    ("target", "path", "stage_path"),
    [
        ("/dev/v1/orders?a=/dev/b", "/v1/orders", "/dev/v1/orders"),
        ("/dev/dev", "/dev", "/dev/dev"),
        ("/dev/a%2Fb", "/a%2Fb", "/dev/a%2Fb"),
        ("/dev", "/", "/dev"),
        ("/dev/", "/", "/dev/"),
        ("/dev//v1/orders/", "/v1/orders/", "/dev//v1/orders/"),
        ("//dev/v1/orders", "/v1/orders", "/dev/v1/orders"),
        ("///dev///v1//orders", "/v1//orders", "/dev///v1//orders"),
        ("/dev//", "/", "/dev//"),
        # RFC 9112, section 3.2.2: the absolute form that proxies send.
        ("http://127.0.0.1:8000/dev/v1?x=http://y/z", "/v1", "/dev/v1"),
    ],
)
def test_the_stage_is_the_first_part_of_the_path(target: str, path: str, stage_path: str) -> None:
    found = request(target)
    assert (found.path, found.stage_path) == (path, stage_path)
    check_request(found, "dev")


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}),
        ("a=&b", {"a": [""], "b": [""]}),
        ("a+b=c%20d", {"a b": ["c d"]}),
        ("a=%FF", {"a": ["\ufffd"]}),
        ("a=1;b=2%3B3", {"a": ["1"], "b": ["2;3"]}),
    ],
)
def test_a_query_is_decoded(query: str, values: dict[str, list[str]]) -> None:
    assert request(f"/dev/v1?{query}").query_values == values


@pytest.mark.parametrize(
    ("target", "defect", "kind", "status", "cause"),
    [
        ("/dev/v1", 400, "DEFAULT_4XX", 400, "Not a complete HTTP request."),
        ("/dev/v1", 408, "DEFAULT_4XX", 408, "Not a complete HTTP request."),
        ("/dev/%zz", None, "DEFAULT_4XX", 400, "The path is not percent-encoded."),
        ("/dev/%4", None, "DEFAULT_4XX", 400, "The path is not percent-encoded."),
        ("/dev/ä", None, "DEFAULT_4XX", 400, "The path is not percent-encoded."),
        ("/v1", None, *ELSEWHERE),
        ("/prod/v1", None, *ELSEWHERE),
        ("/development", None, *ELSEWHERE),
        ("//v1", None, *ELSEWHERE),
    ],
)
def test_what_can_not_be_routed_is_refused(
    target: str, defect: int | None, kind: str, status: int | None, cause: str
) -> None:
    with pytest.raises(RefusedRequest) as refused:
        check_request(request(target, defect=defect), "dev")
    assert (refused.value.kind, refused.value.status) == (kind, status)
    assert refused.value.cause == cause == str(refused.value)


def test_what_the_developer_is_told_is_the_cause_or_the_validation_error_or_the_kind() -> None:
    told = RefusedRequest("K", validation_error="v", cause="c")
    assert (str(told), told.cause, told.validation_error) == ("c", "c", "v")
    told = RefusedRequest("K", validation_error="v")
    assert (str(told), told.cause) == ("v", "v")
    told = RefusedRequest("K")
    assert (str(told), told.cause, told.validation_error) == ("K", "", "")


@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        ("text/plain ;a=b;c=d", "text/plain"),
    ],
)
def test_a_body_is_json_unless_it_says_otherwise(sent: str | None, media_type: str) -> None:
    headers = [] if sent is None else [("content-type", sent)]
    assert request(headers=headers).media_type == media_type


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("method.request.header.origin", "two"),
        ("method.request.header.Missing", None),
        ("method.request.querystring.x", "2"),
        ("method.request.querystring.missing", None),
        ("method.request.path.id", "7"),
        ("method.request.path.missing", None),
        ("method.request.header.a.b", "dotted"),
        ("method.request.body.x", None),
        ("context.stage", None),
    ],
)
def test_a_mapping_expression_holds_the_last_value(expression: str, value: str | None) -> None:
    headers = [("Origin", "one"), ("ORIGIN", "two"), ("a.b", "dotted")]
    found = request("/dev/v1?x=1&x=2", headers=headers)
    assert found.value(expression, {"id": "7"}) == value


def test_headers_of_one_name_are_together_in_the_case_of_the_first() -> None:
    headers = [("X-Two", "1"), ("A", "b"), ("x-two", "2")]
    assert request(headers=headers).headers == {"X-Two": ["1", "2"], "A": ["b"]}


def test_each_request_has_ids_and_a_time_of_its_own() -> None:
    first, second = request(), request()
    for name in ("id", "extended_id", "trace_root"):
        assert getattr(first, name) != getattr(second, name)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first.id)
    assert re.fullmatch(r"[0-9a-f]{15}=", first.extended_id)
    # AWS X-Ray Developer Guide, "Tracing header": version, time in hexadecimal, 96 bits.
    assert re.fullmatch(rf"1-{int(first.time):08x}-[0-9a-f]{{24}}", first.trace_root)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/Lima"])
def test_the_time_is_that_of_greenwich_wherever_the_machine_is(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    first = request()
    moment = ApiRequest(http=first.http, path="/", stage_path="/dev", time=1_700_000_000.9)
    assert moment.request_time == "14/Nov/2023:22:13:20 +0000"
