"""The API's functions over an AWS in memory, driven by API Gateway events."""

from __future__ import annotations

import base64
import importlib
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from handlers.common.facts import (
    CURRENT_KEY,
    INDEX,
    INDEX_PARTITION_KEY,
    INDEX_SORT_KEY,
    PARTITION_KEY,
    SORT_KEY,
    Variable,
)

TABLE = "aws-platform-test-data"
POOL_NAME = "users"
REGION = "us-east-1"
CURSOR_KEY = "a key that signs cursors"
MOST_PAGES = 20


@dataclass(frozen=True)
class Person:
    """Someone who is signed in."""

    sub: str
    groups: str = ""


ALICE = Person("0a1b2c3d-0000-4000-8000-00000000a11c")
BOB = Person("0a1b2c3d-0000-4000-8000-000000000b0b")
ADMIN = Person("0a1b2c3d-0000-4000-8000-0000000ad317", "staff admin")


@dataclass(frozen=True)
class Answer:
    """A function's proxy answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def proxy_event(
    method: str,
    url: str,
    *,
    person: Person | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
    resource: str | None = None,
) -> dict[str, Any]:
    """An event of payload version 1.0, with the fields that a REST API sends.

    Shape: "Input format of a Lambda function for proxy integration" in the API Gateway developer
    guide.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    sent = {"Host": "abcdef1234.execute-api.us-east-1.amazonaws.com", **(headers or {})}
    authorizer = {} if person is None else {"authorizer": _authorizer_context(person)}
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    segments = parts.path.split("/")
    proxy = {"proxy": "/".join(segments[3:])} if len(segments) > 3 else None
    return {
        "resource": resource or ("/".join(segments[:3]) + ("/{proxy+}" if proxy else "")),
        "path": parts.path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": many or None,
        "pathParameters": proxy,
        "stageVariables": None,
        "requestContext": {
            "resourceId": "r3s0rc",
            "resourcePath": resource or parts.path,
            "httpMethod": method,
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "requestTime": "09/Apr/2026:12:34:56 +0000",
            "path": f"/test{parts.path}",
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "test",
            "domainPrefix": "abcdef1234",
            "requestTimeEpoch": 1775738096000,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "tests", "apiKey": None},
            "domainName": "abcdef1234.execute-api.us-east-1.amazonaws.com",
            "apiId": "abcdef1234",
            **authorizer,
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


def _authorizer_context(person: Person) -> dict[str, Any]:
    return {
        "principalId": person.sub,
        "integrationLatency": 42,
        "sub": person.sub,
        "groups": person.groups,
    }


@dataclass
class Api:
    """The API's functions behind one method: the path picks the function, as the routes do."""

    calls: list[str] = field(default_factory=list)

    def event(self, event: dict[str, Any]) -> Answer:
        """Gives an event to the function that its path belongs to."""
        function = event["path"].split("/")[2]
        module = importlib.import_module(f"handlers.{function}.api")
        answer = module.lambda_handler(event, None)
        assert set(answer) <= {"statusCode", "body", "isBase64Encoded", "multiValueHeaders"}
        headers = {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], headers, answer["body"])

    def __call__(
        self,
        method: str,
        url: str,
        person: Person | None = ALICE,
        json_body: Any = None,
        **headers: str,
    ) -> Answer:
        """Sends a request; header names are written with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if json_body is not None:
            sent = {"Content-Type": "application/json", **sent}
            body = json.dumps(json_body)
        return self.event(proxy_event(method, url, person=person, headers=sent, body=body))

    def product(self, **changes: Any) -> Any:
        """Adds a product and answers it."""
        content = {
            "name": "Teapot",
            "category": "kitchen",
            "price": {"amount": 1999, "currency": "EUR"},
            "stock": 10,
            **changes,
        }
        answer = self("POST", "/v1/products", ADMIN, content)
        assert answer.status == 201, answer.text
        return answer.json

    def order(self, key: str, quantities: Mapping[str, int], person: Person = ALICE) -> Answer:
        """Orders quantities of products by id."""
        lines = [{"productId": one, "quantity": count} for one, count in quantities.items()]
        return self("POST", "/v1/orders", person, {"lines": lines}, Idempotency_Key=key)

    def pages(self, url: str, person: Person | None = ALICE) -> Iterator[list[Any]]:
        """The items of each page of a listing.

        Raises:
            AssertionError: the listing does not end, as when a page does not begin where the last
                one ended.
        """
        cursor = ""
        for _ in range(MOST_PAGES):
            page = self("GET", url + (cursor and f"&cursor={cursor}"), person).json
            yield page["items"]
            cursor = page.get("nextCursor", "")
            if not cursor:
                return
        raise AssertionError(f"{url} has more than {MOST_PAGES} pages")

    def stock(self, product_id: str) -> int:
        return self("GET", f"/v1/products/{quote(product_id)}", None).json["stock"]


@pytest.fixture(scope="session")
def function_environment() -> Iterator[None]:
    """The environment that a deployment gives to the API's functions."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY": "HASH",
            Variable.SERVICE_NAME: "api",
            "LOG_LEVEL": "INFO",
            Variable.TABLE_NAME: TABLE,
            Variable.CORS_ORIGINS: "https://shop.example.com,https://admin.example.com",
            Variable.CURSOR_SECRET_ARN: "aws-platform-test-cursor-key",
        }.items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        with mock_aws():
            patch.setenv(Variable.USER_POOL_ID, _create_user_pool(boto3.client("cognito-idp")))
        yield


