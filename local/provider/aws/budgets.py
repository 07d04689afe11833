"""Budgets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import elements, nested
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.parameters import Table, capitalised, from_answer, given, to_request
from local.provider.aws.rules import matching, one_of
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties

MOST_NOTIFICATIONS = 10
MOST_EMAIL_SUBSCRIBERS = 10
TIME_FORMAT = "%Y-%m-%d_%H:%M"

NOTIFICATION: Table = capitalised(
    "comparisonOperator", "notificationType", "threshold", "thresholdType"
)
SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
COST_TYPES: Table = capitalised(
    "includeCredit",
    "includeDiscount",
    "includeOtherSubscription",
    "includeRecurring",
    "includeRefund",
    "includeSubscription",
    "includeSupport",
    "includeTax",
    "includeUpfront",
    "useAmortized",
    "useBlended",
)


class Budget(DescribedType):
    """`aws.budgets.Budget`; the id is `<account>:<name>`."""

    token = "aws:budgets/budget:Budget"
    table = {
        "budgetType": "BudgetType",
        "timeUnit": "TimeUnit",
        "limitAmount": "",
        "limitUnit": "",
        "name": "BudgetName",
        "costTypes": ("CostTypes", COST_TYPES),
        "costFilters": ("CostFilters", capitalised("name", "values")),
        "notifications": ("", {**NOTIFICATION, **SUBSCRIBERS}),
    }
    handled = frozenset({"accountId", "timePeriodStart", "timePeriodEnd"})
    replace_on = frozenset({"name", "accountId"})
    auto_name = AutoName(max_length=100)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "name", r"[^:\\]{1,100}", "1 to 100 characters without : and \\"
        )
        yield from one_of(
            inputs,
            "budgetType",
            {
                "COST",
                "USAGE",
                "RI_UTILIZATION",
                "RI_COVERAGE",
                "SAVINGS_PLANS_UTILIZATION",
                "SAVINGS_PLANS_COVERAGE",
            },
        )
        yield from one_of(inputs, "timeUnit", {"ANNUALLY", "DAILY", "MONTHLY", "QUARTERLY"})
        yield from matching(inputs, "limitAmount", r"\d+(\.\d+)?", "a number as text")
        for name in ("timePeriodStart", "timePeriodEnd"):
            yield from matching(
                inputs, name, r"\d{4}-\d\d-\d\d_\d\d:\d\d", "a time as YYYY-MM-DD_HH:MM"
            )
        notifications: list[Properties] = elements(inputs, "notifications")
        if len(notifications) > MOST_NOTIFICATIONS:
            yield CheckFailure("notifications", f"a budget has at most {MOST_NOTIFICATIONS}")
        for notification in notifications:
            if len(elements(notification, "subscriberEmailAddresses")) > MOST_EMAIL_SUBSCRIBERS:
                yield CheckFailure(
                    "notifications", f"mail at most {MOST_EMAIL_SUBSCRIBERS} addresses each"
                )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        account: str = inputs.get("accountId") or aws.account_id
        self._put(aws, account, inputs)
        return self.created(aws, f"{account}:{inputs['name']}", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        account, name = id.split(":", 1)
        budgets = aws.client("budgets")
        with ignoring("NotFoundException"):
            budget = budgets.describe_budget(AccountId=account, BudgetName=name)["Budget"]
            if not budget:
                return None
            period = budget["TimePeriod"]
            limit = nested(budget, "BudgetLimit")
            described: Properties = {
                "accountId": account,
                "arn": f"arn:{aws.partition}:budgets::{account}:budget/{name}",
                "name": name,
                "budgetType": budget["BudgetType"],
                "timeUnit": budget["TimeUnit"],
                "timePeriodStart": _time(period["Start"]),
                "timePeriodEnd": _time(period["End"]),
                **given(limitAmount=limit.get("Amount"), limitUnit=limit.get("Unit")),
            }
            if budget.get("CostTypes"):
                described["costTypes"] = from_answer(COST_TYPES, budget["CostTypes"])
            if budget.get("CostFilters"):
                described["costFilters"] = [
                    {"name": key, "values": values} for key, values in budget["CostFilters"].items()
                ]
            notifications = self._described_notifications(budgets, account, name, properties)
            if notifications or properties.get("notifications"):
                described["notifications"] = notifications
            return described
        return None

    def _described_notifications(
        self, budgets: Any, account: str, name: str, properties: Properties
    ) -> list[Properties]:
        answer = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)
        described: list[Properties] = []
        for notification in answer["Notifications"]:
            block = from_answer(NOTIFICATION, notification)
            # moto can't list a notification's subscribers: they are those that were given.
            for known in elements(properties, "notifications"):
                if all(known.get(key) == block.get(key) for key in NOTIFICATION):
                    block |= {key: known[key] for key in SUBSCRIBERS if known.get(key)}
            described.append(block)
        return described

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        account, name = id.split(":", 1)
        # moto has no UpdateBudget.
        aws.client("budgets").delete_budget(AccountId=account, BudgetName=name)
        self._put(aws, account, {**new, "name": name})
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        account, name = id.split(":", 1)
        with ignoring("NotFoundException"):
            aws.client("budgets").delete_budget(AccountId=account, BudgetName=name)

    def _put(self, aws: Aws, account: str, inputs: Properties) -> None:
        budget: dict[str, Any] = {
            "BudgetName": inputs["name"],
            "BudgetType": inputs["budgetType"],
            "TimeUnit": inputs["timeUnit"],
        }
        if inputs.get("limitAmount") is not None:
            budget["BudgetLimit"] = {
                "Amount": str(inputs["limitAmount"]),
                "Unit": inputs.get("limitUnit") or "USD",
            }
        if inputs.get("costTypes"):
            budget["CostTypes"] = to_request(COST_TYPES, inputs["costTypes"])
        if inputs.get("costFilters"):
            budget["CostFilters"] = {
                block["name"]: block["values"] for block in inputs["costFilters"]
            }
        if period := _period(inputs):
            budget["TimePeriod"] = period
        aws.client("budgets").create_budget(
            AccountId=account,
            Budget=budget,
            NotificationsWithSubscribers=[
                _notification(block) for block in elements(inputs, "notifications")
            ],
        )


def _notification(block: Properties) -> dict[str, Any]:
    return {
        "Notification": {
            **to_request(NOTIFICATION, block),
            "Threshold": float(block["threshold"]),
        },
        "Subscribers": [
            {"SubscriptionType": kind, "Address": address}
            for name, kind in SUBSCRIBERS.items()
            for address in elements(block, name)
        ],
    }


def _period(inputs: Properties) -> dict[str, Any]:
    from datetime import UTC, datetime

    def instant(text: str) -> datetime:
        return datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)

    if not inputs.get("timePeriodStart"):
        return {}
    # The far end that AWS answers with when none is given.
    end = inputs.get("timePeriodEnd") or "2087-06-15_00:00"
    return {"Start": instant(inputs["timePeriodStart"]), "End": instant(end)}


def _time(value: Any) -> str | None:
    return value and value.strftime(TIME_FORMAT)
