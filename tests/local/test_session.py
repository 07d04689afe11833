import json
from collections.abc import Iterator

import jwt
import pytest

from local.aws.clients import AwsClients
from local.aws.embedded_aws import EmbeddedAws
from local.page.access import PageAccess
from local.session import Session, UserPool, sign_up_people


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
        stack="dev",
        api_url="http://127.0.0.1:8000/dev",
        api_key="key",
        openapi="http://127.0.0.1:8000/_local/openapi.json",
        pages=PageAccess.new(8000),
        pool=pool,
        users=sign_up_people(pool),
    )


def claims(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


def test_both_people_hold_access_tokens_of_the_client(session: Session) -> None:
    for who, user in session.users.items():
        found = claims(user.access_token)
        assert found["token_use"] == "access"
        assert found["client_id"] == session.pool.client_id
        assert found["sub"] == user.sub
        assert found.get("cognito:groups", []) == (["admin"] if who == "admin" else [])


def test_what_pages_show_has_neither_a_password_nor_the_key_of_the_embedded_aws(
    session: Session,
) -> None:
    shown = json.dumps(session.shown())
    for user in session.users.values():
        assert user.access_token in shown
        assert user.password not in shown
    assert session.pool.access.secret_access_key not in shown
    assert session.pages.token not in shown
