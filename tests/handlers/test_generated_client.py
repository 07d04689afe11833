"""A client generated from docs/openapi.json orders and cancels: the document is enough for it."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.handlers.wsgi_gateway import DOCUMENT, KEY, Gateway

pytestmark = pytest.mark.slow

PACKAGE = "generated_client"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Imports a module of the client that was generated."""
    folder = tmp_path_factory.mktemp("client")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"),
            *("--path", str(DOCUMENT), "--meta", "none", "--output-path", str(folder / PACKAGE)),
        ],
        # It formats with the ruff that it finds.
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def gateway(api: Any, people: Any, gateway_event: Any) -> Gateway:
    """The functions, over an empty account."""
    served = Gateway()
    served.people = people
    served.build_event = gateway_event
    return served


def test_it_places_reads_and_cancels_an_order(package: Any, gateway: Gateway, api: Any) -> None:
    product_id = api.product(stock=10)["productId"]
    models = package("models")
    client = package("client").AuthenticatedClient(
        base_url="https://api.example.com",
        token="user",
        headers={"x-api-key": KEY},
        httpx_args={"transport": httpx.WSGITransport(app=gateway)},
    )

    def call(operation: str, *arguments: str, **named: Any) -> Any:
        return package(f"api.orders.{operation}").sync_detailed(*arguments, client=client, **named)

    wanted = models.NewOrder(lines=[models.NewLine(product_id=product_id, quantity=3)])
    placed = call("place_order", body=wanted, idempotency_key="k")
    order = placed.parsed
    assert placed.status_code == 201
    assert placed.headers["Location"].endswith(f"/v1/orders/{order.order_id}")
    assert order.status is models.OrderStatus.PLACED
    assert (order.total.amount, order.lines[0].quantity) == (5997, 3)
    assert api.stock(product_id) == 7

    assert call("place_order", body=wanted, idempotency_key="k").parsed == order
    assert call("list_orders", limit=5).parsed.items == [order]
    assert call("get_order", order.order_id).parsed == order

    cancelled = call("cancel_order", order.order_id).parsed
    assert cancelled.status is models.OrderStatus.CANCELLED
    assert api.stock(product_id) == 10
    refused = call("cancel_order", order.order_id)
    assert refused.status_code == 409
    assert refused.parsed.title == "Conflict"
    assert refused.parsed.request_id
