"""Orders by several function processes at once, as Lambda runs them, against one AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from handlers.common.facts import ENTITY, ORDER, PRODUCT
from handlers.common.keys import product_key
from tests.handlers.conftest import TABLE, create_table

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
WORKERS = 3
ORDERS_EACH = 10
STOCK = 20

WORKER = """
import json, sys
from handlers.orders.api import lambda_handler
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    body = json.dumps({"lines": [{"productId": sys.argv[2], "quantity": 1}]})
    answer = lambda_handler({
        "httpMethod": "POST", "path": "/v1/orders", "resource": "/v1/orders",
        "headers": {"Content-Type": "application/json", "Idempotency-Key": str(number)},
        "requestContext": {"requestId": "r", "path": "/v1/orders",
                           "authorizer": {"sub": sys.argv[1], "groups": ""}},
        "queryStringParameters": None, "multiValueQueryStringParameters": None,
        "body": body, "isBase64Encoded": False,
    }, None)
    print("ANSWER", json.dumps([answer["statusCode"], json.loads(answer["body"]).get("orderId")]))
"""


@pytest.fixture
def aws_url() -> Iterator[str]:
    """An AWS that handles one call at a time, so that each is atomic as DynamoDB's are."""
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_parallel_functions_sell_exactly_the_stock(
    aws_url: str, function_environment: None
) -> None:
    table = _table_with_a_product(aws_url)
    workers = [_worker(aws_url, f"user-{number}") for number in range(WORKERS)]
    outputs: list[str] = []
    readers = [
        threading.Thread(target=lambda one=one: outputs.append(one.communicate("go\n")[0]))
        for one in workers
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    answers = [
        json.loads(line.removeprefix("ANSWER "))
        for output in outputs
        for line in output.splitlines()
        if line.startswith("ANSWER ")
    ]
    assert Counter(status for status, _ in answers) == {
        201: STOCK,
        409: WORKERS * ORDERS_EACH - STOCK,
    }
    stored = table.scan()["Items"]
    assert {one["orderId"] for one in stored if one[ENTITY] == ORDER} == {
        order for status, order in answers if status == 201
    }
    assert [one["stock"] for one in stored if one[ENTITY] == PRODUCT] == [0]


def _table_with_a_product(aws_url: str) -> Any:
    create_table(boto3.client("dynamodb", endpoint_url=aws_url))
    table = boto3.resource("dynamodb", endpoint_url=aws_url).Table(TABLE)
    table.put_item(
        Item={
            **product_key("last"),
            ENTITY: PRODUCT,
            "productId": "last",
            "name": "Teapot",
            "price": {"amount": 100, "currency": "EUR"},
            "stock": STOCK,
            "version": 1,
        }
    )
    return table


def _worker(aws_url: str, user: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "AWS_ENDPOINT_URL": aws_url}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, user, "last", str(ORDERS_EACH)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
