"""API Gateway's settings of the region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.optional_parts import nested
from local.provider.aws.apigateway.limits import LIMITS, integral
from local.provider.aws.apigateway.patches import replace
from local.provider.aws.described import DescribedType
from local.provider.aws.parameters import from_answer, same_names
from local.provider.aws.rules import matching
from local.provider.resource_type import Aws, CheckFailure, Created, Properties


class Account(DescribedType):
    """`aws.apigateway.Account`, the region's settings; the id is the real provider's constant."""

    token = "aws:apigateway/account:Account"
    taggable = False
    table = same_names("cloudwatchRoleArn")
    handled = frozenset({"resetOnDelete"})

    def rules(self, inputs: Properties) -> Iterable[CheckFailure]:
        return matching(
            inputs, "cloudwatchRoleArn", r"|arn:[a-z-]+:iam::\d{12}:role/\S+", "an IAM role's ARN"
        )

    def create(self, aws: Aws, inputs: Properties) -> Created:
        self._put(aws, inputs)
        return self.created(aws, "api-gateway-account", inputs)

    def describe(self, aws: Aws, id: str, properties: Properties) -> Properties | None:
        account: dict[str, Any] = aws.client("apigateway").get_account()
        throttle = nested(account, "throttleSettings")
        return {
            "cloudwatchRoleArn": account.get("cloudwatchRoleArn") or "",
            "apiKeyVersion": account["apiKeyVersion"],
            # Usage plans are on in every account made since 2016; moto has no features at first.
            "features": account.get("features") or ["UsagePlans"],
            "throttleSettings": [integral(from_answer(LIMITS, throttle))],
        }

    def update(self, aws: Aws, id: str, old: Properties, new: Properties) -> Properties:
        self._put(aws, new)
        return self.outputs(aws, id, new)

    def delete(self, aws: Aws, id: str, state: Properties) -> None:
        self._put(aws, {})

    def _put(self, aws: Aws, inputs: Properties) -> None:
        aws.client("apigateway").update_account(
            patchOperations=[replace("/cloudwatchRoleArn", inputs.get("cloudwatchRoleArn") or "")]
        )
