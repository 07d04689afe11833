"""The way of an order through stream, pipe and queue to its confirmation, in a local run."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from components.monitoring.business_metrics import BATCH_WINDOW_SECONDS
from handlers.common.items import to_attributes
from handlers.common.keys import order_key
from local.aws.clients import AwsClients
from local.event_sources.queue_mapping import WAIT_SECONDS
from local.session import Session
from tests.local.served_platform import PRICE, Api

pytestmark = pytest.mark.xdist_group("dev")

Eventually = Callable[..., Any]


@pytest.fixture(scope="module")
def clients(session: Session) -> AwsClients:
    return AwsClients(session.pool.access)


@pytest.fixture(scope="module")
def outputs(session: Session) -> dict[str, Any]:
    return local_page(session, "stack.json")["outputs"]


@pytest.fixture
def quick_queue(clients: AwsClients, outputs: dict[str, Any]) -> Iterator[str]:
    """URL of the order queue, whose failed messages come again after a second."""
    sqs, url = clients("sqs"), outputs["orderQueueUrl"]
    name = "VisibilityTimeout"
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: "1"})
    # A receiver that waits already has the old value.
    time.sleep(WAIT_SECONDS + 0.5)
    yield url
    sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def local_page(session: Session, name: str) -> Any:
    return Api(session).page(f"/_local/{name}")


def log_lines(session: Session, function: str) -> list[dict[str, Any]]:
    """The JSON lines in a function's log."""
    lines = [
        line["text"]
        for line in local_page(session, "activity.json")["logs"]
        if line["function"].endswith(function)
    ]
    return [json.loads(text) for text in lines if text.startswith("{")]


def placed(api: Api, product: str) -> str:
    answer = api.order("user", product)
    assert answer.status == 201
    return answer.json["orderId"]


def status(api: Api, order: str) -> str:
    return api("GET", f"/v1/orders/{order}", "user").json["status"]


def waiting(clients: AwsClients, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


def make_placed(clients: AwsClients, outputs: dict[str, Any], order: str) -> None:
    """Put an order back to where it was before its message."""
    dynamodb = clients("dynamodb")
    key = to_attributes(order_key(order))
    dynamodb.update_item(
        TableName=outputs["tableName"],
        Key=key,
        UpdateExpression="SET #status = :placed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":placed": {"S": "PLACED"}},
    )


def test_an_order_is_confirmed_within_two_seconds(api: Api, eventually: Eventually) -> None:
    product = api.new_product()
    # The first one finds its workers cold.
    first = placed(api, product)
    assert eventually(lambda: status(api, first) == "CONFIRMED")
    began = time.monotonic()
    order = placed(api, product)
    assert eventually(lambda: status(api, order) == "CONFIRMED", seconds=2)
    assert time.monotonic() - began < 2


def test_the_request_that_placed_an_order_can_be_followed_to_its_confirmation(
    api: Api, session: Session, eventually: Eventually
) -> None:
    order = placed(api, api.new_product())

    def of_the_order() -> list[dict[str, Any]]:
        lines = log_lines(session, "-fulfilment")
        return [line for line in lines if line.get("order_id") == order]

    lines = eventually(of_the_order)
    assert [line["outcome"] for line in lines] == ["CONFIRMED"]
    requests = local_page(session, "activity.json")["requests"]
    ids = [one["id"] for one in requests if one["method"] == "POST" and one["status"] == 201]
    assert lines[0]["correlation_id"] == ids[-1]


def test_an_order_is_counted_once_in_the_business_metrics(
    api: Api, session: Session, eventually: Eventually
) -> None:
    quantity = 17
    value = quantity * PRICE

    def counted() -> int:
        lines = [line for line in log_lines(session, "-metrics") if "OrderValue" in line]
        return sum(line["OrderValue"].count(value) for line in lines)

    order = api.order("user", api.new_product(stock=quantity), quantity).json["orderId"]
    assert eventually(counted)
    assert eventually(lambda: status(api, order) == "CONFIRMED")
    # The change of its status is a record of the stream too.
    time.sleep(BATCH_WINDOW_SECONDS + 1)
    assert counted() == 1


def test_a_poison_message_ends_in_the_dead_letters_and_holds_no_order_back(
    api: Api, clients: AwsClients, outputs: dict[str, Any], quick_queue: str, eventually: Eventually
) -> None:
    dead = outputs["orderDeadLetterQueueUrl"]
    clients("sqs").send_message(QueueUrl=quick_queue, MessageBody="no order")
    product = api.new_product()
    orders = [placed(api, product) for _ in range(3)]
    assert eventually(lambda: all(status(api, order) == "CONFIRMED" for order in orders))
    assert eventually(lambda: waiting(clients, dead) == 1, seconds=30)
    assert waiting(clients, quick_queue) == 0
    clients("sqs").purge_queue(QueueUrl=dead)


def test_redriven_dead_letters_confirm_their_orders(
    api: Api, clients: AwsClients, outputs: dict[str, Any], quick_queue: str, eventually: Eventually
) -> None:
    """The recipe of the runbook, in "Orders-Dead-Letters"."""
    sqs, dead = clients("sqs"), outputs["orderDeadLetterQueueUrl"]
    product = api.new_product()
    lost, cancelled = placed(api, product), placed(api, product)
    assert eventually(lambda: {status(api, order) for order in (lost, cancelled)} == {"CONFIRMED"})
    make_placed(clients, outputs, lost)
    api("POST", f"/v1/orders/{cancelled}/cancel", "user")
    for order in (lost, cancelled):
        sqs.send_message(QueueUrl=dead, MessageBody=json.dumps({"orderId": order}))
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    sqs.start_message_move_task(SourceArn=arn["QueueArn"])
    (task,) = sqs.list_message_move_tasks(SourceArn=arn["QueueArn"])["Results"]
    assert task["ApproximateNumberOfMessagesMoved"] == 2
    assert eventually(lambda: status(api, lost) == "CONFIRMED")
    assert eventually(lambda: waiting(clients, quick_queue) == 0)
    assert status(api, cancelled) == "CANCELLED"
    assert waiting(clients, dead) == 0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_of_things_each_order_ends_confirmed_or_cancelled(
    api: Api, seed: int, eventually: Eventually
) -> None:
    chance = random.Random(seed)
    product = api.new_product(stock=100)
    pauses = [chance.choice([None, 0, 0.05, 0.3]) for _ in range(20)]

    def live(pause: float | None) -> tuple[str, bool]:
        order = placed(api, product)
        if pause is None:
            return order, False
        time.sleep(pause)
        answer = api("POST", f"/v1/orders/{order}/cancel", "user")
        # The confirmation may come between the cancel's reading and its writing.
        while answer.status == 409:
            answer = api("POST", f"/v1/orders/{order}/cancel", "user")
        assert answer.status == 200
        return order, True

    with ThreadPoolExecutor(4) as executor:
        lives = list(executor.map(live, pauses))
    for order, was_cancelled in lives:
        expected = "CANCELLED" if was_cancelled else "CONFIRMED"
        assert eventually(lambda order=order, end=expected: status(api, order) == end)
    kept = pauses.count(None)
    assert api("GET", f"/v1/products/{product}").json["stock"] == 100 - kept
