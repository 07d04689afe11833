from typing import Any

import pytest

from local.gateway.api_request import RefusedRequest
from local.gateway.authorizer import is_allowed

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc/dev/GET/v1/orders/1"


def statement(effect: str = "Allow", **changes: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": "*", **changes}


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([statement()], True),
        (statement(), True),
        ([statement(Resource="arn:aws:execute-api:*:*:abc/dev/*")], True),
        ([statement(Resource=["arn:x", "arn:aws:execute-api:*:*:abc/dev/GET/*"])], True),
        ([statement(Action="execute-api:*")], True),
        ([statement(Action="EXECUTE-API:invoke")], True),
        ([statement(Resource="arn:aws:execute-api:*:*:abc/prod/*")], False),
        ([statement(Resource="arn:aws:execute-api:*:*:abc/[d]ev/*")], False),
        ([statement(), statement("Deny", Resource="arn:aws:execute-api:*:*:abc/[d]ev/*")], True),
        ([statement(Resource=ARN.lower().replace("get", "post"))], False),
        ([statement(Action="s3:GetObject")], False),
        ([statement(), statement("Deny", Resource="*/v1/orders/*")], False),
        ([statement("Deny", Resource="*/v1/users"), statement()], True),
        ([], False),
        (None, False),
    ],
)
def test_a_policy_allows_what_some_allow_and_no_deny_matches(
    statements: Any, allowed: bool
) -> None:
    assert is_allowed({"Statement": statements}, ARN) is allowed


@pytest.mark.parametrize("resource", [f"{ARN}[1]", f"{ARN}[*"])
def test_a_bracket_in_a_policy_stands_for_itself(resource: str) -> None:
    assert is_allowed({"Statement": statement(Resource=resource)}, f"{ARN}[1]")


@pytest.mark.parametrize("odd", ["text", statement(Condition={"Bool": {"a": "b"}})])
def test_a_policy_that_is_not_understood_allows_nothing(odd: Any) -> None:
    with pytest.raises(RefusedRequest) as refused:
        is_allowed({"Statement": [statement(), odd]}, ARN)
    assert refused.value.kind == "AUTHORIZER_CONFIGURATION_ERROR"
