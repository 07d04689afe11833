"""What Lambda refuses of a function."""

from typing import Any

import pytest

from local.provider.aws.lambda_.function import Function
from tests.local.provider.aws.lifecycle import failures

VALID: dict[str, Any] = {
    "name": "users",
    "runtime": "python3.13",
    "handler": "a.b",
    "role": "arn:aws:iam::123456789012:role/r",
}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"memorySize": 127}, "memorySize"),
        ({"memorySize": 10_241}, "memorySize"),
        ({"timeout": 901}, "timeout"),
        ({"handler": "h" * 129}, "handler"),
        ({"runtime": "python3.7"}, "runtime"),
        ({"layers": ["arn"] * 6}, "layers"),
        ({"environment": {"variables": {"BIG": "x" * 4097}}}, "environment"),
        ({"environment": {"variables": {"AWS_REGION": "x"}}}, "environment"),
        ({"environment": {"variables": {"1st": "x"}}}, "environment"),
        ({"architectures": ["arm64", "x86_64"]}, "architectures"),
        ({"role": "users"}, "role"),
        ({"loggingConfig": {"logFormat": "Text", "systemLogLevel": "WARN"}}, "loggingConfig"),
        ({"imageUri": "x"}, "imageUri"),
    ],
)
def test_what_lambda_refuses_of_a_function_is_refused(
    changes: dict[str, Any], refused: str
) -> None:
    assert refused in failures(Function(), {**VALID, **changes})
