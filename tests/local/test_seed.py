import json
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.error import HTTPError

import pytest

from handlers.products.domain import ProductContent
from local.seed import products, seed


class Api(ThreadingHTTPServer):
    """Takes products like the API, or refuses them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/dev"
        self.taken: list[tuple[str, str, Any]] = []
        self.lock = Lock()
        self.status = 201


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.taken.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_there_are_ten_products_in_each_of_five_categories_that_the_api_takes() -> None:
    assert set(Counter(product["category"] for product in products()).values()) == {10}
    assert len({product["name"] for product in products()}) == 50
    for product in products():
        ProductContent.model_validate_json(json.dumps(product))
    assert products() == products()


def test_each_product_is_created_once_as_the_admin(api: Api) -> None:
    assert seed(api.url, api_key="k", admin_token="t") == 50
    assert {(path, token) for path, token, _ in api.taken} == {("/dev/v1/products", "Bearer t")}
    by_name = sorted((body for _, _, body in api.taken), key=lambda body: body["name"])
    assert by_name == sorted(products(), key=lambda body: body["name"])


def test_a_refusal_is_not_passed_over(api: Api) -> None:
    api.status = 403
    with pytest.raises(HTTPError):
        seed(api.url, api_key="k", admin_token="t")
