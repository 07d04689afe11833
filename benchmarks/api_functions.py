"""How long the API's functions take to load, and to answer when warm.

`python benchmarks/api_functions.py` prints two tables: import time of each function beside bare
boto3, in new processes, and p50 and p99 of each route in this process over an AWS in memory (whose
own time is the larger part of each figure).
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

ROOT = Path(__file__).resolve().parent.parent
TABLE = "data"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_SERVICE_NAME": "api",
    "TABLE_NAME": TABLE,
    "USER_POOL_ID": "us-east-1_benchmark",
    "USER_POOL_CLIENT_ID": "client",
    "CORS_ORIGINS": "*",
    "CURSOR_SECRET_ARN": "cursor",
}
MODULES = (
    "boto3",
    "handlers.users.api",
    "handlers.products.api",
    "handlers.orders.api",
    "handlers.authorizer.function",
    "handlers.fulfilment.function",
    "handlers.metrics.function",
    "handlers.slack_notifier.function",
)
TEAPOT = {
    "name": "Teapot",
    "category": "kitchen",
    "price": {"amount": 1999, "currency": "EUR"},
    "stock": 1_000_000,
}
ADA = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--imports", type=int, default=5, help="processes for each import time")
    parser.add_argument("--requests", type=int, default=300, help="requests for each route")
    arguments = parser.parse_args()
    os.environ |= ENVIRONMENT
    for module in MODULES:
        taken = [_import_seconds(module) for _ in range(arguments.imports)]
        print(f"import {module:34} {statistics.median(taken) * 1000:7.0f} ms")
    sys.path.insert(0, str(ROOT))
    with mock_aws():
        _set_up()
        for name, request in _routes().items():
            p50, p99 = _latency(request, arguments.requests)
            print(f"{name:38} p50 {p50:6.2f} ms   p99 {p99:6.2f} ms")


def _import_seconds(module: str) -> float:
    script = (
        f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    )
    done = subprocess.run(  # noqa: S603 - the module is one of ours
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _latency(request: Callable[[], Any], count: int) -> tuple[float, float]:
    taken: list[float] = []
    with redirect_stdout(StringIO()):
        for _ in range(count):
            begun = time.perf_counter()
            status = request()["statusCode"]
            taken.append((time.perf_counter() - begun) * 1000)
            assert status < 300, status
    cuts = statistics.quantiles(taken, n=100)
    return cuts[49], cuts[98]


def _set_up() -> None:
    from handlers.common import facts

    boto3.client("secretsmanager").create_secret(
        Name="cursor", SecretString=json.dumps({facts.CURRENT_KEY: "key"})
    )
    table = (facts.PARTITION_KEY, facts.SORT_KEY)
    index = (facts.INDEX_PARTITION_KEY, facts.INDEX_SORT_KEY)
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in table + index
        ],
        KeySchema=_key_schema(*table),
        GlobalSecondaryIndexes=[
            {
                "IndexName": facts.INDEX,
                "KeySchema": _key_schema(*index),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


def _key_schema(partition: str, sort: str) -> Any:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _call(function: str, method: str, path: str, body: Any = None, key: str = "k") -> Any:
    handler = importlib.import_module(f"handlers.{function}.api").lambda_handler
    return handler(
        {
            "httpMethod": method,
            "path": path,
            "resource": path,
            "headers": {"Content-Type": "application/json", "Idempotency-Key": key},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "requestContext": {
                "requestId": "r",
                "path": path,
                "authorizer": {"sub": "caller", "groups": "admin"},
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        },
        None,
    )


def _routes() -> dict[str, Callable[[], Any]]:
    with redirect_stdout(StringIO()):
        _call("users", "POST", "/v1/users", ADA)
        created = [_call("products", "POST", "/v1/products", TEAPOT) for _ in range(50)]
    products = [json.loads(one["body"])["productId"] for one in created]
    placed: list[str] = []

    def place() -> Any:
        lines = [{"productId": one, "quantity": 1} for one in products[:3]]
        answer = _call("orders", "POST", "/v1/orders", {"lines": lines}, str(time.time_ns()))
        placed.append(json.loads(answer["body"])["orderId"])
        return answer

    return {
        "GET /v1/users/{userId}": lambda: _call("users", "GET", "/v1/users/me"),
        "PUT /v1/users/{userId}": lambda: _call("users", "PUT", "/v1/users/me", ADA),
        "GET /v1/users": lambda: _call("users", "GET", "/v1/users"),
        "GET /v1/products/{productId}": lambda: _call(
            "products", "GET", f"/v1/products/{products[0]}"
        ),
        "GET /v1/products": lambda: _call("products", "GET", "/v1/products"),
        "PUT /v1/products/{productId}": lambda: _call(
            "products", "PUT", f"/v1/products/{products[0]}", TEAPOT
        ),
        "POST /v1/products": lambda: _call("products", "POST", "/v1/products", TEAPOT),
        "POST /v1/orders": place,
        "GET /v1/orders/{orderId}": lambda: _call("orders", "GET", f"/v1/orders/{placed[0]}"),
        "GET /v1/orders": lambda: _call("orders", "GET", "/v1/orders"),
        "POST /v1/orders/{orderId}/cancel": lambda: _call(
            "orders", "POST", f"/v1/orders/{placed.pop()}/cancel"
        ),
    }


if __name__ == "__main__":
    main()
