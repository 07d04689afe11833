from __future__ import annotations

import os
from typing import Any

import boto3
import pytest

ADA = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}


@pytest.fixture
def ada(api: Any) -> Any:
    answer = api("POST", "/v1/users", json_body=ADA)
    assert answer.status == 201
    return answer.json


def test_a_signed_in_caller_creates_the_profile_of_the_token_s_subject(
    api: Any, people: Any
) -> None:
    answer = api("POST", "/v1/users", json_body=ADA)
    assert answer.status == 201
    assert answer.json | ADA == answer.json
    assert answer.json["userId"] == people["alice"].sub
    assert answer.headers["Location"] == f"/test/v1/users/{people['alice'].sub}"
    assert answer.headers["ETag"] == '"1"'
    assert api("GET", "/v1/users/me").json == answer.json


def test_a_second_profile_of_one_user_is_a_conflict(api: Any, ada: Any) -> None:
    answer = api("POST", "/v1/users", json_body={**ADA, "givenName": "Augusta"})
    assert answer.status == 409
    assert api("GET", "/v1/users/me").json == ada


def test_only_an_admin_creates_another_user_s_profile(api: Any, people: Any) -> None:
    body = {**ADA, "userId": people["bob"].sub}
    assert api("POST", "/v1/users", people["alice"], body).status == 403
    assert api("POST", "/v1/users", people["admin"], body).status == 201
    assert api("GET", "/v1/users/me", people["bob"]).status == 200


def test_a_profile_is_seen_by_its_owner_and_by_admins_only(api: Any, people: Any, ada: Any) -> None:
    url = f"/v1/users/{ada['userId']}"
    assert api("GET", url, people["alice"]).json == ada
    assert api("GET", url, people["admin"]).json == ada
    for method in ("GET", "DELETE"):
        assert api(method, url, people["bob"]).status == 403
    assert api("PUT", url, people["bob"], ADA).status == 403
    assert api("GET", "/v1/users/nobody-at-all", people["bob"]).status == 403, (
        "a stranger must not learn which ids exist"
    )


def test_an_unknown_user_is_not_found(api: Any, people: Any) -> None:
    for method, body in (("GET", None), ("PUT", ADA), ("DELETE", None)):
        assert api(method, "/v1/users/me", people["alice"], body).status == 404


def test_an_update_raises_the_version_and_the_etag(api: Any, ada: Any) -> None:
    answer = api("PUT", "/v1/users/me", json_body={**ADA, "familyName": "King"}, If_Match='"1"')
    assert answer.status == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json == {
        **ada,
        "familyName": "King",
        "version": 2,
        "updatedAt": answer.json["updatedAt"],
    }


@pytest.mark.parametrize("stale", ['"2"', 'W/"1"', '"x"', '"a,1"', '"7", W/"1"'])
def test_an_update_of_another_version_changes_nothing(api: Any, ada: Any, stale: str) -> None:
    assert api("PUT", "/v1/users/me", json_body=ADA, If_Match=stale).status == 412
    assert api("GET", "/v1/users/me").json == ada


@pytest.mark.parametrize("current", ["*", '"1"', '"7", "1"'])
def test_if_match_takes_a_star_and_lists(api: Any, ada: Any, current: str) -> None:
    assert api("PUT", "/v1/users/me", json_body=ADA, If_Match=current).status == 200


@pytest.mark.parametrize("broken", ["1", '"1 "', '"1" "2"', "", '"1', "é"])
def test_a_broken_if_match_is_a_bad_request(api: Any, ada: Any, broken: str) -> None:
    assert api("PUT", "/v1/users/me", json_body=ADA, If_Match=broken).status == 400


def test_users_are_listed_for_admins_in_order_of_creation(api: Any, people: Any) -> None:
    names = [f"user-{number:02}" for number in range(17)]
    for name in names:
        api("POST", "/v1/users", people["admin"], {**ADA, "userId": name})
    pages = list(api.pages("/v1/users?limit=5", people["admin"]))
    assert [len(page) for page in pages] == [5, 5, 5, 2]
    seen = [user for page in pages for user in page]
    assert sorted(user["userId"] for user in seen) == names
    assert seen == sorted(seen, key=lambda user: user["createdAt"])
    assert api("GET", "/v1/users", people["alice"]).status == 403


def test_deleting_a_user_disables_the_sign_in_and_keeps_the_orders(
    api: Any, people: Any, items: Any
) -> None:
    cognito = boto3.client("cognito-idp")
    pool = os.environ["USER_POOL_ID"]
    created = cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com")
    person = type(people["alice"])(created["User"]["Username"])
    api("POST", "/v1/users", person, ADA)
    product = api.product()
    order = api.order("k", {product["productId"]: 1}, person).json

    assert api("DELETE", "/v1/users/me", person).status == 204

    assert not cognito.admin_get_user(UserPoolId=pool, Username=person.sub)["Enabled"]
    assert api("GET", "/v1/users/me", person).status == 404
    assert api("GET", f"/v1/orders/{order['orderId']}", people["admin"]).json == order
    assert not any("ada@example.com" in str(item) for item in items())


def test_a_token_that_outlives_its_user_can_t_create_the_profile_again(
    api: Any, ada: Any, people: Any
) -> None:
    assert api("DELETE", "/v1/users/me").status == 204
    assert api("POST", "/v1/users", json_body=ADA).status == 409
    assert api("PUT", "/v1/users/me", json_body=ADA).status == 404
    assert api("DELETE", "/v1/users/me").status == 404
    assert api("GET", "/v1/users", people["admin"]).json == {"items": []}


def test_a_deleted_user_may_come_back_after_a_day(
    api: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.users.repository.TOMBSTONE_SECONDS", -2)
    api("DELETE", "/v1/users/me")
    assert api("POST", "/v1/users", json_body=ADA).status == 201


def test_a_delete_that_dies_half_way_can_be_repeated(
    api: Any, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.users.repository import UserRepository

    with monkeypatch.context() as crash:
        crash.setattr(UserRepository, "erase", lambda *_: 1 / 0)
        assert api("DELETE", "/v1/users/me").status == 500
    assert api("GET", "/v1/users/me").status == 200
    assert api("DELETE", "/v1/users/me").status == 204


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": f"{'a' * 250}@example.com"}, "email"),
        ({"givenName": ""}, "givenName"),
        ({"givenName": "a\nb"}, "givenName"),
        ({"familyName": 7}, "familyName"),
        ({"familyName": None}, "familyName"),
        ({"admin": True}, "admin"),
        ({"userId": "me"}, "userId"),
        ({"userId": "a/b"}, "userId"),
    ],
)
def test_a_bad_field_is_named(api: Any, items: Any, change: Any, field: str) -> None:
    answer = api("POST", "/v1/users", json_body={**ADA, **change})
    assert answer.status == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert items() == []