@pytest.fixture
def aws(function_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account with the deployed table, user pool and cursor secret.

    Calls run one at a time: moto's transactions copy and put back the whole table, which AWS's
    atomic ones don't.
    """
    one_at_a_time = threading.RLock()
    answer = BotocoreStubber.__call__

    def atomic(self: BotocoreStubber, event_name: str, request: Any, **kwargs: Any) -> Any:
        with one_at_a_time:
            return answer(self, event_name, request, **kwargs)

    monkeypatch.setattr(BotocoreStubber, "__call__", atomic)
    with mock_aws():
        # The functions' own clients: making others takes longer than most tests.
        clients = importlib.import_module("handlers.common.aws_clients")
        create_table(clients.dynamodb())
        _create_user_pool(clients.cognito())
        clients.secrets_manager().create_secret(
            Name="aws-platform-test-cursor-key", SecretString=json.dumps({CURRENT_KEY: CURSOR_KEY})
        )
        yield


@pytest.fixture
def api(aws: None) -> Api:
    """The API over an empty account."""
    return Api()


class StandardOutput:
    """Writes to what is standard output now."""

    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture
def log(
    api: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], str]:
    """Reads what the functions have written, to their log and to standard output."""
    for function in ("users", "products", "orders"):
        importlib.import_module(f"handlers.{function}.api")
    for handler in logging.getLogger("api").handlers:
        # Powertools keeps the stream that was standard output when the function was imported.
        monkeypatch.setattr(handler, "stream", StandardOutput())
    return lambda: capsys.readouterr().out


@pytest.fixture
def gateway_event() -> Any:
    """Builds API Gateway proxy events."""
    return proxy_event


@pytest.fixture
def people() -> dict[str, Person]:
    """An admin and two ordinary users."""
    return {"alice": ALICE, "bob": BOB, "admin": ADMIN}


@pytest.fixture
def items(aws: None) -> Any:
    """Reads every item of the table."""

    plain = TypeDeserializer().deserialize
    clients = importlib.import_module("handlers.common.aws_clients")

    def read() -> list[dict[str, Any]]:
        found = clients.dynamodb().scan(TableName=TABLE)["Items"]
        return [{name: plain(value) for name, value in item.items()} for item in found]

    return read


def create_table(client: Any) -> None:
    """The table with the key schema that is deployed."""
    table = (PARTITION_KEY, SORT_KEY)
    index = (INDEX_PARTITION_KEY, INDEX_SORT_KEY)
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"} for key in table + index
        ],
        KeySchema=_key_schema(*table),
        GlobalSecondaryIndexes=[
            {
                "IndexName": INDEX,
                "KeySchema": _key_schema(*index),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _key_schema(partition: str, sort: str) -> Any:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _create_user_pool(client: Any) -> str:
    pool = client.create_user_pool(
        PoolName=POOL_NAME, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"]
    )
    return pool["UserPool"]["Id"]
