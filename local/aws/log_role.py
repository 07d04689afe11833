"""Makes moto's API Gateway write no logs for an account that has no role for it, as on AWS.

API Gateway Developer Guide, "Set up CloudWatch logging for REST APIs in API Gateway": the role is
set once for an account and region, and both access and execution logging need it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from local.aws.access import ACCOUNT_ID

ROLE_OF_ANOTHER_STACK = f"arn:aws:iam::{ACCOUNT_ID}:role/api-gateway-logs"
"""The log role of an account whose first stack has been there."""

# AWS's words, by reports of those who met them: VirtusLab/besom, issue 347, for a logging level;
# aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws, pull request
# 481, says that access logs are refused likewise.
REFUSAL = "CloudWatch Logs role ARN must be set in account settings to enable logging"


def refuse_logs_without_a_role(*, another_stack: bool) -> None:
    """Change moto's classes in this process; a second time is no error.

    Args:
        another_stack: whether the account's first stack has set the role already.
    """
    from moto.apigateway.models import Account, APIGatewayBackend

    if hasattr(APIGatewayBackend.update_stage, "__wrapped__"):
        return
    update_stage, new_account = APIGatewayBackend.update_stage, Account.__init__

    @functools.wraps(update_stage)
    def with_role(self: Any, function_id: str, stage_name: str, patch_operations: Any) -> Any:
        if not self.account.cloudwatch_role_arn and any(map(_turns_logs_on, patch_operations)):
            from moto.apigateway.exceptions import BadRequestException

            raise BadRequestException(REFUSAL)
        return update_stage(self, function_id, stage_name, patch_operations)

    @functools.wraps(new_account)
    def with_role_of_another(self: Any) -> None:
        new_account(self)
        self.cloudwatch_role_arn = ROLE_OF_ANOTHER_STACK

    APIGatewayBackend.update_stage = with_role
    if another_stack:
        Account.__init__ = with_role_of_another


def _turns_logs_on(operation: Mapping[str, str]) -> bool:
    path, value = operation.get("path", ""), operation.get("value") or ""
    if operation.get("op") == "remove":
        return False
    if path.endswith("/logging/loglevel"):
        return value.upper() != "OFF"
    return path == "/accessLogSettings/destinationArn" and bool(value)
