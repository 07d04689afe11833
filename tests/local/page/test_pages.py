"""The pages beside the API: whom they answer, and that they work in a browser."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from local.alarms.alarm_board import AlarmBoard, AlarmState, Change
from local.aws.access import AwsAccess
from local.functions.functions import Functions
from local.gateway.gateway import Gateway
from local.page.access import PageAccess
from local.page.pages import LocalPages
from local.page.recent_requests import RecentRequests
from local.page.sent_messages import SentMessages
from local.session import Session, SignedInUser, UserPool
from tests.local.chromium import chromium, until
from tests.local.gateway.served_api import KEY, Answer, Client, api_of

PASSWORD = "the password of people"
OPEN_PAGES = frozenset({"/_local/openapi.json"})
"""Those that hold nothing but what the API's users know anyway."""

EVIL = "<img src=x onerror=alert(1)>"


def resource(kind: str, logical_name: str, /, **outputs: Any) -> dict[str, Any]:
    return {"type": kind, "urn": f"urn:pulumi:dev::p::{kind}::{logical_name}", "outputs": outputs}


EXPORT = {
    "deployment": {
        "resources": [
            resource("aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.9.0.0/16"),
            resource(
                "aws:ec2/subnet:Subnet",
                "vpc-private-1",
                cidrBlock="10.9.10.0/24",
                availabilityZone="us-east-1a",
            ),
            resource("aws:dynamodb/table:Table", "table", name=f"table {EVIL}"),
            resource(
                "aws:lambda/function:Function", "f", name="aws-platform-dev-orders", memorySize=256
            ),
            resource("aws:rds/instance:Instance", "db", instanceClass="db.t4g.micro"),
        ]
    }
}


@pytest.fixture(scope="module")
def board() -> AlarmBoard:
    """One alarm that is part of a composite, both in alarm, and one that is not."""
    board = AlarmBoard()
    now = time.time()
    part = AlarmState(
        name="p-dev-part", state="ALARM", since=now, reason=f"why {EVIL}", part_of=["p-dev-whole"]
    )
    whole = AlarmState(
        name="p-dev-whole", state="ALARM", since=now, reason="it", alarms=["p-dev-part"]
    )
    fine = AlarmState(name="p-dev-fine", state="OK", since=now, reason="unchecked")
    board.show([fine, whole, part], [Change(name="p-dev-part", old="OK", new="ALARM")])
    return board


@pytest.fixture(scope="module")
def messages() -> SentMessages:
    return SentMessages()


@pytest.fixture(scope="module")
def recent() -> RecentRequests:
    return RecentRequests()


@pytest.fixture(scope="module")
def gateway(functions: Functions, recent: RecentRequests) -> Iterator[Gateway]:
    with Gateway(api_of(), functions, on_answer=recent.add) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def access(gateway: Gateway) -> PageAccess:
    return PageAccess.new(gateway.port)


