import pytest

from handlers.fulfilment.message import MalformedMessage, OrderPlaced


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "the message is not JSON"),
        ("[" * 100_000, "the message is not JSON"),
        ("[]", "the message is no object"),
        ("null", "the message is no object"),
        ("{}", "the message does not name an order"),
        ('{"orderId": ""}', "the message does not name an order"),
        ('{"orderId": 1}', "the message does not name an order"),
    ],
)
def test_another_thing_is_refused_with_the_reason(body: str, reason: str) -> None:
    with pytest.raises(MalformedMessage, match=f"^{reason}$"):
        OrderPlaced.parse(body)


@pytest.mark.parametrize(
    ("body", "correlation_id"),
    [
        ('{"orderId": "1"}', None),
        ('{"orderId": "1", "correlationId": ""}', None),
        ('{"orderId": "1", "correlationId": 1}', None),
        ('{"orderId": "1", "correlationId": "a-request"}', "a-request"),
    ],
)
def test_a_message_names_the_order_and_maybe_the_request(
    body: str, correlation_id: str | None
) -> None:
    assert OrderPlaced.parse(body) == OrderPlaced("1", correlation_id)
