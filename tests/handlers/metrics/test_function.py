import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from tests.handlers.conftest import Api

Handler = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def metrics(function_environment: None) -> Handler:
    module = importlib.import_module("handlers.metrics.function")
    return lambda event: module.lambda_handler(event, None)


def record(number: int, item: dict[str, Any] | None, event_name: str = "INSERT") -> dict[str, Any]:
    """A record as a DynamoDB stream mapping sends it."""
    image = {name: TypeSerializer().serialize(value) for name, value in (item or {}).items()}
    change = {"SequenceNumber": str(number), "Keys": {"PK": {"S": "x"}}}
    return {
        "eventID": str(number),
        "eventName": event_name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {**change, **({"NewImage": image} if item is not None else {})},
    }


def order(amount: int, currency: str) -> dict[str, Any]:
    return {"entity": "order", "total": {"amount": amount, "currency": currency}}


USER = {"entity": "user", "email": "a@example.com"}


def published(text: str) -> list[tuple[str, str, dict[str, str], Any]]:
    """Namespace, name, dimensions and values of each metric in a log.

    Shape: CloudWatch User Guide, "Specification: Embedded metric format".
    """
    found: list[tuple[str, str, dict[str, str], Any]] = []
    for line in text.splitlines():
        document = json.loads(line)
        for directive in document.get("_aws", {}).get("CloudWatchMetrics", []):
            [names] = directive["Dimensions"]
            dimensions = {name: document[name] for name in names}
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                found.append((directive["Namespace"], metric["Name"], dimensions, value))
    return found


def test_registrations_and_order_values_of_a_stream_batch_are_published(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = [USER, order(1999, "EUR"), order(500, "USD"), order(1, "EUR")]
    answer = metrics({"Records": [record(n, item) for n, item in enumerate(batch)]})
    assert answer == {"batchItemFailures": []}
    assert published(capsys.readouterr().out) == [
        ("MyApp/Users", "NewRegistrations", {"service": "api"}, [1]),
        ("MyApp/Orders", "OrderValue", {"service": "api", "currency": "EUR"}, [1999, 1]),
        ("MyApp/Orders", "OrderValue", {"service": "api", "currency": "USD"}, [500]),
    ]


def test_users_and_orders_are_counted_as_the_api_stores_them(
    metrics: Handler, api: Api, items: Callable[[], list[Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    ada = {"email": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}
    assert api("POST", "/v1/users", json_body=ada).status == 201
    product = api.product(price={"amount": 250, "currency": "EUR"})["productId"]
    assert api.order("k", {product: 2}).status == 201
    stored = items()
    assert {item["entity"] for item in stored} == {"user", "product", "order", "idempotency"}
    capsys.readouterr()
    metrics({"Records": [record(n, item) for n, item in enumerate(stored)]})
    counted = {(name, *values) for _, name, _, values in published(capsys.readouterr().out)}
    assert counted == {("NewRegistrations", 1), ("OrderValue", 500)}


def test_changes_removals_and_other_items_count_nothing(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        record(1, USER, "MODIFY"),
        record(2, None, "REMOVE"),
        record(3, {"entity": "product"}),
        record(4, {"entity": "idempotency"}),
    ]
    assert metrics({"Records": records}) == {"batchItemFailures": []}
    assert published(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    "poison",
    [
        {"entity": "order"},
        {"entity": "order", "total": "12"},
        {"entity": "order", "total": {"amount": "many", "currency": "EUR"}},
        {},
    ],
)
def test_a_batch_ends_at_a_poison_record_so_that_no_record_is_counted_twice(
    metrics: Handler, capsys: pytest.CaptureFixture[str], poison: dict[str, Any]
) -> None:
    records = [record(1, USER), record(2, poison), record(3, USER)]
    assert metrics({"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    # Lambda begins again with the failed record, later with the one after it.
    metrics({"Records": records[1:]})
    metrics({"Records": records[2:]})
    counts = [values for _, name, _, values in published(capsys.readouterr().out)]
    assert counts == [[1], [1]]


def test_more_values_than_one_document_holds_are_all_published(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics({"Records": [record(n, order(n, "EUR")) for n in range(250)]})
    documents = [values for _, _, _, values in published(capsys.readouterr().out)]
    assert sorted(value for values in documents for value in values) == list(range(250))
    assert max(map(len, documents)) <= 100


def test_the_direct_event_of_the_source_is_still_taken(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    assert metrics({"new_users": 3, "order_amount": 12.5}) == {"statusCode": 200}
    assert published(capsys.readouterr().out) == [
        ("MyApp/Users", "NewRegistrations", {"service": "api"}, [3]),
        ("MyApp/Orders", "OrderValue", {"service": "api"}, [12.5]),
    ]


def test_an_empty_direct_event_reports_that_nobody_registered(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    assert metrics({}) == {"statusCode": 200}
    assert published(capsys.readouterr().out) == [
        ("MyApp/Users", "NewRegistrations", {"service": "api"}, [0])
    ]


def test_a_direct_event_may_name_the_currency(
    metrics: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics({"order_amount": 5, "currency": "JPY"})
    last = published(capsys.readouterr().out)[-1]
    assert last == ("MyApp/Orders", "OrderValue", {"service": "api", "currency": "JPY"}, [5])


NO_NUMBERS = st.one_of(
    st.text(), st.booleans(), st.none(), st.lists(st.integers()), st.just(float("nan"))
)


@given(value=NO_NUMBERS, name=st.sampled_from(["new_users", "order_amount"]))
def test_what_is_no_number_is_refused(function_environment: None, value: Any, name: str) -> None:
    module = importlib.import_module("handlers.metrics.function")
    with pytest.raises(ValueError, match=r"^new_users and order_amount must be numbers$"):
        module.lambda_handler({name: value}, None)


@pytest.mark.parametrize("currency", ["", 5, {}])
def test_a_currency_that_is_no_text_is_refused(metrics: Handler, currency: Any) -> None:
    with pytest.raises(ValueError, match=r"^currency must be a currency code such as EUR$"):
        metrics({"order_amount": 1, "currency": currency})


def test_the_log_names_a_poison_record_and_nothing_personal(
    metrics: Handler, log: Callable[[], str]
) -> None:
    poison = {"entity": "order", "email": "a@example.com", "total": "a@example.com"}
    metrics({"Records": [record(77, poison)]})
    text = log()
    assert '"sequence_number":"77"' in text
    assert "example.com" not in text
