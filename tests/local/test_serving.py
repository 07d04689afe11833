"""The whole API as `make local` serves it: real deployment, real functions, over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handlers.common.routes import ROUTES, Access
from local.serving import instructions
from local.session import Session
from tests.local.gateway.served_api import Client
from tests.local.served_platform import NOBODY, Api

pytestmark = pytest.mark.xdist_group("dev")


def test_the_session_file_is_enough_to_drive_the_api(session_file: Path, session: Session) -> None:
    found = json.loads(session_file.read_text())
    client = Client(found["apiUrl"])
    headers = {
        "Authorization": f"Bearer {found['users']['user']['accessToken']}",
        "x-api-key": found["apiKey"],
    }
    assert client("GET", "/v1/orders", headers=headers).status == 200
    published = Client(found["openapi"])("GET", "").json
    assert published["servers"] == [{"url": found["apiUrl"]}]


def test_fifty_products_are_there(api: Api) -> None:
    found: list[Any] = []
    cursor = ""
    while True:
        page = api("GET", f"/v1/products?limit=20{cursor}").json
        found += [one for one in page["items"] if one["category"] != "test"]
        if "nextCursor" not in page:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert len({one["productId"] for one in found}) == 50


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_each_route_takes_those_that_it_is_for_and_no_others(api: Api, route: Any) -> None:
    path = route.path.replace("{userId}", "no-one").replace("{productId}", "no-such")
    path = path.replace("{orderId}", "no-such")
    statuses = {who: api(route.method, path, who).status for who in (NOBODY, "user", "admin")}
    if route.access is Access.PUBLIC:
        assert statuses[NOBODY] in (200, 404)
    else:
        assert statuses[NOBODY] == 401
    if route.access is Access.ADMIN:
        assert statuses["user"] == 403
    assert statuses["admin"] not in (401, 403)
    assert max(statuses.values()) < 500


def test_a_profile_lives_from_creation_to_deletion(api: Api, session: Session) -> None:
    sub = session.users["user"].sub
    profile = {"email": "user@example.com", "givenName": "Uma", "familyName": "Example"}
    created = api("POST", "/v1/users", "user", body=profile)
    assert (created.status, created.json["userId"]) == (201, sub)
    assert created.headers["Location"] == f"/dev/v1/users/{sub}"
    assert api("POST", "/v1/users", "user", body=profile).status == 409
    tag = api("GET", "/v1/users/me", "user").headers["ETag"]
    changed = {**profile, "givenName": "Una"}
    path = f"/v1/users/{sub}"
    assert api("PUT", path, "user", body=changed, headers={"If-Match": tag}).status == 200
    assert api("PUT", path, "user", body=changed, headers={"If-Match": tag}).status == 412
    assert api("GET", path, "admin").json["givenName"] == "Una"
    assert [one["userId"] for one in api("GET", "/v1/users", "admin").json["items"]] == [sub]
    # Only as far as it leaves the account as it is, which other tests use.
    assert api("DELETE", "/v1/users/someone-else", "user").status in (403, 404)


def test_an_order_takes_stock_and_its_cancellation_gives_it_back(api: Api) -> None:
    product = api.new_product(stock=3)
    placed = api.order("user", product, 2)
    assert (placed.status, placed.json["total"]) == (201, {"amount": 2500, "currency": "EUR"})
    assert api("GET", f"/v1/products/{product}").json["stock"] == 1
    assert api.order("user", product, 2).status == 409
    path = f"/v1/orders/{placed.json['orderId']}"
    assert api("GET", path, "user").status == 200
    assert api("GET", path, "admin").status == 200
    assert api("POST", f"{path}/cancel", "user").json["status"] == "CANCELLED"
    assert api("POST", f"{path}/cancel", "user").status == 409
    assert api("GET", f"/v1/products/{product}").json["stock"] == 3


def test_the_order_of_another_is_not_found(api: Api) -> None:
    placed = api.order("admin", api.new_product())
    path = f"/v1/orders/{placed.json['orderId']}"
    assert api("GET", path, "user").status == 404
    assert api("POST", f"{path}/cancel", "user").status == 404


def test_the_same_key_gives_the_same_order(api: Api) -> None:
    body = {"lines": [{"productId": api.new_product(), "quantity": 1}]}
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [api("POST", "/v1/orders", "user", body=body, headers=headers).json for _ in range(2)]
    assert answers[0] == answers[1]
    assert api("POST", "/v1/orders", "user", body=body).status == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 422),
        (b"\xff\xfe{", 422),
        (b"[" * 20_000, 422),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422),
        (b'{"unknown": 1}', 422),
        (b'{"name": "' + b"x" * 2_000_000 + b'"}', 413),
        (b"x" * (10 * 1024 * 1024 + 1), 413),
    ],
    ids=["nothing", "no-utf8", "deep-list", "deep-object", "unknown", "two-megabytes", "too-large"],
)
@pytest.mark.parametrize("path", ["/v1/users", "/v1/products", "/v1/orders"])
def test_bad_bodies_are_refused_and_change_nothing(
    api: Api,
    session: Session,
    path: str,
    sent: bytes,
    status: int,
    eventually: Callable[..., Any],
) -> None:
    headers = {
        "Authorization": f"Bearer {session.users['admin'].access_token}",
        "x-api-key": session.api_key,
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }

    def contents() -> list[bytes]:
        paths = ("/v1/users", "/v1/products?category=test&limit=100", "/v1/orders")
        return [api("GET", one, "admin").body for one in paths]

    # Orders of earlier tests may be on their way to their confirmation.
    assert eventually(lambda: b'"PLACED"' not in contents()[-1])
    before = contents()
    answer = Client(session.api_url)("POST", path, headers=headers, body=sent)
    assert contents() == before
    assert answer.status == status
    # API Gateway answers a body of more than 10 MB before it looks at what is deployed.
    if len(sent) <= 10 * 1024 * 1024:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == status


def test_repeated_headers_are_one_answer(session: Session) -> None:
    address = Client(session.api_url).address
    token = session.users["user"].access_token
    with socket.create_connection((address.hostname, address.port), 10) as raw:
        raw.sendall(
            "GET /dev/v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            f"Authorization: Bearer broken\r\nAuthorization: Bearer {token}\r\n"
            f"x-api-key: {session.api_key}\r\nX-API-Key: {session.api_key}\r\n\r\n".encode()
        )
        assert raw.recv(20).startswith(b"HTTP/1.1 200 ")


def test_a_token_that_was_tampered_with_is_refused(api: Api, session: Session) -> None:
    token = session.users["user"].access_token
    headers = {"Authorization": f"Bearer {token[:-8]}AAAAAAAA", "x-api-key": session.api_key}
    assert api("GET", "/v1/orders", headers=headers).status == 401


def test_the_printed_lines_work_as_they_are(
    session: Session, session_file: Path, tmp_path: Path
) -> None:
    text = instructions(session)
    assert session.api_key in text
    lines = text[text.index("curl ") :].replace(
        f"$(.venv/bin/python -m local token user --port {session.pages.port})",
        session.users["user"].access_token,
    )
    script = tmp_path / "lines.sh"
    script.write_text(lines.replace("curl ", "curl -sSf --noproxy '*' "))
    done = subprocess.run(["bash", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for part in ('"healthy"', '"items"', '"PLACED"'):
        assert part in done.stdout


@pytest.mark.life
@pytest.mark.parametrize("who", ["admin", "user"])
def test_schemathesis_finds_no_failure_and_nothing_undocumented(
    session: Session, tmp_path: Path, who: str
) -> None:
    report = tmp_path / "report"
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "st"),
            "run",
            session.openapi,
            f"--url={session.api_url}",
            f"--header=Authorization: Bearer {session.users[who].access_token}",
            f"--header=x-api-key: {session.api_key}",
            "--checks=not_a_server_error,status_code_conformance,content_type_conformance,"
            "response_headers_conformance,response_schema_conformance",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=15",
            # It would sign its own account out.
            "--exclude-operation-id=deleteUser",
            "--seed=1",
            f"--report-dir={report}",
            "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    assert "generated" in done.stdout


def test_logs_hold_neither_token_nor_key(
    session: Session, api: Api, eventually: Callable[[Callable[[], Any]], Any]
) -> None:
    api("GET", "/v1/orders", "user")

    def lines() -> list[str]:
        activity = api.page("/_local/activity.json")
        return [line["text"] for line in activity["logs"]]

    assert eventually(lambda: any("aws-platform" in one or "answered" in one for one in lines()))
    text = "\n".join(lines())
    assert session.api_key not in text
    for user in session.users.values():
        assert user.access_token not in text
