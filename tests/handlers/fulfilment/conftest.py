"""The fulfilment function over the API's table, with faults on demand."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.handlers.conftest import TABLE


class Crash(BaseException):
    """The end of the process in the middle of a batch."""


@dataclass
class FaultyClient:
    """A DynamoDB client whose next updates fail as told, one fault a call."""

    client: Any
    faults: list[str] = field(default_factory=list[str])

    def update_item(self, **arguments: Any) -> Any:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "throttle":
            code = {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}
            raise ClientError({"Error": code}, "UpdateItem")
        answer = self.client.update_item(**arguments)
        if fault == "crash":
            raise Crash
        return answer


@dataclass
class Fulfilment:
    """The function and the queue's side of the conversation."""

    module: Any
    client: FaultyClient

    def deliver(self, bodies: Sequence[str], faults: Sequence[str] = ()) -> list[int]:
        """Deliver one batch and answer which messages failed, by their place in it."""
        self.client.faults = list(faults)
        try:
            answer = self.module.lambda_handler(sqs_event(bodies), None)
        except Crash:
            return list(range(len(bodies)))
        finally:
            self.client.faults = []
        return sorted(int(item["itemIdentifier"]) for item in answer["batchItemFailures"])


def sqs_event(bodies: Sequence[str]) -> dict[str, Any]:
    """A batch (Lambda Developer Guide, "Using Lambda with Amazon SQS", standard queue)."""
    return {
        "Records": [
            {
                "messageId": str(number),
                "receiptHandle": f"handle-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:order-events",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def placed(order_id: str, correlation_id: str = "") -> str:
    return json.dumps({"orderId": order_id, "correlationId": correlation_id})


@pytest.fixture
def fulfilment(aws: None, monkeypatch: pytest.MonkeyPatch) -> Fulfilment:
    module = importlib.import_module("handlers.fulfilment.function")
    clients = importlib.import_module("handlers.common.aws_clients")
    repository = importlib.import_module("handlers.fulfilment.repository")
    client = FaultyClient(clients.dynamodb())
    confirmations = repository.OrderConfirmations(client, TABLE)
    monkeypatch.setattr(module, "_confirmations", lambda: confirmations)
    return Fulfilment(module, client)
