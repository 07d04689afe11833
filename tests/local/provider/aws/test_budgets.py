from typing import Any

import pytest

from local.provider.aws.budgets import Budget
from local.provider.connection import Connection
from tests.local.provider.aws.lifecycle import deploy, failures

NOTIFICATION = {
    "comparisonOperator": "GREATER_THAN",
    "notificationType": "FORECASTED",
    "threshold": 80,
    "thresholdType": "PERCENTAGE",
    "subscriberEmailAddresses": ["admin@example.com"],
}
MONTHLY: dict[str, Any] = {
    "name": "dev-monthly",
    "budgetType": "COST",
    "timeUnit": "MONTHLY",
    "limitAmount": "50",
    "limitUnit": "USD",
    "costFilters": [{"name": "TagKeyValue", "values": ["user:Environment$dev"]}],
    "notifications": [NOTIFICATION],
}
ACCOUNT = "123456789012"


def budget(aws: Connection) -> dict[str, Any]:
    answer = aws.client("budgets").describe_budget(AccountId=ACCOUNT, BudgetName="dev-monthly")
    return answer["Budget"]


def test_a_budget_exists_with_limit_filter_and_notification(aws: Connection) -> None:
    deployed = deploy(aws, Budget(), **MONTHLY)
    found = budget(aws)
    assert found["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    assert found["CostFilters"] == {"TagKeyValue": ["user:Environment$dev"]}
    notifications = aws.client("budgets").describe_notifications_for_budget(
        AccountId=ACCOUNT, BudgetName="dev-monthly"
    )["Notifications"]
    assert [item["Threshold"] for item in notifications] == [80]
    assert deployed.id == "123456789012:dev-monthly"
    assert deployed.state["arn"] == "arn:aws:budgets::123456789012:budget/dev-monthly"


def test_a_changed_budget_is_changed_in_aws(aws: Connection) -> None:
    deployed = deploy(aws, Budget(), **MONTHLY)
    deployed.update(limitAmount="75", notifications=[{**NOTIFICATION, "threshold": 100}])
    assert budget(aws)["BudgetLimit"]["Amount"] == "75"


def test_a_budget_deleted_by_someone_else_reads_as_gone(aws: Connection) -> None:
    deployed = deploy(aws, Budget(), **MONTHLY)
    deployed.delete()
    assert deployed.read() is None


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"name": "a:b"}, "name"),
        ({"budgetType": "MONEY"}, "budgetType"),
        ({"limitAmount": "fifty"}, "limitAmount"),
        ({"timePeriodStart": "2026-01-01"}, "timePeriodStart"),
        ({"notifications": [NOTIFICATION] * 11}, "notifications"),
        ({"plannedLimits": []}, "plannedLimits"),
    ],
)
def test_what_budgets_refuses_is_refused(changes: dict[str, Any], refused: str) -> None:
    assert refused in failures(Budget(), {**MONTHLY, **changes})