class Visitor(Client):
    """Sends requests to a gateway, with its token where pages are asked for."""

    def __init__(self, url: str, access: PageAccess) -> None:
        super().__init__(url)
        self.access = access

    def page(self, path: str, method: str = "GET", **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {self.access.token}", **headers}
        return self.at_origin(method, path, headers=sent)


@pytest.fixture(scope="module")
def client(
    gateway: Gateway,
    functions: Functions,
    board: AlarmBoard,
    messages: SentMessages,
    access: PageAccess,
    recent: RecentRequests,
) -> Visitor:
    outputs = {"tableName": EVIL, "zones": ["a"]}
    pages = LocalPages(gateway, functions, EXPORT, outputs, board, messages, access, recent)
    gateway.start(pages.answer)
    people = {
        who: SignedInUser(
            email=f"{who}@example.com", sub=who, password=PASSWORD, access_token=token
        )
        for who, token in (("admin", "root"), ("user", "good"))
    }
    session = Session(
        stack="dev",
        api_url=gateway.url,
        api_key=KEY.value,
        openapi="",
        pages=access,
        pool=UserPool(access=AwsAccess.new("http://127.0.0.1:1"), pool_id="", client_id=""),
        users=people,
    )
    pages.people = session.shown()
    return Visitor(gateway.url, access)


PAGES = (
    "/",
    "/_local/docs",
    "/_local/start.js",
    "/_local/stack.json",
    "/_local/picture.svg",
    "/_local/session.json",
    "/_local/activity.json",
    "/_local/alarms.json",
    "/_local/openapi.json",
    "/_local/swagger-ui/swagger-ui-bundle.js",
    "/favicon.ico",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_this_machine_and_no_other_origin(client: Visitor, path: str) -> None:
    answer = client.page(path)
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert not any(name.lower().startswith("access-control") for name in answer.headers)
    assert PASSWORD.encode() not in answer.body
    own = f"http://{client.address.netloc}"
    assert client.page(path, Host=f"localhost:{client.address.port}").status == 200
    assert client.page(path, Origin=own).status == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""):
        refused = client.page(path, Host=host)
        assert refused.status == 403
        assert KEY.value.encode() not in refused.body
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", own + "0", "http://"):
        assert client.page(path, Origin=origin).status == 403
    assert client.page(path, "POST").status == 405


@pytest.mark.parametrize("path", sorted({*PAGES, "/_local/nothing"} - OPEN_PAGES))
def test_pages_are_for_whoever_has_the_token(client: Visitor, path: str) -> None:
    name = f"aws-platform-{client.address.port}"
    token = client.access.token
    for header in (
        {},
        {"Authorization": f"Bearer {token}x"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": "Bearer \xe9"},
        {"Cookie": f"{name}={token[:-1]}"},
        {"Cookie": f"other={token}"},
        {"Cookie": "; ;=;\x7f"},
    ):
        refused = client.at_origin("GET", path, headers=header)
        assert refused.status == 403
        assert KEY.value.encode() not in refused.body
        assert token.encode() not in refused.body
    cookie = {"Cookie": f"other=1; {name}={token}"}
    expected = 404 if path == "/_local/nothing" else 200
    assert client.at_origin("GET", path, headers=cookie).status == expected


def test_the_address_with_the_token_gives_a_cookie_for_this_site_only(client: Visitor) -> None:
    address = urlsplit(client.access.start_page)
    answer = client.at_origin("GET", f"{address.path}?{address.query}")
    assert answer.status == 200
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name == f"aws-platform-{client.address.port}={client.access.token}"
    assert set(attributes) == {"Path=/", "HttpOnly", "SameSite=Strict"}
    assert client.at_origin("GET", f"/?token={client.access.token}x").status == 403
    # The token opens the start page only: no other address may end in it.
    assert client.at_origin("GET", f"/_local/session.json?{address.query}").status == 403


def test_a_token_and_a_password_in_no_answer(client: Visitor) -> None:
    for path in PAGES:
        body = client.page(path).body
        assert client.access.token.encode() not in body
        assert client.access.slack_secret.encode() not in body
        assert PASSWORD.encode() not in body


@pytest.mark.parametrize(
    "path",
    [
        "/_local",
        "/_local/",
        "/_local/../gateway.py",
        "/_local/swagger-ui/../__init__.py",
        "/_local/swagger-ui/..%2f__init__.py",
        "/_local/start.html",
    ],
)
def test_there_are_no_other_pages(client: Visitor, path: str) -> None:
    assert client.page(path).status == 404


def test_activity_is_what_came_since(client: Visitor) -> None:
    client("GET", "/v1/orders?secret=1")
    requests = client.page("/_local/activity.json").json["requests"]
    last = requests[-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", "/dev/v1/orders", 401)
    assert last["note"].startswith("UNAUTHORIZED")
    since = client.page(f"/_local/activity.json?requests={last['number']}&logs=x").json
    assert since["requests"] == []


def post_to_slack(client: Visitor, body: bytes, **headers: str) -> Answer:
    sent = {"Content-Type": "application/json", **headers}
    address = urlsplit(client.access.slack_url)
    return client.at_origin("POST", address.path, headers=sent, body=body)


def test_alarms_are_listed_once_as_long_as_none_changes(client: Visitor, board: AlarmBoard) -> None:
    alarms = client.page("/_local/activity.json").json["alarms"]
    assert [one["name"] for one in alarms["states"]] == ["p-dev-part", "p-dev-whole", "p-dev-fine"]
    again = client.page(f"/_local/activity.json?alarms={alarms['version']}").json["alarms"]
    assert again["states"] is None
    changes = client.page("/_local/alarms.json").json["changes"]
    assert [one["name"] for one in changes] == ["p-dev-part"]
    assert client.page("/_local/alarms.json?changes=1").json["changes"] == []


def test_the_local_slack_takes_messages_as_slack_does(
    client: Visitor, messages: SentMessages
) -> None:
    title = "<https://console.example/a|an &lt;alarm&gt;> is ALARM"
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": title}}]
    message = {"text": "an alarm: ALARM", "attachments": [{"color": "danger", "blocks": blocks}]}
    answer = post_to_slack(client, json.dumps(message).encode())
    assert (answer.status, answer.body) == (200, b"ok")
    last = client.page("/_local/activity.json").json["messages"][-1]
    expected = "an alarm: ALARM\nan <alarm> (https://console.example/a) is ALARM"
    assert (last["channel"], last["text"]) == ("Slack", expected)
    since = client.page(f"/_local/activity.json?messages={last['number']}").json["messages"]
    assert since == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'"text"', b'{"text": ""}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_message_is_refused_as_slack_does(client: Visitor, body: bytes) -> None:
    answer = post_to_slack(client, body)
    assert (answer.status, answer.body) == (400, b"invalid_payload")


def test_another_site_can_not_post_to_the_local_slack(
    client: Visitor, messages: SentMessages
) -> None:
    before = messages.after()
    body = b'{"text": "from elsewhere"}'
    # A page may send these without being allowed to (Fetch standard, "CORS-safelisted").
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert post_to_slack(client, body, **{"Content-Type": kind}).status == 400
    assert post_to_slack(client, body, Host="evil.example").status == 403
    for origin in ("https://evil.example", "null"):
        assert post_to_slack(client, body, Origin=origin).status == 403
    path = urlsplit(client.access.slack_url).path
    preflight = client.page(path, "OPTIONS", Origin="https://evil.example")
    assert preflight.status == 403
    assert not any(name.lower().startswith("access-control") for name in preflight.headers)
    assert client.page(path).status == 405
    assert messages.after() == before


def test_only_whoever_knows_the_webhook_posts_to_the_local_slack(
    client: Visitor, messages: SentMessages
) -> None:
    before = messages.after()
    kind = {"Content-Type": "application/json"}
    token = client.access.token
    for path in ("", "/", "/x", f"/{token}", f"/{client.access.slack_secret}/"):
        for header in ({}, {"Authorization": f"Bearer {token}"}):
            answer = client.at_origin(
                "POST", f"/_local/slack{path}", headers={**kind, **header}, body=b'{"text": "t"}'
            )
            assert answer.status in (403, 405)
    assert messages.after() == before


def test_the_picture_shows_what_is_deployed_and_nothing_else(client: Visitor) -> None:
    picture = client.page("/_local/picture.svg").body.decode()
    for part in ("λ orders", "VPC 10.9.0.0/16", "private 10.9.10.0/24", "db.t4g.micro"):
        assert part in picture
    for part in ("Cognito", "SQS", "Redis", "<img"):
        assert part not in picture


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with chromium() as browser:
        yield browser


def console(browser: webdriver.Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def test_the_start_page_shows_stack_people_requests_and_logs(
    client: Visitor, browser: webdriver.Chrome
) -> None:
    browser.get(client.access.start_page)
    assert until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#drawing svg"))
    assert browser.title == "aws-platform dev, local"
    # Neither the address bar nor what is bookmarked has the token, and the page can be loaded anew.
    assert browser.current_url == f"http://{client.address.netloc}/"
    browser.refresh()
    assert until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#drawing svg"))
    until(browser, lambda b: "admin@example.com" in b.find_element(By.ID, "people").text)
    assert "/v1/orders/{orderId}/cancel" in browser.find_element(By.ID, "routes").text
    # What comes from outside is text, never markup.
    assert EVIL in browser.find_element(By.ID, "outputs").text
    client("GET", "/v1/products/shown-in-the-page")
    client("GET", f"/v1/products/{'%3Cb%3E'}")
    until(browser, lambda b: "shown-in-the-page" in b.find_element(By.ID, "requests").text)
    until(browser, lambda b: "called /v1/products/shown" in b.find_element(By.ID, "log-lines").text)
    Select(browser.find_element(By.ID, "log-filter")).select_by_visible_text("products")
    assert "asked" not in browser.find_element(By.ID, "log-lines").text
    assert console(browser) == []


def test_the_start_page_shows_alarms_and_messages(
    client: Visitor, browser: webdriver.Chrome
) -> None:
    browser.get(client.access.start_page)
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#alarm-rows tr"))
    rows = browser.find_elements(By.CSS_SELECTOR, "#alarm-rows tr")
    assert [row.find_element(By.CLASS_NAME, "code").text for row in rows] == [
        "p-dev-part",
        "p-dev-whole composite",
        "p-dev-fine",
    ]
    assert EVIL in rows[0].text
    states = [row.find_element(By.TAG_NAME, "td") for row in rows]
    assert [state.get_attribute("class") for state in states] == ["bad", "bad", "good"]
    assert not browser.find_element(By.ID, "alarms-empty").is_displayed()
    post_to_slack(client, json.dumps({"text": f"told {EVIL}"}).encode())
    until(browser, lambda b: f"told {EVIL}" in b.find_element(By.ID, "messages").text)
    assert not browser.find_element(By.ID, "messages-empty").is_displayed()
    assert console(browser) == []


def test_every_control_has_a_name_and_the_page_one_heading(
    client: Visitor, browser: webdriver.Chrome
) -> None:
    browser.get(client.access.start_page)
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, "#people-list button"))
    controls = browser.find_elements(By.CSS_SELECTOR, "button, select, a[href], input")
    assert len(controls) > 10
    assert [one for one in controls if not one.accessible_name] == []
    assert len(browser.find_elements(By.TAG_NAME, "h1")) == 1
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"


def test_dark_and_light_have_contrast(client: Visitor, browser: webdriver.Chrome) -> None:
    browser.get(client.access.start_page)
    backgrounds: list[str] = []
    for scheme in ("light", "dark"):
        media = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        text, background = (
            browser.execute_script(f"return getComputedStyle(document.body).{name}")
            for name in ("color", "backgroundColor")
        )
        backgrounds.append(background)
        assert contrast(text, background) > 7
    assert backgrounds[0] != backgrounds[1]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two CSS colours (WCAG 2.2, "contrast ratio")."""

    def luminance(color: str) -> float:
        parts = [int(part) / 255 for part in color[color.index("(") + 1 : -1].split(",")[:3]]
        linear = [
            part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_route_can_be_tried_out_as_a_person_who_is_signed_in(
    client: Visitor, browser: webdriver.Chrome
) -> None:
    browser.get(client.access.start_page)
    browser.get(f"http://{client.address.netloc}/_local/docs#/orders/listOrders")
    execute = until(
        browser,
        lambda b: b.find_elements(By.CSS_SELECTOR, "#operations-orders-listOrders .execute"),
    )[0]
    browser.execute_script("arguments[0].click()", execute)
    shown = "#operations-orders-listOrders .live-responses-table .response .response-col_status"
    until(browser, lambda b: b.find_elements(By.CSS_SELECTOR, shown))
    assert browser.find_element(By.CSS_SELECTOR, shown).text.startswith("200")
    requests = client.page("/_local/activity.json").json["requests"]
    assert [one["status"] for one in requests if one["path"] == "/dev/v1/orders"][-1] == 200
    assert console(browser) == []
