import json
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest

from local.aws.access import AwsAccess
from local.failures import UserError
from local.page.access import PageAccess
from local.session import Session, SignedInUser, UserPool
from local.session_files import remove_session, running_session, write_session


class Gateway(ThreadingHTTPServer):
    """Lets whoever has its token see its session, as a run's gateway does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.pages = PageAccess.new(self.server_port)
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def end(self) -> None:
        self.shutdown()
        self.server_close()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        token = cast(Gateway, self.server).pages.token
        known = self.headers["Authorization"] == f"Bearer {token}"
        self.send_response(200 if known and self.path == "/_local/session.json" else 403)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def session_of(gateway: Gateway, stack: str) -> Session:
    return Session(
        stack=stack,
        api_url=f"{gateway.pages.origin}/{stack}",
        api_key="key",
        openapi=f"{gateway.pages.origin}/_local/openapi.json",
        pages=gateway.pages,
        pool=UserPool(
            access=AwsAccess.new("http://127.0.0.1:1", "eu-west-1"), pool_id="p", client_id="c"
        ),
        users={
            who: SignedInUser(email=f"{who}@example.com", sub=who, password="p", access_token="t")
            for who in ("admin", "user")
        },
    )


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.end()


@pytest.fixture
def other_gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "sessions"


def test_the_file_holds_what_tools_need_and_is_for_its_owner_only(
    gateway: Gateway, folder: Path
) -> None:
    session = session_of(gateway, "dev")
    path = write_session(session, folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (folder, folder.parent)} == {0o700}
    assert list(folder.iterdir()) == [path]
    found = json.loads(path.read_text())
    assert found["stack"] == "dev"
    assert found["port"] == gateway.server_port
    assert found["apiKey"] == "key"
    assert found["aws"]["region"] == "eu-west-1"
    for who in ("admin", "user"):
        assert {"email", "sub", "accessToken"} <= found["users"][who].keys()
    assert found["startPage"] == f"{gateway.pages.origin}/?token={found['pageToken']}"


def test_what_answers_is_found_with_all_that_it_wrote(gateway: Gateway, folder: Path) -> None:
    session = session_of(gateway, "dev")
    write_session(session, folder)
    found = running_session(folder=folder)
    assert (found.stack, found.port, found.api_url) == ("dev", gateway.server_port, session.api_url)
    assert found.pool == session.pool
    assert found.page_token == gateway.pages.token
    assert found.passwords["admin"] == ("admin@example.com", "p")


def test_a_person_who_is_not_there_is_a_message(gateway: Gateway, folder: Path) -> None:
    write_session(session_of(gateway, "dev"), folder)
    with pytest.raises(UserError, match="choose one of admin, user"):
        running_session(folder=folder).fresh_token("root")


def test_the_file_is_never_seen_half_written(gateway: Gateway, folder: Path) -> None:
    session = session_of(gateway, "dev")
    path = write_session(session, folder)
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            write_session(session, folder)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(300):
            assert json.loads(path.read_text())["apiKey"] == "key"
    finally:
        stop.set()
        writer.join()


def test_of_several_runs_one_is_chosen_by_stack_or_port(
    gateway: Gateway, other_gateway: Gateway, folder: Path
) -> None:
    write_session(session_of(gateway, "dev"), folder)
    write_session(session_of(other_gateway, "prod"), folder)
    with pytest.raises(UserError) as error:
        running_session(folder=folder)
    for said in (f"dev at port {gateway.server_port}", f"prod at port {other_gateway.server_port}"):
        assert said in str(error.value)
    assert "--stack or --port" in str(error.value)
    assert running_session(stack="prod", folder=folder).port == other_gateway.server_port
    assert running_session(port=gateway.server_port, folder=folder).stack == "dev"
    with pytest.raises(
        UserError, match=r"No such run: what runs here is (\w+ at port \d+(, )?){2}"
    ):
        running_session(stack="test", folder=folder)


def test_a_run_that_has_ended_is_found_no_more_though_its_process_id_lives(
    gateway: Gateway, other_gateway: Gateway, folder: Path
) -> None:
    write_session(session_of(gateway, "dev"), folder)
    gateway.end()
    with pytest.raises(UserError, match="Nothing runs here"):
        running_session(folder=folder)
    # Another run has its port by now, whose token is another.
    other = session_of(other_gateway, "dev")
    write_session(
        replace(other, pages=replace(gateway.pages, port=other_gateway.server_port)), folder
    )
    with pytest.raises(UserError, match="Nothing runs here"):
        running_session(folder=folder)


WHOLE: Mapping[str, Any] = {"stack": "dev", "port": 1, "apiUrl": "x", "users": {}, "aws": {}}


@pytest.mark.parametrize(
    "content",
    [
        *("", "{}", "[]", "null", "7", '"text"', "{", "\x00", '{"pid": 1}', '{"users": 3}'),
        *(json.dumps({**WHOLE, name: value}) for name in WHOLE for value in (None, [], 7, "x")),
    ],
)
def test_a_damaged_file_is_no_run_and_hides_none(
    gateway: Gateway, folder: Path, content: str
) -> None:
    path = write_session(session_of(gateway, "dev"), folder)
    damaged = folder / "1.json"
    damaged.write_text(content)
    assert running_session(folder=folder).port == gateway.server_port
    path.unlink()
    with pytest.raises(UserError, match="Nothing runs here"):
        running_session(folder=folder)
    remove_session(damaged)
    assert damaged.exists()


def test_only_our_own_file_is_removed(gateway: Gateway, folder: Path) -> None:
    path = write_session(session_of(gateway, "dev"), folder)
    remove_session(path)
    assert not path.exists()
    remove_session(path)
    path.write_text(json.dumps({"pid": os.getppid()}))
    remove_session(path)
    assert path.exists()
