"""Permissions to call Lambda functions, the statements of their policies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from local.optional_parts import nested
from local.provider.aws.described import DescribedType, ignoring
from local.provider.aws.lambda_.error_codes import NOT_FOUND
from local.provider.aws.parameters import capitalised, given, to_request
from local.provider.aws.rules import matching
from local.provider.resource_type import AutoName, Aws, CheckFailure, Created, Properties


class Permission(DescribedType):
    """`aws.lambda.Permission`; the id is the statement's, on import `<function>/<statement>`."""

    token = "aws:lambda/permission:Permission"
    taggable = False
    table = {
        **capitalised(
            "action",
            "eventSourceToken",
            "functionUrlAuthType",
            "principal",
            "qualifier",
            "sourceAccount",
            "sourceArn",
            "statementId",
        ),
        "function": "FunctionName",
        "principalOrgId": "PrincipalOrgID",
    }
    replace_on = frozenset(table)
    auto_name = AutoName(property="statementId", max_length=100)

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        yield from matching(
            inputs, "statementId", r"[A-Za-z0-9_-]{1,100}", "letters, digits, - and _"
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        aws.client("lambda").add_permission(**to_request(self.table, inputs))
        return self.created(aws, inputs["statementId"], inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        function, statement_id = _permission_address(id, properties)
        qualifier = properties.get("qualifier")
        with ignoring(*NOT_FOUND):
            policy = aws.client("lambda").get_policy(
                FunctionName=function, **given(Qualifier=qualifier or None)
            )["Policy"]
            for statement in json.loads(policy or "{}").get("Statement", []):
                if statement.get("Sid") == statement_id:
                    return {
                        "function": properties.get("function") or function,
                        "statementId": statement_id,
                        "action": statement["Action"],
                        "principal": _principal(statement["Principal"]),
                        **_conditions(nested(statement, "Condition")),
                    }
        return None

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        function, statement_id = _permission_address(id, state)
        qualifier = state.get("qualifier")
        if qualifier and not function.endswith(f":{qualifier}"):
            # moto ignores the Qualifier parameter here, but not the name's own.
            function = f"{function}:{qualifier}"
        with ignoring(*NOT_FOUND):
            aws.client("lambda").remove_permission(FunctionName=function, StatementId=statement_id)


def _permission_address(id: str, properties: Properties) -> tuple[str, str]:
    if "/" in id:
        function, statement = id.rsplit("/", 1)
        return function, statement
    return properties["function"], id


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return principal
    return str(principal.get("Service") or principal.get("AWS") or "*")


def _conditions(conditions: dict[str, dict[str, str]]) -> Properties:
    names = {
        "aws:sourcearn": "sourceArn",
        "aws:sourceaccount": "sourceAccount",
        "aws:principalorgid": "principalOrgId",
        "lambda:eventsourcetoken": "eventSourceToken",
        "lambda:functionurlauthtype": "functionUrlAuthType",
    }
    return {
        names[key.lower()]: value
        for condition in conditions.values()
        for key, value in condition.items()
        if key.lower() in names
    }
