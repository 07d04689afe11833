import json
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.failures import UserError
from local.page.access import PageAccess
from local.session import (
    Session,
    UserPool,
    aws_access,
    fresh_token,
    remove_session,
    sign_up_people,
    write_session,
)


@pytest.fixture(scope="module")
def pool() -> Iterator[UserPool]:
    with EmbeddedAws() as aws:
        cognito = AwsClients(aws.access)("cognito-idp")
        pool_id = cognito.create_user_pool(
            PoolName="p", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
        )["UserPool"]["Id"]
        cognito.create_group(UserPoolId=pool_id, GroupName="admin")
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        yield UserPool(access=aws.access, pool_id=pool_id, client_id=client_id)


@pytest.fixture(scope="module")
def session(pool: UserPool) -> Session:
    return Session(
        api_url="http://127.0.0.1:8000/dev",
        api_key="key",
        openapi="http://127.0.0.1:8000/_local/openapi.json",
        pages=PageAccess.new(8000),
        pool=pool,
        users=sign_up_people(pool),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".local" / "session.json"


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def test_both_people_hold_access_tokens_of_the_client(session: Session) -> None:
    for who, user in session.users.items():
        found = claims(user.access_token)
        assert found["token_use"] == "access"
        assert found["client_id"] == session.pool.client_id
        assert found["sub"] == user.sub
        assert found.get("cognito:groups", []) == (["admin"] if who == "admin" else [])


def test_the_file_holds_what_tools_need_and_is_for_its_owner_only(
    session: Session, path: Path
) -> None:
    write_session(session, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    found = json.loads(path.read_text())
    assert found["apiUrl"] == "http://127.0.0.1:8000/dev"
    assert found["apiKey"] == "key"
    assert found["openapi"].endswith("openapi.json")
    for who in ("admin", "user"):
        assert {"email", "sub", "accessToken"} <= found["users"][who].keys()
    access = aws_access(found)
    assert access == session.pool.access
    assert found["startPage"] == f"http://127.0.0.1:8000/?token={found['pageToken']}"


def test_what_pages_show_has_neither_a_password_nor_the_key_of_the_embedded_aws(
    session: Session,
) -> None:
    shown = json.dumps(session.shown())
    for user in session.users.values():
        assert user.access_token in shown
        assert user.password not in shown
    assert session.pool.access.secret_access_key not in shown
    assert session.pages.token not in shown


def test_the_file_is_never_seen_half_written(session: Session, path: Path) -> None:
    write_session(session, path)
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            write_session(session, path)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(300):
            assert json.loads(path.read_text())["apiKey"] == "key"
    finally:
        stop.set()
        writer.join()


def test_a_fresh_token_is_one_of_the_same_person(session: Session, path: Path) -> None:
    write_session(session, path)
    assert claims(fresh_token("admin", path))["sub"] == session.users["admin"].sub


def test_a_person_who_is_not_there_is_a_message(session: Session, path: Path) -> None:
    write_session(session, path)
    with pytest.raises(UserError, match="choose one of admin, user"):
        fresh_token("root", path)


@pytest.mark.parametrize("content", [None, "", "{}", '{"pid": 99999999}'])
def test_without_a_running_session_a_token_is_a_message(path: Path, content: str | None) -> None:
    if content is not None:
        path.parent.mkdir()
        path.write_text(content)
    with pytest.raises(UserError, match="Nothing runs here"):
        fresh_token("user", path)


def test_only_our_own_file_is_removed(session: Session, path: Path) -> None:
    remove_session(path)
    write_session(session, path)
    remove_session(path)
    assert not path.exists()
    path.write_text(json.dumps({"pid": os.getppid()}))
    remove_session(path)
    assert path.exists()
